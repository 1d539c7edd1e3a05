#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/cleanup.h"
#include "page/page_pareto.h"
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
    page_pareto_print(out, &summary.workloads[0], &summary.workloads[0].groups[0], "pareto-1-1",
                      PAGE_WHOLE);
    fclose(out);
    summary_clear(&summary);
    elements_check(text);
    return text;
}

static void add_trial(struct records *records, size_t setting, double seconds, double settled)
{
    struct record *record = records_add_ok(records, setting, 1, 2 * settled);
    record->samples[1].values[METRIC_CPU_SECONDS] = seconds;
    records_add_sample(record, PHASE_SETTLED, 1)->values[METRIC_ANON] = settled * mebibyte;
}

static void allocators_are_marks_and_the_front_is_named(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add_trial(&records, 0, 1.5, 200);
    add_trial(&records, 0, 2.5, 220);
    add_trial(&records, 1, 1, 300);
    add_trial(&records, 2, 3, 310);
    cleanup_free char *text = printed(&records);
    labels_check(text);
    assert_contains(text, " data-seconds=\"2\" data-value=\"220200960\"><title>glibc: cpu at end, "
                          "seconds 2.000 (1.500 to 2.500), settled anon, MiB 210.0 (200.0 to "
                          "220.0)</title>");
    assert_contains(text, "glibc: 210.0 MiB, 2.000 seconds, on the front. tcmalloc: 300.0 MiB, "
                          "1.000 seconds, on the front. jemalloc: 310.0 MiB, 3.000 seconds.");
    assert_contains(text, "<bdi>tcmalloc</bdi></th><td data-value=\"1\" data-low=\"1\" "
                          "data-high=\"1\">1.000</td><td data-value=\"314572800\" ");
    assert_int_equal(elements_count(text, "<td>yes</td></tr>"), 2);
    assert_int_equal(elements_count(text, "<td>no</td></tr>"), 1);
}

static void a_row_keeps_its_series_behind_one_that_is_left_out(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add_trial(&records, 0, 1, 200);
    records_add(&records, 1, OUTCOME_CRASHED);
    add_trial(&records, 2, 2, 100);
    cleanup_free char *text = printed(&records);
    assert_contains(text, "<g class=\"runs s0 d0\" data-name=\"");
    assert_contains(text, "<g class=\"runs s2 d2\" data-name=\"");
    assert_lacks(text, "tcmalloc");
}

static void nothing_is_printed_of_less_than_two(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add_trial(&records, 0, 1, 200);
    records_add_ok(&records, 1, 1, 2); /* without time */
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
    add_trial(&records, 0, 1, 200);
    add_trial(&records, 1, 2, 100);
    cleanup_free char *text = printed(&records);
    assert_lacks(text, "<script");
    assert_lacks(text, "<img");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocators_are_marks_and_the_front_is_named),
        cmocka_unit_test(a_row_keeps_its_series_behind_one_that_is_left_out),
        cmocka_unit_test(nothing_is_printed_of_less_than_two),
        cmocka_unit_test(hostile_names_are_inert),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
