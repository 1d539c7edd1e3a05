#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "measure/decay.h"
#include "tests/support/standstills.h"

enum { POINTS = 1200 };

struct fixture {
    struct standstills trial;
    struct curve_point curve[POINTS]; /* one every 10 ms, 'end' at 1 s, 'settled' at 11 s */
};

/* 10 MiB at 'start', 110 at 'end'; at each moment after it, `rss` MiB. */
static void begin(struct fixture *fixture, double (*rss)(double))
{
    standstills_init(&fixture->trial, true);
    standstills_add(&fixture->trial, PHASE_END, 1);
    standstills_put(&fixture->trial, METRIC_OWNER_MALLOC_RELEASABLE, 100);
    standstills_add(&fixture->trial, PHASE_SETTLED, 1);
    fixture->trial.items[2].elapsed = 11;
    fixture->trial.items[2].values[METRIC_RSS] = rss(10) * 0x1p20;
    for (int i = 0; i < POINTS; i++) {
        double elapsed = 0.01 * i;
        fixture->curve[i].elapsed = elapsed;
        /* The load begins low: nothing of that is given back. */
        fixture->curve[i].rss = (elapsed <= 1 ? 10 + 100 * elapsed : rss(elapsed - 1)) * 0x1p20;
    }
}

static double seconds(const struct fixture *fixture, double part)
{
    return decay_seconds(fixture->trial.items, fixture->trial.count, fixture->curve, POINTS, part);
}

static void assert_near(double value, double wanted)
{
    if (!(fabs(value - wanted) < 0.011)) {
        fail_msg("%g should be %g", value, wanted);
    }
}

static double exponential(double time)
{
    return 10 + 100 * exp(-time / 3);
}

static double in_two_steps(double time)
{
    return time < 2 ? 110 : time < 7 ? 50 : 15;
}

static double never(double time)
{
    (void)time;
    return 110;
}

/* A request every second takes it all again for a moment. */
static double ticking(double time)
{
    return fmod(time, 1) < 0.1 || time < 4 ? 110 : 12;
}

static double at_the_end(double time)
{
    return time < 9.999 ? 110 : 10;
}

static void an_exponential_decay_is_timed(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture, exponential);
    assert_near(seconds(&fixture, 0.5), 3 * log(2));
    assert_near(seconds(&fixture, 0.9), 3 * log(10));
}

static void steps_are_timed_where_they_come(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture, in_two_steps);
    assert_near(seconds(&fixture, 0.5), 2);
    assert_near(seconds(&fixture, 0.9), 7);
    assert_true(metric_is_absent(seconds(&fixture, 0.96)));
}

static void what_is_not_reached_is_absent(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture, never);
    assert_true(decay_is_meant(fixture.trial.items, fixture.trial.count));
    assert_true(metric_is_absent(seconds(&fixture, 0.5)));
}

static void what_is_reached_after_settled_is_absent(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture, never);
    fixture.curve[POINTS - 1].rss = 0; /* 'collected' has freed it */
    assert_true(metric_is_absent(seconds(&fixture, 0.5)));
}

static void what_a_tick_takes_again_was_given_back(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture, ticking);
    assert_near(seconds(&fixture, 0.9), 4.1);
}

static void the_standstill_itself_counts_as_a_point(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture, at_the_end);
    fixture.trial.items[2].values[METRIC_RSS] = 10 * 0x1p20;
    assert_near(decay_seconds(fixture.trial.items, 3, NULL, 0, 0.9), 10);
}

static void nothing_held_decays_not(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture, exponential);
    fixture.trial.items[1].values[METRIC_RSS] =
        fixture.trial.items[0].values[METRIC_RSS] + DECAY_LEAST;
    assert_false(decay_is_meant(fixture.trial.items, fixture.trial.count));
    assert_true(metric_is_absent(seconds(&fixture, 0.5)));
    fixture.trial.items[1].values[METRIC_RSS] += 1;
    assert_true(decay_is_meant(fixture.trial.items, fixture.trial.count));
}

static void a_trial_without_settled_has_no_decay(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture, exponential);
    assert_true(metric_is_absent(decay_seconds(fixture.trial.items, 2, fixture.curve, POINTS, 0)));
    assert_true(metric_is_absent(decay_seconds(NULL, 0, fixture.curve, POINTS, 0)));
    decay_fill(fixture.trial.items, 2, fixture.curve, POINTS);
    assert_true(metric_is_absent(fixture.trial.items[1].values[METRIC_DECAY_50_SECONDS]));
}

/* Of two cycles only what follows the last 'end' is idle time. */
static void the_last_end_counts(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture, in_two_steps);
    struct sample *samples = fixture.trial.items;
    samples[3] = samples[2];
    samples[2] = samples[1];
    samples[2].cycle = 2;
    samples[2].elapsed = 2.5;
    assert_near(decay_seconds(samples, 4, fixture.curve, POINTS, 0.5), 0.5);
}

static void settled_is_filled(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture, exponential);
    decay_fill(fixture.trial.items, fixture.trial.count, fixture.curve, POINTS);
    const double *values = fixture.trial.items[2].values;
    assert_near(values[METRIC_DECAY_50_SECONDS], 3 * log(2));
    assert_near(values[METRIC_DECAY_90_SECONDS], 3 * log(10));
    assert_true(metric_is_absent(fixture.trial.items[1].values[METRIC_DECAY_50_SECONDS]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exponential_decay_is_timed),
        cmocka_unit_test(steps_are_timed_where_they_come),
        cmocka_unit_test(what_is_not_reached_is_absent),
        cmocka_unit_test(what_is_reached_after_settled_is_absent),
        cmocka_unit_test(what_a_tick_takes_again_was_given_back),
        cmocka_unit_test(the_standstill_itself_counts_as_a_point),
        cmocka_unit_test(nothing_held_decays_not),
        cmocka_unit_test(a_trial_without_settled_has_no_decay),
        cmocka_unit_test(the_last_end_counts),
        cmocka_unit_test(settled_is_filled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
