#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/decision.h"
#include "report/decision_picture.h"
#include "tests/support/contains.h"
#include "tests/support/elements.h"
#include "tests/support/expected.h"
#include "tests/support/reported.h"

/* Everything that others may write. */
#define HOSTILE                                                                                    \
    "<script>alert(1)</script> [l](javascript:x) ![i](y) | @me #1 http://a.org www.a.org `c`\n\n"  \
    "# h\n- l\n\x1b[31m\xE2\x80\xAE\xFF *b* ~~s~~ &amp; $x$"

static void assert_short(const char *text)
{
    assert_in_range(elements_count(text, "\n"), 1, DECISION_LINES - 1);
}

static void a_record_and_its_picture_are_as_expected(void **state)
{
    (void)state;
    struct reported reported;
    reported_init(&reported);
    reported_make(&reported);
    cleanup_free char *text = reported_print(&reported, decision_print);
    cleanup_free char *picture = reported_print(&reported, decision_picture_print);
    reported_clear(&reported);
    assert_short(text);
    elements_check(picture);
    expected_check(text, "decision.md");
    expected_check(picture, "decision.svg");
}

static void without_comparisons_the_picture_is_of_every_run(void **state)
{
    (void)state;
    struct reported reported;
    reported_init(&reported);
    reported.count = 1;
    reported_make(&reported);
    cleanup_free char *picture = reported_print(&reported, decision_picture_print);
    reported_clear(&reported);
    elements_check(picture);
    assert_contains(picture, "xmlns=\"http://www.w3.org/2000/svg\"");
    assert_contains(picture, "peak rss");
}

static void a_run_of_failures_only_has_no_picture(void **state)
{
    (void)state;
    struct reported reported;
    reported_init(&reported);
    for (size_t i = 0; i < reported.records.count; i++) {
        reported.records.items[i].outcome = OUTCOME_CRASHED;
    }
    reported_make(&reported);
    cleanup_free char *text = reported_print(&reported, decision_print);
    cleanup_free char *picture = reported_print(&reported, decision_picture_print);
    reported_clear(&reported);
    assert_short(text);
    assert_lacks(text, "![");
    assert_contains(text, "| glibc | 0/8 | – | – | – | – | – |");
    elements_check(picture);
}

static void no_text_of_others_leaves_its_place(void **state)
{
    (void)state;
    struct reported reported;
    reported_init(&reported);
    static char hostile[] = HOSTILE;
    reported.records.options.title = hostile;
    reported.records.options.description = hostile;
    records_set(&reported.records.workload.name, hostile);
    records_set(&reported.records.workload.summary, hostile);
    records_set(&reported.records.settings[0].name, hostile);
    records_set(&reported.info.directory, hostile);
    text_list_add(&reported.info.command, hostile);
    records_set(&reported.records.options.claims[0].source, hostile);
    records_set(&reported.records.options.claims[0].title, hostile);
    reported_make(&reported);
    cleanup_free char *text = reported_print(&reported, decision_print);
    reported_clear(&reported);
    assert_short(text);
    assert_lacks(text, "\x1b");
    assert_lacks(text, "\xFF");
    assert_int_equal(elements_count(text, "\n# h"), 0);
    /* The picture and the link, and two in each text that is code: source, directory, command. */
    assert_int_equal(elements_count(text, "](") - elements_count(text, "\\]("), 2 + 3 * 2);
    assert_contains(text, "](decision.svg)");
    assert_contains(text, "](report.html)");
}

/* As many rows, claims and limits as there may be, each with a name of 10 kB. */
static void a_record_is_short_whatever_the_run_holds(void **state)
{
    (void)state;
    enum { LENGTH = 10000 };
    struct reported reported;
    cleanup_free char *name = text_allocate(LENGTH + 1);
    memset(name, 'n', LENGTH);
    name[LENGTH] = '\0';
    reported_init(&reported);
    struct records *records = &reported.records;
    for (size_t i = 3; i < RECORDS_SETTINGS; i++) {
        cleanup_free char *unlike = text_format("%zu%s", i, name);
        records_set(&records->settings[i].name, unlike);
    }
    for (size_t i = 3; i < RECORDS_SETTINGS; i++) {
        records_add_ok(records, i, 3, 100);
        records_add_ok(records, i, 3, 100);
        records->trials[records->count - 1].object_allocator = OBJECT_MALLOC;
    }
    reported.count = records->count;
    records->plan.setting_count = RECORDS_SETTINGS;
    struct error err;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(options_add_claim(&records->options, "end.anon <= 1MiB", NULL, NULL, &err),
                         0);
    }
    reported.records.options.title = name;
    records_set(&reported.info.finished, "");
    reported_make(&reported);
    cleanup_free char *text = reported_print(&reported, decision_print);
    reported_clear(&reported);
    assert_short(text);
    assert_in_range(strlen(text), 1, 40000);
    assert_contains(text, " more rows are in the report.");
    assert_contains(text, "more, all in the report");
    assert_int_equal(elements_count(text, "\n| "), 14 + 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_and_its_picture_are_as_expected),
        cmocka_unit_test(without_comparisons_the_picture_is_of_every_run),
        cmocka_unit_test(a_run_of_failures_only_has_no_picture),
        cmocka_unit_test(no_text_of_others_leaves_its_place),
        cmocka_unit_test(a_record_is_short_whatever_the_run_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
