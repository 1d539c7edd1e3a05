#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "report/grid.h"
#include "report/verdict_lines.h"
#include "tests/support/contains.h"
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
    verdict_lines_claims(&prose, &judged.verdicts);
    verdict_lines_words(&prose, &judged.verdicts);
    fclose(prose.out);
    judged_clear(&judged);
    return text;
}

static char *golden(const char *name)
{
    enum { MOST = 16384 };
    cleanup_free char *path = text_format("%s/%s", MEMBENCH_FIXTURES, name);
    char *text = text_allocate(MOST);
    assert_true(file_read_at(AT_FDCWD, path, text, MOST) > 0);
    return text;
}

static void lines_fit_80_columns(void **state)
{
    (void)state;
    cleanup_free char *text = printed(8, 80, false, false);
    cleanup_free char *wanted = golden("verdicts-80.txt");
    assert_string_equal(text, wanted);
    assert_true(grid_width(text) <= 80);
}

static void lines_use_200_columns(void **state)
{
    (void)state;
    cleanup_free char *text = printed(8, 200, false, false);
    cleanup_free char *wanted = golden("verdicts-200.txt");
    assert_string_equal(text, wanted);
    assert_true(grid_width(text) <= 200);
}

static void too_few_runs_say_how_many_it_takes_in_plain_ascii(void **state)
{
    (void)state;
    cleanup_free char *text = printed(3, 80, false, true);
    cleanup_free char *wanted = golden("verdicts-few.txt");
    assert_string_equal(text, wanted);
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
    assert_contains(colored, PROSE_YELLOW);
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
    verdict_lines_claims(&prose, &none);
    verdict_lines_words(&prose, &none);
    fclose(prose.out);
    assert_int_equal(size, 0);
    free(text);
}

static void one_layout_is_said_to_be_one(void **state)
{
    (void)state;
    struct judged judged;
    char *text = NULL;
    size_t size = 0;
    judged_make(&judged, 8, claims);
    judged.verdicts.is_one_layout = true;
    struct prose prose = {.out = open_memstream(&text, &size), .width = 80};
    verdict_lines_claims(&prose, &judged.verdicts);
    fclose(prose.out);
    assert_contains(text, "one layout of memory only");
    judged_clear(&judged);
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
        cmocka_unit_test(one_layout_is_said_to_be_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
