#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/random.h"
#include "base/text.h"
#include "store/baseline.h"
#include "tests/support/baselines.h"
#include "tests/support/contains.h"
#include "tests/support/scratch.h"

/* What a baseline looks like; what is parsed must print to this again. */
static const char canonical[] = "membench-baseline 1\n"
                                "membench 0.1.0\n"
                                "run 20260101-000000-0001\n"
                                "python 3.11.2\n"
                                "host kernel: 6.18\n"
                                "host machine: x86_64\n"
                                "host processors: 2\n"
                                "cycles 1\n"
                                "settle 0.5\n"
                                "layout fixed\n"
                                "thp off\n"
                                "gate end.anon warn 0.03 glibc\n"
                                "gate tracked_objects error 0 -\n"
                                "allocator glibc aa11 1.0\n"
                                "allocator tcmalloc - gperftools 2.10\n"
                                "workload shop f00d articles=9 name=a b\n"
                                "values shop pymalloc glibc end.anon 4096 - 0.1\n"
                                "values shop malloc tcmalloc peak_rss -3\n";

static void parse(struct baseline *baseline, const char *text)
{
    struct error err = {0};
    if (baseline_parse(baseline, text, strlen(text), "b.txt", &err)) {
        fail_msg("%s", err.message);
    }
}

static char *print(const struct baseline *baseline)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    baseline_print(baseline, out);
    fclose(out);
    return text;
}

static void expect_error(const char *text, const char *message, const char *hint)
{
    struct baseline baseline;
    struct error err = {0};
    assert_int_equal(baseline_parse(&baseline, text, strlen(text), "b.txt", &err), -1);
    assert_contains(err.message, message);
    assert_contains(err.hint, hint);
}

/* The canonical text with one part replaced. */
static char *edited(const char *old, const char *new)
{
    const char *at = strstr(canonical, old);
    assert_non_null(at);
    return text_format("%.*s%s%s", (int)(at - canonical), canonical, new, at + strlen(old));
}

static void expect_edit_error(const char *old, const char *new, const char *message,
                              const char *hint)
{
    cleanup_free char *text = edited(old, new);
    expect_error(text, message, hint);
}

static void what_is_read_is_what_was_written(void **state)
{
    (void)state;
    struct baseline baseline;
    parse(&baseline, canonical);
    cleanup_free char *text = print(&baseline);
    assert_string_equal(text, canonical);
    assert_string_equal(baseline.allocators[1].build_id, "");
    assert_string_equal(baseline.workloads[0].parameters, "articles=9 name=a b");
    assert_true(baseline.no_huge_pages);
    assert_int_equal(baseline.layout, LAYOUT_FIXED);
    assert_int_equal(baseline.gates[0].level, GATE_WARN);
    assert_string_equal(baseline.gates[1].control, "");
    const struct baseline_series *series =
        baseline_find(&baseline, "shop", OBJECT_PYMALLOC, "glibc", "end", METRIC_ANON);
    assert_non_null(series);
    assert_int_equal(series->count, 3);
    assert_true(metric_is_absent(series->values[1]));
    assert_true(series->values[2] == 0.1);
    assert_non_null(
        baseline_find(&baseline, "shop", OBJECT_MALLOC, "tcmalloc", "", METRIC_PEAK_RSS));
    assert_null(baseline_find(&baseline, "shop", OBJECT_MALLOC, "glibc", "end", METRIC_ANON));
    baseline_clear(&baseline);
}

/* A name may be anything that a file's name can be. */
static void hostile_names_are_read_back(void **state)
{
    (void)state;
    static const char *const names[] = {"-",    " a b ",    "#",    "a\nvalues x",
                                        "100%", "%41",      "\x7f", "\xc3\xa9t\xc3\xa9",
                                        "\xff", "tab\there"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct baseline baseline, again;
        baselines_init(&baseline);
        baselines_set(&baseline.workloads[0].name, names[i]);
        baselines_set(&baseline.workloads[0].parameters, names[i]);
        baselines_set(&baseline.allocators[0].name, names[i]);
        baselines_put_same(&baseline, 0, "end", METRIC_ANON, 1);
        cleanup_free char *text = print(&baseline);
        parse(&again, text);
        assert_string_equal(again.workloads[0].name, names[i]);
        assert_string_equal(again.workloads[0].parameters, names[i]);
        assert_string_equal(again.allocators[0].name, names[i]);
        assert_int_equal(again.series_count, 1);
        baseline_clear(&baseline);
        baseline_clear(&again);
    }
}

static void numbers_are_read_back_to_the_last_bit(void **state)
{
    (void)state;
    static const double values[] = {0, 1.0 / 3, 9007199254740991.0, 1e-9, 0.1, -5, 1e300};
    enum { COUNT = sizeof values / sizeof *values };
    struct baseline baseline, again;
    baselines_init(&baseline);
    baselines_put(&baseline, 0, "end", METRIC_ANON, values, COUNT);
    cleanup_free char *text = print(&baseline);
    assert_contains(text, " 9007199254740991 ");
    assert_contains(text, " 0.1 ");
    parse(&again, text);
    assert_memory_equal(again.series[0].values, values, sizeof values);
    baseline_clear(&baseline);
    baseline_clear(&again);
}

static void comments_blank_lines_and_line_ends_of_windows_are_passed_over(void **state)
{
    (void)state;
    struct baseline baseline;
    cleanup_free char *text = edited("layout fixed\n", "\r\n# a comment\nlayout fixed  \r\n");
    parse(&baseline, text);
    cleanup_free char *printed = print(&baseline);
    assert_string_equal(printed, canonical);
    baseline_clear(&baseline);
}

static void a_newer_format_is_refused_with_a_hint(void **state)
{
    (void)state;
    expect_error("membench-baseline 2\nnew stuff\n",
                 "'b.txt', line 1: format 2 is newer than this membench", "use a newer membench");
}

static void what_is_no_baseline_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "\n",
                                        "{}",
                                        "membench-baseline",
                                        "membench-baseline x",
                                        "membench-baseline 0",
                                        "membench-baseline 1 2",
                                        "\xff\xfe"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        expect_error(texts[i], "line 1", "membench baseline save");
    }
    struct baseline baseline;
    struct error err = {0};
    assert_int_equal(baseline_parse(&baseline, canonical, sizeof canonical, "b.txt", &err), -1);
    assert_contains(err.message, "no text"); /* it holds a NUL */
}

static void errors_name_the_line(void **state)
{
    (void)state;
    expect_edit_error("host machine", "hosts machine", "line 6: unknown line 'hosts'", "'host'");
    expect_edit_error("cycles 1", "cycles 0", "line 8: '0' is no number of cycles", "");
    expect_edit_error("settle 0.5", "settle -1", "line 9: '-1' is no number of seconds", "");
    expect_edit_error("layout fixed", "layout fine", "line 10: layout is", "");
    expect_edit_error("thp off", "thp off on", "line 11: 'on' is too much", "");
    expect_edit_error("warn", "loud", "line 12: 'loud' is no level", "off, warn or error");
    expect_edit_error("0.03", "0.03x", "line 12: '0.03x' is no threshold", "");
    expect_edit_error("tracked_objects", "tracked_object", "line 13: unknown metric",
                      "'tracked_objects'");
    expect_edit_error("allocator glibc aa11 1.0", "allocator", "line 14: the allocator's name", "");
    expect_edit_error("values shop pymalloc", "values shops pymalloc",
                      "line 17: no line 'workload shops' stands above", "");
    expect_edit_error("values shop pymalloc glibc", "values shop pymalloc glib",
                      "line 17: no line 'allocator glib' stands above", "");
    expect_edit_error("values shop pymalloc", "values shop mymalloc", "line 17: an object", "");
    expect_edit_error("4096", "0x1000", "line 17: '0x1000' is no number", "");
    expect_edit_error("4096", "nan", "line 17: 'nan' is no number", "");
    expect_edit_error("4096", "1e400", "line 17: '1e400' is no number", "");
    expect_edit_error("4096", "4096  5", "line 17: '' is no number", "");
    expect_edit_error("a b", "a%zz", "line 16: '%' is not followed", "%25");
    expect_edit_error("a b", "a%00", "line 16: '%' is not followed", "%25");
    expect_edit_error("a b", "a\tb", "line 16: a control character", "");
    expect_edit_error("host machine: ", "host machine ", "line 6: a fact of the host", "");
}

static void nothing_stands_twice(void **state)
{
    (void)state;
    static const char *const lines[] = {"run x\n",
                                        "cycles 1\n",
                                        "host machine: y\n",
                                        "gate end.anon off 0 -\n",
                                        "workload shop x\n",
                                        "allocator glibc x\n",
                                        "values shop pymalloc glibc end.anon 5\n"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        cleanup_free char *text = text_format("%s%s", canonical, lines[i]);
        expect_error(text, "line 19: a second '", "remove one of the two");
    }
}

static void nothing_that_is_needed_may_be_missing(void **state)
{
    (void)state;
    static const char *const lines[] = {"membench 0.1.0\n", "run 20260101-000000-0001\n",
                                        "python 3.11.2\n",  "cycles 1\n",
                                        "settle 0.5\n",     "layout fixed\n",
                                        "thp off\n"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        expect_edit_error(lines[i], "", "the file ends without a line", "");
    }
}

/* Whatever is done to a file by hand: it is read, or it is an error; and what was read prints to
 * something that is read as the same. */
static void garbage_is_an_error_and_no_crash(void **state)
{
    (void)state;
    struct random random = {20260101};
    unsigned accepted = 0;
    for (int round = 0; round < 20000; round++) {
        char text[sizeof canonical + 64];
        memcpy(text, canonical, sizeof canonical);
        size_t length = sizeof canonical - 1;
        for (uint64_t edits = 1 + random_below(&random, 4); edits > 0; edits--) {
            size_t at = (size_t)random_below(&random, length), count;
            switch (random_below(&random, 4)) {
            case 0: /* a byte is another one */
                text[at] = (char)random_next(&random);
                break;
            case 1: /* a piece is gone */
                count = (size_t)random_below(&random, length - at);
                memmove(text + at, text + at + count, length - at - count);
                length -= count;
                break;
            case 2: /* the end is gone */
                length = at + 1;
                break;
            default: /* a byte is there twice */
                if (length < sizeof text - 1) {
                    memmove(text + at + 1, text + at, length - at);
                    length++;
                }
            }
            length = length ? length : 1;
        }
        struct baseline baseline, again;
        struct error err = {0};
        if (baseline_parse(&baseline, text, length, "b.txt", &err)) {
            assert_true(err.message[0] != '\0');
            assert_true(err.hint[0] != '\0');
            continue;
        }
        accepted++;
        cleanup_free char *first = print(&baseline);
        parse(&again, first);
        cleanup_free char *second = print(&again);
        assert_string_equal(first, second);
        baseline_clear(&baseline);
        baseline_clear(&again);
    }
    assert_in_range(accepted, 100, 15000); /* both ways were gone */
}

static void too_much_is_refused_soon(void **state)
{
    (void)state;
    enum { LINES = 10050, LINE = 24 };
    char *text = text_allocate(sizeof canonical + LINES * LINE);
    strcpy(text, canonical);
    char *at = text + strlen(text);
    for (int i = 0; i < LINES; i++) {
        at += sprintf(at, "host fact %d: x\n", i);
    }
    expect_error(text, "more than 10000 lines", "");
    free(text);
}

static void a_file_is_written_anew_and_read(void **state)
{
    struct baseline baseline, again;
    struct error err = {0};
    cleanup_free char *path = scratch_write_text(state, "b.txt", "old");
    assert_false(baseline_is_file(path));
    baselines_init(&baseline);
    assert_int_equal(baseline_save(&baseline, path, &err), 0);
    assert_true(baseline_is_file(path));
    assert_int_equal(baseline_load(&again, path, &err), 0);
    assert_string_equal(again.run, baseline.run);
    baseline_clear(&baseline);
    baseline_clear(&again);
}

static void a_file_that_cannot_be_read_is_an_error(void **state)
{
    struct baseline baseline;
    struct error err = {0};
    assert_int_equal(baseline_load(&baseline, "/nowhere/b.txt", &err), -1);
    assert_contains(err.message, "cannot read the baseline '/nowhere/b.txt'");
    assert_int_equal(baseline_load(&baseline, *state, &err), -1);
    assert_contains(err.message, "not a regular file");
    baselines_init(&baseline);
    assert_int_equal(baseline_save(&baseline, "/nowhere/b.txt", &err), -1);
    assert_contains(err.message, "/nowhere/b.txt");
    baseline_clear(&baseline);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_is_what_was_written),
        cmocka_unit_test(hostile_names_are_read_back),
        cmocka_unit_test(numbers_are_read_back_to_the_last_bit),
        cmocka_unit_test(comments_blank_lines_and_line_ends_of_windows_are_passed_over),
        cmocka_unit_test(a_newer_format_is_refused_with_a_hint),
        cmocka_unit_test(what_is_no_baseline_is_refused),
        cmocka_unit_test(errors_name_the_line),
        cmocka_unit_test(nothing_stands_twice),
        cmocka_unit_test(nothing_that_is_needed_may_be_missing),
        cmocka_unit_test(garbage_is_an_error_and_no_crash),
        cmocka_unit_test(too_much_is_refused_soon),
        scratch_test(a_file_is_written_anew_and_read),
        scratch_test(a_file_that_cannot_be_read_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
