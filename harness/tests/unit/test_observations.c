#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "stats/observations.h"
#include "tests/support/records.h"

static struct observations_source source_of(const struct records *records)
{
    return (struct observations_source){
        .plan = &records->plan, .records = records->items, .count = records->count};
}

static struct observations_key key_of(const struct records *records, size_t setting)
{
    return (struct observations_key){.workload = &records->workload,
                                     .setting = &records->settings[setting],
                                     .phase = PHASE_END,
                                     .metric = METRIC_ANON};
}

static struct record *add(struct records *records, size_t setting, unsigned block, double value)
{
    return records_add_value(records, setting, block, PHASE_END, METRIC_ANON, value);
}

static void repeat(struct records *records, unsigned block)
{
    records->trials[records->count - 1].repeats = block;
}

static void assert_values(const struct observations *observations, size_t count,
                          const double *wanted)
{
    assert_int_equal(observations->count, count);
    for (size_t i = 0; i < count; i++) {
        assert_true(observations->values[i] == wanted[i]);
    }
}

/* Reads one side, and clears the records. */
static struct observations read_end(struct records *records, size_t setting)
{
    struct observations observations;
    struct observations_source source = source_of(records);
    struct observations_key key = key_of(records, setting);
    observations_read(&observations, &source, &key);
    records_clear(records);
    return observations;
}

static void values_come_one_per_block_in_the_order_of_blocks(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add(&records, 0, 3, 30);
    add(&records, 1, 1, 99);
    add(&records, 0, 1, 10);
    add(&records, 0, 2, 20);
    struct observations read = read_end(&records, 0);
    assert_values(&read, 3, (double[]){10, 20, 30});
    assert_null(read.missing);
    observations_clear(&read);
}

static void a_repeated_block_counts_as_its_repetition(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add(&records, 0, 1, 10);
    add(&records, 0, 2, 20);
    add(&records, 0, 3, 11);
    repeat(&records, 1);
    struct observations read = read_end(&records, 0);
    assert_values(&read, 2, (double[]){11, 20});
    observations_clear(&read);
}

static void a_repetition_that_failed_as_well_leaves_the_block_as_it_was(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add(&records, 0, 1, 10);
    add(&records, 0, 2, 11)->outcome = OUTCOME_CRASHED;
    repeat(&records, 1);
    struct observations read = read_end(&records, 0);
    assert_values(&read, 1, (double[]){10});
    observations_clear(&read);
}

static void the_last_cycle_is_read(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    struct record *record = add(&records, 0, 1, 10);
    records_add_sample(record, PHASE_END, 2)->values[METRIC_ANON] = 12;
    struct observations read = read_end(&records, 0);
    assert_values(&read, 1, (double[]){12});
    observations_clear(&read);
}

static void without_a_phase_it_is_the_highest_of_the_trial(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    struct record *record = add(&records, 0, 1, 10);
    records_add_sample(record, PHASE_SETTLED, 1)->values[METRIC_ANON] = 15;
    records_add_sample(record, PHASE_RELEASED, 1);
    struct observations read;
    struct observations_source source = source_of(&records);
    struct observations_key key = key_of(&records, 0);
    key.phase = "";
    observations_read(&read, &source, &key);
    assert_values(&read, 1, (double[]){15});
    observations_clear(&read);
    records_clear(&records);
}

static void trials_of_other_object_allocators_are_left_out(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add(&records, 0, 1, 10);
    records.trials[0].object_allocator = OBJECT_MALLOC;
    add(&records, 0, 2, 20);
    struct observations read = read_end(&records, 0);
    assert_values(&read, 1, (double[]){20});
    observations_clear(&read);
}

static void what_is_missing_says_why(void **state)
{
    (void)state;
    static const struct {
        bool is_run, is_ok;
        const char *phase, *wanted;
    } cases[] = {
        {false, false, "end", "glibc was not run on bursts"},
        {true, false, "end", "no run of glibc on bursts was ok: crashed: signal 11"},
        {true, true, "loaded", "no run of glibc on bursts came by a phase 'loaded'"},
        {true, true, "end", "end.anon was not measured of glibc on bursts"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct records records;
        records_init(&records);
        if (cases[i].is_run) {
            struct record *record = add(&records, 0, 1, METRIC_ABSENT);
            record->outcome = cases[i].is_ok ? OUTCOME_OK : OUTCOME_CRASHED;
            records_set(&record->summary, "signal 11");
        }
        struct observations read;
        struct observations_source source = source_of(&records);
        struct observations_key key = key_of(&records, 0);
        key.phase = cases[i].phase;
        observations_read(&read, &source, &key);
        assert_int_equal(read.count, 0);
        assert_string_equal(read.missing, cases[i].wanted);
        observations_clear(&read);
        records_clear(&records);
    }
}

static void read_pairs(struct records *records, struct observations *left,
                       struct observations *right)
{
    struct observations_source source = source_of(records);
    struct observations_key left_key = key_of(records, 0), right_key = key_of(records, 1);
    observations_read_pairs(left, right, &source, &left_key, &right_key);
    records_clear(records);
}

static void pairs_are_of_blocks_that_have_both(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add(&records, 1, 3, 31);
    add(&records, 0, 1, 10);
    add(&records, 0, 2, 20);
    add(&records, 1, 2, 21);
    add(&records, 0, 3, 30);
    struct observations left, right;
    read_pairs(&records, &left, &right);
    assert_values(&left, 2, (double[]){20, 30});
    assert_values(&right, 2, (double[]){21, 31});
    observations_clear(&left);
    observations_clear(&right);
}

/* Time drifts: a value of a block and one of its repetition, minutes later, are no pair. */
static void a_pair_is_not_made_of_a_block_and_its_repetition(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add(&records, 0, 1, 10);
    add(&records, 1, 1, 11);
    add(&records, 0, 2, 12);
    repeat(&records, 1);
    add(&records, 1, 2, 13)->outcome = OUTCOME_TIMED_OUT;
    repeat(&records, 1);
    struct observations left, right;
    read_pairs(&records, &left, &right);
    assert_values(&left, 1, (double[]){10});
    assert_values(&right, 1, (double[]){11});
    observations_clear(&left);
    observations_clear(&right);
}

static void a_repetition_that_has_both_goes_before_the_block(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add(&records, 0, 1, 10);
    add(&records, 1, 1, 11);
    add(&records, 0, 2, 12);
    repeat(&records, 1);
    add(&records, 1, 2, 13);
    repeat(&records, 1);
    struct observations left, right;
    read_pairs(&records, &left, &right);
    assert_values(&left, 1, (double[]){12});
    assert_values(&right, 1, (double[]){13});
    observations_clear(&left);
    observations_clear(&right);
}

static void pairs_without_a_common_block_are_missing(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add(&records, 0, 1, 10);
    add(&records, 1, 2, 11);
    struct observations left, right;
    read_pairs(&records, &left, &right);
    assert_int_equal(left.count + right.count, 0);
    assert_string_equal(left.missing, "no block has both glibc and tcmalloc on bursts");
    observations_clear(&left);
    observations_clear(&right);
}

static void seeds_differ_by_the_plan_and_by_all_that_is_asked(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    struct observations_source source = source_of(&records);
    struct observations_key key = key_of(&records, 1), other = key_of(&records, 2);
    struct observations_key without = key;
    without.object_allocator = OBJECT_MALLOC;
    uint64_t seeds[] = {observations_seed(&source, &key, "glibc", "end.anon"),
                        observations_seed(&source, &other, "glibc", "end.anon"),
                        observations_seed(&source, &without, "glibc", "end.anon"),
                        observations_seed(&source, &key, "jemalloc", "end.anon"),
                        observations_seed(&source, &key, "glibc", "settled.anon"),
                        0};
    enum { COUNT = sizeof seeds / sizeof *seeds };
    assert_true(seeds[0] == observations_seed(&source, &key, "glibc", "end.anon"));
    records.options.seed++;
    seeds[COUNT - 1] = observations_seed(&source, &key, "glibc", "end.anon");
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t j = 0; j < i; j++) {
            assert_true(seeds[i] != seeds[j]);
        }
    }
    records_clear(&records);
}

static void figures_are_named_by_phase_and_metric(void **state)
{
    (void)state;
    cleanup_free char *end = observations_figure_name(PHASE_END, METRIC_ANON);
    cleanup_free char *peak = observations_figure_name("", METRIC_PEAK_RSS);
    assert_string_equal(end, "end.anon");
    assert_string_equal(peak, "peak_rss");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_come_one_per_block_in_the_order_of_blocks),
        cmocka_unit_test(a_repeated_block_counts_as_its_repetition),
        cmocka_unit_test(a_repetition_that_failed_as_well_leaves_the_block_as_it_was),
        cmocka_unit_test(the_last_cycle_is_read),
        cmocka_unit_test(without_a_phase_it_is_the_highest_of_the_trial),
        cmocka_unit_test(trials_of_other_object_allocators_are_left_out),
        cmocka_unit_test(what_is_missing_says_why),
        cmocka_unit_test(pairs_are_of_blocks_that_have_both),
        cmocka_unit_test(a_pair_is_not_made_of_a_block_and_its_repetition),
        cmocka_unit_test(a_repetition_that_has_both_goes_before_the_block),
        cmocka_unit_test(pairs_without_a_common_block_are_missing),
        cmocka_unit_test(seeds_differ_by_the_plan_and_by_all_that_is_asked),
        cmocka_unit_test(figures_are_named_by_phase_and_metric),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
