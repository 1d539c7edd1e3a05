#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "report/summary.h"
#include "tests/support/records.h"

static const double mib = 0x1p20;

/* A test's plan, records and what they sum up to. */
struct fixture {
    struct records records;
    struct summary summary;
};

static void begin(struct fixture *fixture)
{
    records_init(&fixture->records);
}

static const struct summary_workload *sum_up(struct fixture *fixture)
{
    summary_make(&fixture->summary, &fixture->records.plan, fixture->records.items,
                 fixture->records.count);
    assert_int_equal(fixture->summary.workload_count, 1);
    return &fixture->summary.workloads[0];
}

static void end(struct fixture *fixture)
{
    summary_clear(&fixture->summary);
    records_clear(&fixture->records);
}

static void assert_close(double value, double wanted)
{
    if (!(fabs(value - wanted) < 1e-9 * fmax(1, fabs(wanted)))) {
        fail_msg("%.12g should be %.12g", value, wanted);
    }
}

static void summary_takes_the_middle_of_an_odd_count(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    records_add_ok(&fixture.records, 0, 3, 310);
    records_add_ok(&fixture.records, 0, 3, 290);
    records_add_ok(&fixture.records, 0, 3, 302);
    const struct summary_figure *figure = &sum_up(&fixture)->groups[0].rows[0].figures[SUMMARY_END];
    assert_int_equal(figure->count, 3);
    assert_close(figure->median, 302 * mib);
    assert_close(figure->low, 290 * mib);
    assert_close(figure->high, 310 * mib);
    end(&fixture);
}

static void summary_takes_the_mean_of_the_middle_two_of_an_even_count(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    records_add_ok(&fixture.records, 0, 3, 500);
    records_add_ok(&fixture.records, 0, 3, 100);
    records_add_ok(&fixture.records, 0, 3, 300);
    records_add_ok(&fixture.records, 0, 3, 200);
    const struct summary_row *row = &sum_up(&fixture)->groups[0].rows[0];
    assert_close(row->figures[SUMMARY_END].median, 250 * mib);
    end(&fixture);
}

static void summary_gives_half_the_range_as_the_spread(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    records_add_ok(&fixture.records, 0, 3, 95);
    records_add_ok(&fixture.records, 0, 3, 100);
    records_add_ok(&fixture.records, 0, 3, 105);
    records_add_ok(&fixture.records, 1, 3, 100);
    const struct summary_group *group = &sum_up(&fixture)->groups[0];
    assert_close(group->rows[0].figures[SUMMARY_END].spread, 0.05);
    assert_close(group->rows[0].figures[SUMMARY_START].spread, 0);
    assert_true(metric_is_absent(group->rows[1].figures[SUMMARY_END].spread));
    assert_close(group->widest[SUMMARY_END], 0.05);
    end(&fixture);
}

static void summary_keeps_absent_absent(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    records_add_ok(&fixture.records, 0, 3, 100);
    const struct summary_group *group = &sum_up(&fixture)->groups[0];
    const struct summary_figure *figures = group->rows[0].figures;
    for (int what = SUMMARY_SETTLED; what < SUMMARY_WHAT_COUNT; what++) {
        assert_int_equal(figures[what].count, 0);
        assert_true(metric_is_absent(figures[what].median));
        assert_true(metric_is_absent(group->widest[what]));
    }
    assert_true(metric_is_absent(figures[SUMMARY_PEAK].median));
    end(&fixture);
}

static void summary_leaves_out_trials_that_are_not_ok(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    records_add_ok(&fixture.records, 0, 3, 100);
    records_add_ok(&fixture.records, 0, 3, 900)->outcome = OUTCOME_TIMED_OUT;
    const struct summary_row *row = &sum_up(&fixture)->groups[0].rows[0];
    assert_int_equal(row->ok, 1);
    assert_int_equal(row->total, 2);
    assert_close(row->figures[SUMMARY_END].median, 100 * mib);
    end(&fixture);
}

static void summary_reads_each_figure_where_it_stands(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    fixture.records.options.cycles = 2;
    struct record *record = records_add(&fixture.records, 0, OUTCOME_OK);
    records_add_sample(record, PHASE_START, 1)->values[METRIC_ANON] = 3;
    records_add_sample(record, PHASE_END, 1)->values[METRIC_PEAK_RSS] = 99;
    struct sample *last = records_add_sample(record, PHASE_END, 2);
    last->values[METRIC_ANON] = 50;
    last->values[METRIC_CPU_SECONDS] = 1.5;
    last->values[METRIC_WALL_SECONDS] = 2.5;
    last->values[METRIC_MINOR_FAULTS] = 77;
    struct sample *settled = records_add_sample(record, PHASE_SETTLED, 2);
    settled->values[METRIC_ANON] = 40;
    settled->values[METRIC_TRACKED_OBJECTS] = 11;
    settled->values[METRIC_GARBAGE_OBJECTS] = 12;
    settled->values[METRIC_ALLOCATED_BLOCKS] = 13;
    settled->values[METRIC_COLLECTED_OBJECTS] = 100;
    struct sample *collected = records_add_sample(record, PHASE_COLLECTED, 2);
    collected->values[METRIC_ANON] = 30;
    collected->values[METRIC_COLLECTED_OBJECTS] = 114;
    records_add_sample(record, PHASE_RELEASED, 2)->values[METRIC_ANON] = 20;

    static const double wanted[SUMMARY_WHAT_COUNT] = {
        [SUMMARY_START] = 3,        [SUMMARY_PEAK] = 99,        [SUMMARY_END] = 50,
        [SUMMARY_SETTLED] = 40,     [SUMMARY_COLLECTED] = 30,   [SUMMARY_RELEASED] = 20,
        [SUMMARY_OVER_START] = 37,  [SUMMARY_TRACKED] = 11,     [SUMMARY_GARBAGE] = 12,
        [SUMMARY_UNCOLLECTED] = 14, [SUMMARY_BLOCKS] = 13,      [SUMMARY_CPU] = 1.5,
        [SUMMARY_WALL] = 2.5,       [SUMMARY_MINOR_FAULTS] = 77};
    const struct summary_row *row = &sum_up(&fixture)->groups[0].rows[0];
    for (int what = 0; what < SUMMARY_WHAT_COUNT; what++) {
        assert_close(row->figures[what].median, wanted[what]);
    }
    end(&fixture);
}

static void summary_takes_over_start_trial_by_trial(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    static const double pairs[][2] = {
        {1, 10}, {5, 11}, {6, 30}}; /* medians: 5, 11; of 9, 6, 24: 9 */
    for (size_t i = 0; i < 3; i++) {
        struct record *record = records_add(&fixture.records, 0, OUTCOME_OK);
        records_add_sample(record, PHASE_START, 1)->values[METRIC_ANON] = pairs[i][0];
        records_add_sample(record, PHASE_SETTLED, 1)->values[METRIC_ANON] = pairs[i][1];
    }
    const struct summary_row *row = &sum_up(&fixture)->groups[0].rows[0];
    assert_close(row->figures[SUMMARY_OVER_START].median, 9);
    end(&fixture);
}

static void summary_compares_with_the_first_of_the_plan(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    records_add_ok(&fixture.records, 2, 3, 50); /* run first, but not planned first */
    records_add_ok(&fixture.records, 0, 3, 200);
    records_add_ok(&fixture.records, 1, 3, 230);
    const struct summary_group *group = &sum_up(&fixture)->groups[0];
    assert_int_equal(group->row_count, 3);
    assert_string_equal(group->first->allocator, "glibc");
    assert_true(metric_is_absent(group->rows[0].difference));
    assert_close(group->rows[1].difference, 0.15);
    assert_close(group->rows[2].difference, -0.75);
    end(&fixture);
}

static void summary_compares_with_the_first_that_was_measured(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    records_add(&fixture.records, 0, OUTCOME_SKIPPED);
    records_add_ok(&fixture.records, 1, 3, 200);
    records_add_ok(&fixture.records, 2, 3, 100);
    const struct summary_group *group = &sum_up(&fixture)->groups[0];
    assert_string_equal(group->first->allocator, "tcmalloc");
    assert_true(metric_is_absent(group->rows[0].difference));
    assert_close(group->rows[2].difference, -0.5);
    end(&fixture);
}

static void summary_keeps_object_allocators_apart(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    records_add_ok(&fixture.records, 0, 3, 100);
    records_add_ok(&fixture.records, 1, 3, 110);
    records_add_ok(&fixture.records, 0, 3, 200);
    records_add_ok(&fixture.records, 1, 3, 100);
    fixture.records.trials[2].object_allocator = OBJECT_MALLOC;
    fixture.records.trials[3].object_allocator = OBJECT_MALLOC;
    const struct summary_workload *workload = sum_up(&fixture);
    assert_int_equal(workload->group_count, 2);
    assert_int_equal(workload->groups[0].object_allocator, OBJECT_PYMALLOC);
    assert_int_equal(workload->groups[1].object_allocator, OBJECT_MALLOC);
    assert_close(workload->groups[0].rows[1].difference, 0.1);
    assert_close(workload->groups[1].rows[1].difference, -0.5);
    end(&fixture);
}

static void summary_has_the_end_of_each_cycle(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    fixture.records.options.cycles = 3;
    for (unsigned trial = 0; trial < 3; trial++) {
        struct record *record = records_add(&fixture.records, 0, OUTCOME_OK);
        for (unsigned cycle = 1; cycle <= 3; cycle++) {
            records_add_sample(record, PHASE_END, cycle)->values[METRIC_ANON] = 100 * cycle + trial;
        }
    }
    const struct summary_row *row = &sum_up(&fixture)->groups[0].rows[0];
    assert_close(row->cycles[0].median, 101);
    assert_close(row->cycles[1].median, 201);
    assert_close(row->cycles[2].median, 301);
    assert_close(row->figures[SUMMARY_END].median, 301);
    end(&fixture);
}

static void summary_counts_failures_by_outcome_and_keeps_the_first(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    records_add_ok(&fixture.records, 1, 3, 100);
    struct record *first = records_add(&fixture.records, 1, OUTCOME_CRASHED);
    records_set(&first->summary, "killed by signal 11");
    records_set(&first->hint, "look at its output");
    records_set(&first->output, "xy");
    first->output_length = 2;
    records_set(&records_add(&fixture.records, 1, OUTCOME_CRASHED)->summary, "killed by signal 6");
    records_add(&fixture.records, 1, OUTCOME_TIMED_OUT);
    const struct summary_row *row = &sum_up(&fixture)->groups[0].rows[0];
    assert_int_equal(row->failure_count, 2);
    assert_int_equal(row->failures[0].outcome, OUTCOME_CRASHED);
    assert_int_equal(row->failures[0].count, 2);
    assert_int_equal(row->failures[0].trial, 2);
    assert_string_equal(row->failures[0].summary, "killed by signal 11");
    assert_string_equal(row->failures[0].hint, "look at its output");
    assert_string_equal(row->failures[0].output, "xy");
    assert_int_equal(row->failures[1].outcome, OUTCOME_TIMED_OUT);
    assert_int_equal(row->failures[1].count, 1);
    end(&fixture);
}

static void summary_knows_an_expected_outcome(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    fixture.records.workload.expect = OUTCOME_TIMED_OUT;
    records_add(&fixture.records, 0, OUTCOME_TIMED_OUT);
    records_add(&fixture.records, 0, OUTCOME_CRASHED);
    const struct summary_row *row = &sum_up(&fixture)->groups[0].rows[0];
    assert_true(row->failures[0].is_expected);
    assert_false(row->failures[1].is_expected);
    end(&fixture);
}

static void summary_merges_warnings_that_differ_in_numbers_only(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    for (size_t setting = 0; setting < 2; setting++) {
        struct record *record = records_add_ok(&fixture.records, setting, 3, 100);
        record->samples[1].moved = 0x1p20 * (double)(setting + 1);
    }
    text_list_add(&fixture.records.items[0].warnings, "phase loaded-1 came twice");
    text_list_add(&fixture.records.items[1].warnings, "phase loaded-2 came twice");
    text_list_add(&fixture.records.items[1].warnings, "phase loaded-2 came twice");
    const struct summary_workload *workload = sum_up(&fixture);
    const struct summary_warning *warnings = workload->warnings;
    assert_int_equal(workload->warning_count, 3);
    assert_string_equal(warnings[0].text, "end: rss moved by +1.00 MiB while it was read");
    assert_int_equal(warnings[0].count, 2);
    assert_int_equal(warnings[0].allocators.count, 2);
    assert_string_equal(warnings[1].text, "phase loaded-1 came twice");
    assert_int_equal(warnings[1].count, 1);
    assert_int_equal(warnings[2].count, 2);
    assert_int_equal(warnings[2].allocators.count, 1);
    assert_string_equal(warnings[2].allocators.items[0], "tcmalloc");
    end(&fixture);
}

static void summary_leaves_out_workloads_without_a_record(void **state)
{
    (void)state;
    struct records records;
    struct summary summary;
    records_init(&records);
    summary_make(&summary, &records.plan, records.items, 0);
    assert_int_equal(summary.workload_count, 0);
    summary_clear(&summary);
    records_clear(&records);
}

static unsigned typical_trial(const double *ends, size_t count)
{
    struct records records;
    records_init(&records);
    for (size_t i = 0; i < count; i++) {
        records_add_ok(&records, 0, 3, ends[i]);
    }
    records_add(&records, 0, OUTCOME_CRASHED);
    struct summary summary;
    summary_make(&summary, &records.plan, records.items, records.count);
    unsigned trial = summary.workloads[0].groups[0].rows[0].typical;
    summary_clear(&summary);
    records_clear(&records);
    return trial;
}

static void the_typical_trial_is_the_one_with_the_median_end(void **state)
{
    (void)state;
    assert_int_equal(typical_trial((const double[]){300, 100, 200}, 3), 3);
    assert_int_equal(typical_trial((const double[]){300, 100, 200, 400}, 4), 3);
    assert_int_equal(typical_trial((const double[]){5, 5, 5}, 3), 2);
    assert_int_equal(typical_trial((const double[]){METRIC_ABSENT, 7}, 2), 2);
    assert_int_equal(typical_trial(NULL, 0), 0);
}

static void a_failure_that_was_told_before_is_found(void **state)
{
    (void)state;
    static const char *const said[] = {"no room", "no room", "no time"};
    struct records records;
    records_init(&records);
    for (size_t i = 0; i < 3; i++) {
        records_set(&records_add(&records, i, OUTCOME_CRASHED)->summary, said[i]);
    }
    struct summary summary;
    summary_make(&summary, &records.plan, records.items, records.count);
    const struct summary_workload *workload = &summary.workloads[0];
    const struct summary_row *rows = workload->groups[0].rows;
    assert_null(summary_find_same(workload, &rows[0].failures[0]));
    assert_ptr_equal(summary_find_same(workload, &rows[1].failures[0]), &rows[0].failures[0]);
    assert_null(summary_find_same(workload, &rows[2].failures[0]));
    summary_clear(&summary);
    records_clear(&records);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(summary_takes_the_middle_of_an_odd_count),
        cmocka_unit_test(summary_takes_the_mean_of_the_middle_two_of_an_even_count),
        cmocka_unit_test(summary_gives_half_the_range_as_the_spread),
        cmocka_unit_test(summary_keeps_absent_absent),
        cmocka_unit_test(summary_leaves_out_trials_that_are_not_ok),
        cmocka_unit_test(summary_reads_each_figure_where_it_stands),
        cmocka_unit_test(summary_takes_over_start_trial_by_trial),
        cmocka_unit_test(summary_compares_with_the_first_of_the_plan),
        cmocka_unit_test(summary_compares_with_the_first_that_was_measured),
        cmocka_unit_test(summary_keeps_object_allocators_apart),
        cmocka_unit_test(summary_has_the_end_of_each_cycle),
        cmocka_unit_test(summary_counts_failures_by_outcome_and_keeps_the_first),
        cmocka_unit_test(summary_knows_an_expected_outcome),
        cmocka_unit_test(summary_merges_warnings_that_differ_in_numbers_only),
        cmocka_unit_test(summary_leaves_out_workloads_without_a_record),
        cmocka_unit_test(the_typical_trial_is_the_one_with_the_median_end),
        cmocka_unit_test(a_failure_that_was_told_before_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
