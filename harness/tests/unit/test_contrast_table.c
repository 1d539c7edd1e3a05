#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "report/contrast_table.h"
#include "report/grid.h"
#include "tests/support/contains.h"
#include "tests/support/contrasts.h"

static char *print(const char *name, unsigned width, bool color)
{
    char *text = NULL;
    size_t length = 0;
    struct contrast contrast;
    struct prose prose = {.out = open_memstream(&text, &length), .width = width, .color = color};
    contrasts_init(&contrast, name);
    contrast_table_print(&prose, &contrast, "b.txt", "run-2");
    fclose(prose.out);
    contrast_clear(&contrast);
    return text;
}

static void at_80_columns_it_reads_so(void **state)
{
    (void)state;
    static const char golden[] =
        "run-2 against b.txt\n"
        "  Another class of host (kernel 6.18, not 5.10): memory and time only as the\n"
        "  ratio to the control allocator of the same run; objects and live bytes as they\n"
        "  are.\n"
        "\n"
        "shop\n"
        "  articles=9\n"
        "                        before     now   change      interval   n        verdict\n"
        "end.anon, MiB\n"
        "  glibc                  100.0   110.0   +10.0%         exact   3          worse\n"
        "  jemalloc               100.0   100.0     0.0%         exact   3           same\n"
        "  mimalloc               100.0    50.0   -50.0%         exact   3         better\n"
        "settled.anon, of glibc's\n"
        "  tcmalloc-aggressive    1.220   1.260    +3.3%   -3.3..+9.8%   5        unknown\n"
        "end.cpu_seconds, s\n"
        "  glibc                  1.000   1.500   +50.0%         exact   3   worse (warn)\n"
        "unknown: the interval is too wide; of 5 values a change of +12.8% is seen in 80%\n"
        "  of cases: settled.anon of tcmalloc-aggressive\n"
        "not comparable: Python 3.11.2, not 3.12.1: end.tracked_objects of glibc,\n"
        "  end.tracked_objects of jemalloc\n"
        "\n"
        "note: shop: the file is not the one of b.txt\n"
        "before, now: medians; change: Hodges-Lehmann, with its interval of 95 %; worse,\n"
        "better: the whole interval is beyond the gate's threshold; same: it is within;\n"
        "unknown: neither.\n"
        "2 worse, 1 unknown, 2 not comparable, 1 better, 1 same\n";
    cleanup_free char *text = print("shop", 80, false);
    assert_string_equal(text, golden);
    assert_true(grid_width(text) <= 80);
}

static void at_200_columns_it_reads_so(void **state)
{
    (void)state;
    static const char golden[] =
        "run-2 against b.txt\n"
        "  Another class of host (kernel 6.18, not 5.10): memory and time only as the ratio to the "
        "control allocator of the same run; objects and live bytes as they are.\n"
        "\n"
        "shop\n"
        "  articles=9\n"
        "                        before     now   change      interval   n        verdict\n"
        "end.anon, MiB\n"
        "  glibc                  100.0   110.0   +10.0%         exact   3          worse\n"
        "  jemalloc               100.0   100.0     0.0%         exact   3           same\n"
        "  mimalloc               100.0    50.0   -50.0%         exact   3         better\n"
        "settled.anon, of glibc's\n"
        "  tcmalloc-aggressive    1.220   1.260    +3.3%   -3.3..+9.8%   5        unknown\n"
        "end.cpu_seconds, s\n"
        "  glibc                  1.000   1.500   +50.0%         exact   3   worse (warn)\n"
        "unknown: the interval is too wide; of 5 values a change of +12.8% is seen in 80% of "
        "cases: settled.anon of tcmalloc-aggressive\n"
        "not comparable: Python 3.11.2, not 3.12.1: end.tracked_objects of glibc, "
        "end.tracked_objects of jemalloc\n"
        "\n"
        "note: shop: the file is not the one of b.txt\n"
        "before, now: medians; change: Hodges-Lehmann, with its interval of 95 %; worse, better: "
        "the whole interval is beyond the gate's threshold; same: it is within; unknown: neither.\n"
        "2 worse, 1 unknown, 2 not comparable, 1 better, 1 same\n";
    cleanup_free char *text = print("shop", 200, false);
    assert_string_equal(text, golden);
    assert_true(grid_width(text) <= 200);
}

/* Another layout is chosen where there is no room. */
static void columns_are_left_out_before_a_line_is_too_long(void **state)
{
    (void)state;
    struct contrast contrast;
    char *text = NULL;
    size_t length = 0;
    struct prose prose = {.out = open_memstream(&text, &length), .width = 80};
    contrasts_init(&contrast, "shop");
    for (int i = 0; i < 3; i++) {
        contrasts_add(&contrast, "an-allocator-of-20-l", "settled", METRIC_OWNER_MALLOC_RELEASABLE,
                      GATE_WARN, 1e12 + i, 9e12, NULL);
    }
    contrast_table_print(&prose, &contrast, "b.txt", "run-2");
    fclose(prose.out);
    assert_true(grid_width(text) <= 80);
    assert_contains(text, "an-allocator-of-20-l");
    assert_contains(text, "worse (warn)");
    contrast_clear(&contrast);
    free(text);
}

/* At 40 columns too, however long a name is. */
static void a_narrow_terminal_has_cut_names_and_whole_figures(void **state)
{
    (void)state;
    struct contrast contrast;
    char *text = NULL;
    size_t length = 0;
    struct prose prose = {.out = open_memstream(&text, &length), .width = 40, .ascii = true};
    contrasts_init(&contrast, "shop");
    contrasts_add(&contrast, "an-allocator-with-a-name-of-sixty-four-letters-which-is-the-most",
                  "settled", METRIC_ANON, GATE_WARN, 1e9, 9e9, NULL);
    contrast_table_print(&prose, &contrast, "b.txt", "run-2");
    fclose(prose.out);
    assert_true(grid_width(text) <= 40);
    assert_contains(text, "an-al...st 8583.1 +800.0%");
    contrast_clear(&contrast);
    free(text);
}

static void colour_is_only_where_it_is_wanted(void **state)
{
    (void)state;
    cleanup_free char *colored = print("shop", 80, true), *plain = print("shop", 80, false);
    assert_contains(colored, PROSE_RED);
    assert_lacks(plain, "\033");
}

static void hostile_names_steer_no_terminal(void **state)
{
    (void)state;
    cleanup_free char *text = print("a\033[31m\nzz", 80, false);
    assert_lacks(text, "\033");
    assert_lacks(text, "\nzz");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_80_columns_it_reads_so),
        cmocka_unit_test(at_200_columns_it_reads_so),
        cmocka_unit_test(columns_are_left_out_before_a_line_is_too_long),
        cmocka_unit_test(a_narrow_terminal_has_cut_names_and_whole_figures),
        cmocka_unit_test(colour_is_only_where_it_is_wanted),
        cmocka_unit_test(hostile_names_steer_no_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
