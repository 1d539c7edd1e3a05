#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "run/record.h"

struct desk {
    struct workload workload;
    struct trial trial;
    struct record record;
};

static int setup(void **state)
{
    static struct desk desk;
    desk = (struct desk){.workload.expect = OUTCOME_OK};
    desk.trial.workload = &desk.workload;
    record_init(&desk.record, &desk.trial);
    *state = &desk;
    return 0;
}

static int teardown(void **state)
{
    struct desk *desk = *state;
    record_clear(&desk->record);
    return 0;
}

static void add_sample(struct record *record, const char *phase, unsigned cycle, double rss)
{
    record->samples = text_grow(record->samples, record->sample_count + 1, sizeof *record->samples);
    struct sample *sample = &record->samples[record->sample_count++];
    *sample = (struct sample){.cycle = cycle, .visit = 1};
    text_place(sample->phase, sizeof sample->phase, phase);
    sample->values[METRIC_RSS] = rss;
    sample->values[METRIC_ANON] = METRIC_ABSENT;
}

static void a_record_is_born_unfinished_and_empty(void **state)
{
    const struct desk *desk = *state;
    const struct record *record = &desk->record;
    assert_ptr_equal(record->trial, &desk->trial);
    assert_int_equal(record->outcome, OUTCOME_UNFINISHED);
    assert_string_equal(record->summary, "");
    assert_string_equal(record->hint, "");
    assert_string_equal(record->traceback, "");
    assert_string_equal(record->stacks, "");
    assert_string_equal(record->output, "");
    assert_string_equal(record->identity.family, "");
    assert_int_equal(record->sample_count + record->curve_count + record->warnings.count, 0);
}

static void an_unfinished_trial_is_never_expected(void **state)
{
    struct desk *desk = *state;
    assert_false(record_is_expected(&desk->record));
}

static void ok_is_always_expected(void **state)
{
    struct desk *desk = *state;
    desk->record.outcome = OUTCOME_OK;
    assert_true(record_is_expected(&desk->record));
    desk->workload.expect = OUTCOME_CRASHED;
    assert_true(record_is_expected(&desk->record));
}

static void another_outcome_is_expected_only_if_the_workload_says_so(void **state)
{
    struct desk *desk = *state;
    desk->record.outcome = OUTCOME_TIMED_OUT;
    assert_false(record_is_expected(&desk->record));
    desk->workload.expect = OUTCOME_CRASHED;
    assert_false(record_is_expected(&desk->record));
    desk->workload.expect = OUTCOME_TIMED_OUT;
    assert_true(record_is_expected(&desk->record));
}

static void record_sample_is_that_of_the_last_cycle(void **state)
{
    struct desk *desk = *state;
    add_sample(&desk->record, "start", 1, 10);
    add_sample(&desk->record, "end", 1, 20);
    add_sample(&desk->record, "end", 2, 30);
    add_sample(&desk->record, "settled", 2, 25);
    assert_int_equal(record_sample(&desk->record, "end")->cycle, 2);
    assert_true(record_value(&desk->record, "end", METRIC_RSS) == 30);
    assert_true(record_value(&desk->record, "start", METRIC_RSS) == 10);
}

static void a_phase_that_was_not_reached_is_absent(void **state)
{
    struct desk *desk = *state;
    assert_null(record_sample(&desk->record, "start"));
    add_sample(&desk->record, "start", 1, 10);
    assert_null(record_sample(&desk->record, "end"));
    assert_true(metric_is_absent(record_value(&desk->record, "end", METRIC_RSS)));
    assert_true(metric_is_absent(record_value(&desk->record, "start", METRIC_ANON)));
}

#define record_test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        record_test(a_record_is_born_unfinished_and_empty),
        record_test(an_unfinished_trial_is_never_expected),
        record_test(ok_is_always_expected),
        record_test(another_outcome_is_expected_only_if_the_workload_says_so),
        record_test(record_sample_is_that_of_the_last_cycle),
        record_test(a_phase_that_was_not_reached_is_absent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
