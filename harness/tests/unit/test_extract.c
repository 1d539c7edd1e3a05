#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "stats/extract.h"
#include "tests/support/records.h"

/* A run of the fixture's records, which it only borrows. */
static void take(struct baseline *baseline, const struct records *records, const struct gate *gates,
                 size_t gate_count)
{
    char id[] = "run-1", version[] = "0.1.0";
    struct stored_run run = {.info = {.id = id, .version = version},
                             .options = records->options,
                             .plan = records->plan,
                             .records = (struct record *)records->items,
                             .record_count = records->count};
    host_add(&run.info.host, "kernel", "6.18.44");
    host_add(&run.info.host, HOST_TRIALS_HUGE_PAGES, "off");
    run.options.cycles = 3;
    extract_baseline(baseline, &run, gates, gate_count);
    host_clear(&run.info.host);
}

static const struct baseline_series *end_anon(const struct baseline *baseline, const char *name)
{
    return baseline_find(baseline, baseline->workloads[0].name, OBJECT_PYMALLOC, name, "end",
                         METRIC_ANON);
}

static void values_stand_at_their_blocks(void **state)
{
    (void)state;
    struct records records;
    struct baseline baseline;
    records_init(&records);
    for (unsigned block = 1; block <= 3; block++) {
        records_add_ok(&records, 0, 3, 100 + block);
        records.trials[records.count - 1].block = block;
        struct record *other = records_add_ok(&records, 1, 3, 200 + block);
        records.trials[records.count - 1].block = block;
        other->outcome = block == 2 ? OUTCOME_CRASHED : OUTCOME_OK;
    }
    records.plan.trials = records.trials;
    records.plan.trial_count = records.count;
    take(&baseline, &records, NULL, 0);
    const struct baseline_series *glibc = end_anon(&baseline, "glibc");
    const struct baseline_series *tcmalloc = end_anon(&baseline, "tcmalloc");
    assert_int_equal(glibc->count, 3);
    assert_int_equal(tcmalloc->count, 3);
    assert_true(glibc->values[1] == 102 * 0x1p20);
    assert_true(metric_is_absent(tcmalloc->values[1]));
    assert_true(tcmalloc->values[2] == 203 * 0x1p20);
    assert_null(end_anon(&baseline, "jemalloc")); /* has no trial */
    baseline_clear(&baseline);
    records_clear(&records);
}

static void what_decides_a_comparison_is_taken_along(void **state)
{
    (void)state;
    struct records records;
    struct baseline baseline;
    records_init(&records);
    struct record *record = records_add_ok(&records, 1, 3, 100);
    strcpy(record->identity.python, "3.11.2");
    strcpy(record->identity.build_id, "bb22");
    take(&baseline, &records, NULL, 0);
    assert_string_equal(baseline.run, "run-1");
    assert_string_equal(baseline.python, "3.11.2");
    assert_string_equal(baseline.allocators[0].build_id, "");
    assert_string_equal(baseline.allocators[1].build_id, "bb22");
    assert_string_equal(host_value(&baseline.host, "kernel"), "6.18.44");
    assert_int_equal(baseline.cycles, 3);
    assert_true(baseline.no_huge_pages);
    baseline_clear(&baseline);
    records_clear(&records);
}

static void only_figures_of_the_gates_are_taken(void **state)
{
    (void)state;
    struct records records;
    struct baseline baseline;
    struct gate gate;
    struct error err = {0};
    assert_int_equal(gate_parse(&gate, "start.anon", &err), 0);
    records_init(&records);
    records_add_ok(&records, 0, 3, 100);
    records.plan.trials = records.trials;
    records.plan.trial_count = records.count;
    take(&baseline, &records, &gate, 1);
    assert_int_equal(baseline.series_count, 1);
    assert_string_equal(baseline.series[0].phase, "start");
    assert_int_equal(baseline.gate_count, 0); /* the run has none of its own */
    baseline_clear(&baseline);
    records_clear(&records);
    gate_clear(&gate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_stand_at_their_blocks),
        cmocka_unit_test(what_decides_a_comparison_is_taken_along),
        cmocka_unit_test(only_figures_of_the_gates_are_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
