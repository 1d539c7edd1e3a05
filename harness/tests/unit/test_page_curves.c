#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/cleanup.h"
#include "page/page_curves.h"
#include "tests/support/contains.h"
#include "tests/support/elements.h"
#include "tests/support/records.h"

static const double mebibyte = 0x1p20;

/* What is printed of the records; they are cleared. */
static char *printed(struct records *records)
{
    struct report report = {.records = records->items, .record_count = records->count};
    summary_make(&report.summary, &records->plan, records->items, records->count);
    const struct summary_workload *workload = &report.summary.workloads[0];
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    page_curves_print(out, &report, workload, &workload->groups[0], "curves-1-1", PAGE_WHOLE);
    fclose(out);
    summary_clear(&report.summary);
    records_clear(records);
    elements_check(text);
    return text;
}

/* 20 MiB of rss at 'end', after 1.25 seconds. */
static struct record *add_trial(struct records *records, size_t setting)
{
    struct record *record = records_add_ok(records, setting, 1, 2);
    record->samples[1].elapsed = 1.25;
    record->samples[1].values[METRIC_RSS] = 20 * mebibyte;
    return record;
}

static void each_phase_is_in_the_table_with_its_exact_bytes(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add_trial(&records, 0);
    add_trial(&records, 1);
    cleanup_free char *text = printed(&records);
    assert_contains(text, "<bdi>glibc</bdi></th><td><bdi>end</bdi></td>"
                          "<td data-value=\"1.25\">1.25</td><td data-value=\"20971520\">20.0</td>");
    assert_contains(text, "<bdi>tcmalloc</bdi></th><td><bdi>end</bdi></td>");
}

static void a_line_has_the_series_of_its_row(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    records_add(&records, 0, OUTCOME_CRASHED);
    add_trial(&records, 1);
    cleanup_free char *text = printed(&records);
    assert_int_equal(elements_count(text, "<g class=\"line s1 d1\" data-name=\""),
                     2); /* and its label */
    assert_lacks(text, "<g class=\"line s0");
}

static size_t share_of(size_t workloads, size_t rows, unsigned cycles)
{
    struct summary_group group = {.row_count = rows};
    struct summary_workload items[100] = {{0}};
    struct summary summary = {.workloads = items, .workload_count = workloads, .cycles = cycles};
    for (size_t i = 0; i < workloads; i++) {
        items[i].groups = &group;
        items[i].group_count = 1;
    }
    return page_curves_share(&summary, PAGE_WHOLE);
}

static void lines_share_what_a_page_has_room_for(void **state)
{
    (void)state;
    assert_int_equal(share_of(0, 0, 1), 600);
    assert_int_equal(share_of(1, 12, 1), 600);
    assert_int_equal(share_of(14, 12, 1), 24000 / (14 * 12));
    assert_int_equal(share_of(14, 12, 3), 24000 / (14 * 12 * 2)); /* a line over cycles as well */
    assert_int_equal(share_of(100, 12, 1), 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_phase_is_in_the_table_with_its_exact_bytes),
        cmocka_unit_test(a_line_has_the_series_of_its_row),
        cmocka_unit_test(lines_share_what_a_page_has_room_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
