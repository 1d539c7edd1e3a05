#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "report/grid.h"
#include "report/verdict_lines.h"
#include "tests/support/contains.h"
#include "tests/support/expected.h"
#include "tests/support/judged.h"

static const char *const claims[] = {"tcmalloc end.anon <= 0.80 * glibc", "end.anon <= 110MiB",
                                     "tcmalloc loaded.anon <= 1MiB",
                                     "tcmalloc end.cpu_seconds <= 1 * glibc", NULL};

static char *printed(unsigned blocks, unsigned width, bool color, bool ascii)
{
    struct judged judged;
    char *text = NULL;
    size_t size = 0;
    judged_make(&judged, blocks, claims);
    struct prose prose = {
        .out = open_memstream(&text, &size), .width = width, .color = color, .ascii = ascii};
    verdict_lines_workload(&prose, &judged.verdicts, "bursts", "");
    for (size_t i = 0; i < judged.verdicts.claim_count; i++) {
        verdict_lines_claim(&prose, &judged.verdicts.claims[i]);
    }
    verdict_lines_words(&prose, &judged.verdicts);
    fclose(prose.out);
    judged_clear(&judged);
    return text;
}

static void lines_fit_80_columns(void **state)
{
    (void)state;
    cleanup_free char *text = printed(8, 80, false, false);
    expected_check(text, "verdicts-80.txt");
    assert_true(grid_width(text) <= 80);
}

static void lines_use_200_columns(void **state)
{
    (void)state;
    cleanup_free char *text = printed(8, 200, false, false);
    expected_check(text, "verdicts-200.txt");
    assert_true(grid_width(text) <= 200);
}

static void too_few_runs_say_how_many_it_takes_in_plain_ascii(void **state)
{
    (void)state;
    cleanup_free char *text = printed(3, 80, false, true);
    expected_check(text, "verdicts-few.txt");
    for (const char *at = text; *at; at++) {
        assert_true((unsigned char)*at < 0x80);
    }
}

/* Without its escape sequences a coloured text is the plain one. */
static void colour_says_nothing_of_its_own(void **state)
{
    (void)state;
    cleanup_free char *colored = printed(8, 80, true, false);
    cleanup_free char *plain = printed(8, 80, false, false);
    assert_contains(colored, PROSE_GREEN);
    assert_contains(colored, PROSE_DIM);
    char *to = colored;
    for (const char *from = colored; *from;) {
        if (*from == '\033') {
            from += strcspn(from, "m") + 1;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
    assert_string_equal(colored, plain);
}

static void without_verdicts_nothing_is_printed(void **state)
{
    (void)state;
    struct verdicts none = {0};
    char *text = NULL;
    size_t size = 0;
    struct prose prose = {.out = open_memstream(&text, &size), .width = 80};
    verdict_lines_workload(&prose, &none, "bursts", "");
    verdict_lines_words(&prose, &none);
    fclose(prose.out);
    assert_int_equal(size, 0);
    free(text);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_fit_80_columns),
        cmocka_unit_test(lines_use_200_columns),
        cmocka_unit_test(too_few_runs_say_how_many_it_takes_in_plain_ascii),
        cmocka_unit_test(colour_says_nothing_of_its_own),
        cmocka_unit_test(without_verdicts_nothing_is_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
