#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "stats/self_check.h"
#include "tests/support/records.h"

enum { BLOCKS = 8 };

/* A run as the self-test makes it: two workloads, two names of one setting. */
struct fixture {
    struct records records;
    struct workload workloads[2];
    struct self_check check;
};

/* Block by block: the smaller and the larger workload under either name. `second` is what the
 * smaller has under its second name, over the first; `larger` what the larger has over it. */
static void add_blocks(struct fixture *fixture, double second, double larger)
{
    static const double scatter[BLOCKS] = {0, 3, 1, 7, 5, 2, 6, 4}; /* tenths of a per mille */
    struct records *records = &fixture->records;
    for (unsigned block = 1; block <= BLOCKS; block++) {
        for (size_t i = 0; i < 4; i++) {
            size_t workload = i / 2, setting = i % 2;
            double anon = 40e6 * (1 + 1e-4 * scatter[(block + 3 * i) % BLOCKS]);
            anon *= (setting == 1 ? second : 1) * (workload == 1 ? larger : 1);
            struct record *record =
                records_add_value(records, setting, block, "settled", METRIC_ANON, anon);
            struct sample *end = records_add_sample(record, "end", 1);
            double seconds = 1 + 0.01 * scatter[(block + i) % BLOCKS];
            end->values[METRIC_CPU_SECONDS] = seconds;
            end->values[METRIC_WALL_SECONDS] = 2 * seconds;
            records->trials[records->count - 1].workload = &fixture->workloads[workload];
        }
    }
}

static void make(struct fixture *fixture, double second, double larger)
{
    *fixture = (struct fixture){0};
    records_init(&fixture->records);
    fixture->workloads[0] = fixture->workloads[1] = fixture->records.workload;
    fixture->records.plan.workloads = fixture->workloads;
    fixture->records.plan.workload_count = 2;
    add_blocks(fixture, second, larger);
    self_check_make(&fixture->check, &fixture->records.plan, fixture->records.items,
                    fixture->records.count);
}

static void measure_noise(struct fixture *fixture)
{
    self_check_measure_noise(&fixture->check, &fixture->records.plan, fixture->records.items,
                             fixture->records.count);
}

static void clear(struct fixture *fixture)
{
    self_check_clear(&fixture->check);
    records_clear(&fixture->records);
}

static void what_is_the_same_and_what_is_more_pass(void **state)
{
    (void)state;
    struct fixture fixture;
    make(&fixture, 1, 1.18);
    assert_null(fixture.check.missing);
    assert_int_equal(fixture.check.same.verdict, VERDICT_SAME);
    assert_int_equal(fixture.check.worse.verdict, VERDICT_WORSE);
    assert_true(fabs(fixture.check.worse.effect.estimate - 1.18) < 0.001);
    assert_true(self_check_passes(&fixture.check));
    clear(&fixture);
}

/* 10 % between two names of one setting: something drifts, or the arms are mixed up. */
static void a_setting_that_differs_from_itself_fails(void **state)
{
    (void)state;
    struct fixture fixture;
    make(&fixture, 1.1, 1.18);
    assert_int_equal(fixture.check.same.verdict, VERDICT_WORSE);
    assert_int_equal(fixture.check.worse.verdict, VERDICT_WORSE);
    assert_false(self_check_passes(&fixture.check));
    clear(&fixture);
}

static void more_that_does_not_come_out_as_worse_fails(void **state)
{
    (void)state;
    static const double larger[] = {1, 1.02, 0.8};
    for (size_t i = 0; i < sizeof larger / sizeof *larger; i++) {
        struct fixture fixture;
        make(&fixture, 1, larger[i]);
        assert_int_equal(fixture.check.same.verdict, VERDICT_SAME);
        assert_int_not_equal(fixture.check.worse.verdict, VERDICT_WORSE);
        assert_false(self_check_passes(&fixture.check));
        clear(&fixture);
    }
}

static void trials_that_failed_are_said_to_be_missing(void **state)
{
    (void)state;
    struct fixture fixture;
    make(&fixture, 1, 1.18);
    self_check_clear(&fixture.check);
    for (size_t i = 0; i < fixture.records.count; i++) {
        fixture.records.items[i].outcome = OUTCOME_CRASHED;
    }
    self_check_make(&fixture.check, &fixture.records.plan, fixture.records.items,
                    fixture.records.count);
    assert_non_null(fixture.check.missing);
    assert_false(self_check_passes(&fixture.check));
    measure_noise(&fixture);
    assert_true(metric_is_absent(fixture.check.noise[0].visible[0]));
    clear(&fixture);
}

static void noise_is_told_figure_by_figure(void **state)
{
    (void)state;
    struct fixture fixture;
    make(&fixture, 1.001, 1.18);
    measure_noise(&fixture);
    const struct self_check_noise *noise = fixture.check.noise;
    assert_int_equal(noise[0].metric, METRIC_ANON);
    assert_int_equal(noise[1].metric, METRIC_CPU_SECONDS);
    assert_int_equal(noise[2].metric, METRIC_WALL_SECONDS);
    for (size_t i = 0; i < SELF_CHECK_FIGURES; i++) {
        for (size_t arm = 0; arm < 2; arm++) {
            assert_int_equal(noise[i].arms[arm].count, BLOCKS);
        }
        for (size_t look = 0; look < LOOKS_COUNT; look++) {
            assert_true(noise[i].visible[look] > 1 + noise[i].threshold);
        }
        assert_true(noise[i].visible[2] < noise[i].visible[0]); /* more runs see less */
    }
    assert_true(fabs(noise[0].arms[1].mean / noise[0].arms[0].mean - 1.001) < 1e-9);
    /* 0 to 7 in steps of 1: a deviation of 2.449 */
    assert_true(fabs(noise[0].arms[0].variation - 2.449e-4) < 1e-6);
    assert_true(fabs(noise[1].arms[0].variation - 0.02449 / 1.035) < 1e-5);
    assert_true(noise[0].visible[0] < noise[1].visible[0]);
    clear(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_the_same_and_what_is_more_pass),
        cmocka_unit_test(a_setting_that_differs_from_itself_fails),
        cmocka_unit_test(more_that_does_not_come_out_as_worse_fails),
        cmocka_unit_test(trials_that_failed_are_said_to_be_missing),
        cmocka_unit_test(noise_is_told_figure_by_figure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
