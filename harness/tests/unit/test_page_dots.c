#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/cleanup.h"
#include "page/page_dots.h"
#include "tests/support/contains.h"
#include "tests/support/elements.h"
#include "tests/support/labels.h"
#include "tests/support/records.h"

static const double mebibyte = 0x1p20;

/* What is printed of the records; they are cleared. */
static char *printed(struct records *records)
{
    struct summary summary;
    summary_make(&summary, &records->plan, records->items, records->count);
    records_clear(records);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    page_dots_print(out, &summary.workloads[0], &summary.workloads[0].groups[0], "dots-1-1",
                    PAGE_WHOLE);
    fclose(out);
    summary_clear(&summary);
    elements_check(text);
    return text;
}

/* An ok trial with a peak, and anon at 'end' and 'settled', in MiB; 0 is absent. */
static struct record *add_trial(struct records *records, size_t setting, double peak, double end,
                                double settled)
{
    struct record *record = records_add_ok(records, setting, 1, end);
    if (peak > 0) {
        record->samples[1].values[METRIC_PEAK_RSS] = peak * mebibyte;
    }
    if (settled > 0) {
        records_add_sample(record, PHASE_SETTLED, 1)->values[METRIC_ANON] = settled * mebibyte;
    }
    return record;
}

static void every_run_that_was_ok_is_a_dot_of_its_allocator(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add_trial(&records, 0, 300, 210, 200);
    add_trial(&records, 0, 310, 212, 202);
    add_trial(&records, 1, 280, 150, 100.5);
    records_add(&records, 1, OUTCOME_CRASHED);
    cleanup_free char *text = printed(&records);
    labels_check(text);
    assert_int_equal(elements_count(text, "<title>glibc, trial "), 4);
    assert_int_equal(elements_count(text, "<title>tcmalloc, trial "), 2);
    assert_contains(text, " data-value=\"105381888\"><title>tcmalloc, trial 3: "
                          "100.5 MiB</title>");
    assert_contains(text, "<g class=\"runs s0 d0\" data-name=\"");
    assert_contains(text, "<g class=\"runs s1 d1\" data-name=\"");
    assert_contains(text, ">305.0 → 201.0</text>");
    assert_contains(text, "glibc: peak rss 305.0 (300.0 to 310.0), settled anon 201.0 (200.0 to "
                          "202.0). tcmalloc: peak rss 280.0");
}

static void every_run_is_in_the_table_with_its_outcome(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add_trial(&records, 0, 300, 210, 200);
    records_add(&records, 0, OUTCOME_CRASHED);
    cleanup_free char *text = printed(&records);
    assert_contains(text, "<bdi>glibc</bdi></th><td data-value=\"1\">1</td>"
                          "<td data-value=\"1\">1</td><td>ok</td>"
                          "<td data-value=\"1048576\">1.0</td>"
                          "<td data-value=\"314572800\">300.0</td>"
                          "<td data-value=\"220200960\">210.0</td>"
                          "<td data-value=\"209715200\">200.0</td></tr>");
    assert_contains(text, "<td data-value=\"2\">2</td><td data-value=\"1\">1</td>"
                          "<td>crashed</td><td class=\"absent\">–</td>");
}

static void where_no_trial_settled_the_end_stands_for_it(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add_trial(&records, 0, 300, 210, 0);
    cleanup_free char *text = printed(&records);
    assert_contains(text, "trial 1: 210.0 MiB</title>");
    assert_contains(text, ">end anon</text>");
    assert_lacks(text, "settled anon");
}

static void a_figure_that_is_missing_is_not_0(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add_trial(&records, 0, 0, 210, 200);
    records_add(&records, 1, OUTCOME_TIMED_OUT);
    cleanup_free char *text = printed(&records);
    assert_contains(text, "glibc: no peak rss, settled anon 200.0");
    assert_contains(text, "tcmalloc: no peak rss, no settled anon.");
    assert_contains(text, ">– → 200.0</text>");
    assert_lacks(text, "data-value=\"0\"");
}

static void nothing_is_printed_of_what_has_neither_figure(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    records_add(&records, 0, OUTCOME_OK);
    cleanup_free char *text = printed(&records);
    assert_string_equal(text, "");
}

static void hostile_names_are_inert(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    records_set(&records.settings[0].name, "</title><script>alert(1)</script>");
    records_set(&records.workload.name, "\"><img src=x>");
    add_trial(&records, 0, 300, 210, 200);
    cleanup_free char *text = printed(&records);
    assert_lacks(text, "<script");
    assert_lacks(text, "<img");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_run_that_was_ok_is_a_dot_of_its_allocator),
        cmocka_unit_test(every_run_is_in_the_table_with_its_outcome),
        cmocka_unit_test(where_no_trial_settled_the_end_stands_for_it),
        cmocka_unit_test(a_figure_that_is_missing_is_not_0),
        cmocka_unit_test(nothing_is_printed_of_what_has_neither_figure),
        cmocka_unit_test(hostile_names_are_inert),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
