#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "base/random.h"
#include "inspect/trend.h"
#include "measure/metric.h"

static const double noise = 1;

static void assert_growing(const double *values, size_t count, bool is_growing)
{
    struct trend trend;
    trend_find(&trend, values, count, noise);
    if (trend.is_growing != is_growing) {
        fail_msg("%zu cycles from %g to %g should %sbe growing", count, values[0],
                 values[count - 1], is_growing ? "" : "not ");
    }
}

static void fewer_than_three_cycles_have_no_trend(void **state)
{
    (void)state;
    static const double values[] = {10, 100, 1000};
    for (size_t count = 0; count < 3; count++) {
        struct trend trend;
        trend_find(&trend, values, count, noise);
        assert_true(metric_is_absent(trend.slope));
        assert_false(trend.is_growing);
    }
    static const double gaps[] = {10, METRIC_ABSENT, 20, METRIC_ABSENT};
    struct trend trend;
    trend_find(&trend, gaps, 4, noise);
    assert_true(metric_is_absent(trend.slope));
}

static void a_leak_of_the_same_size_each_cycle_is_growing(void **state)
{
    (void)state;
    static const size_t counts[] = {3, 4, 5, 8, 20};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        double values[20];
        for (size_t cycle = 0; cycle < counts[i]; cycle++) {
            values[cycle] = 40 + 16 * (double)cycle;
        }
        struct trend trend;
        trend_find(&trend, values, counts[i], noise);
        assert_true(trend.is_growing);
        assert_true(fabs(trend.slope - 16) < 1e-9);
    }
}

static void a_slope_is_per_cycle_where_a_cycle_is_missing(void **state)
{
    (void)state;
    static const double values[] = {0, 10, METRIC_ABSENT, 30, 40};
    struct trend trend;
    trend_find(&trend, values, 5, noise);
    assert_true(trend.is_growing);
    assert_true(fabs(trend.slope - 10) < 1e-9);
}

static void what_grows_in_the_first_cycle_only_is_not_growing(void **state)
{
    (void)state;
    /* The first value is the first cycle's end: what it took is in all of them. */
    static const double flat[] = {110, 110, 110, 110, 110, 110, 110, 110};
    static const double nearly[] = {110, 110.2, 110.4, 110.6};
    assert_growing(flat, 3, false);
    assert_growing(flat, 4, false);
    assert_growing(flat, 8, false);
    assert_growing(nearly, 4, false); /* in order, but within the noise */
}

static void fading_growth_is_not_growing(void **state)
{
    (void)state;
    static const size_t counts[] = {3, 4, 5, 8, 12};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        double values[12];
        for (size_t cycle = 0; cycle < counts[i]; cycle++) {
            values[cycle] = 200 - 100 * exp(-(double)cycle / 4);
        }
        assert_growing(values, counts[i], false);
    }
}

/* The slowest growth of servers that was seen: level after 12 bursts. */
static void growth_that_ends_after_twelve_cycles_is_not_growing(void **state)
{
    (void)state;
    double values[12] = {40};
    for (size_t cycle = 1; cycle < 12; cycle++) {
        values[cycle] = values[cycle - 1] + (double)(12 - cycle);
    }
    for (size_t count = 5; count <= 12; count++) {
        assert_growing(values, count, false);
    }
}

/* Of four cycles the first step is held against the last: the middle one says nothing. */
static void the_halves_of_an_even_count_are_apart(void **state)
{
    (void)state;
    static const double fading[] = {0, 10, 20, 28}, lasting[] = {0, 10, 12, 21};
    assert_growing(fading, 4, false);
    assert_growing(lasting, 4, true);
}

static void growth_that_quickens_is_growing(void **state)
{
    (void)state;
    static const double values[] = {10, 12, 16, 24, 40};
    assert_growing(values, 3, true);
    assert_growing(values, 5, true);
}

static void one_step_is_not_growing(void **state)
{
    (void)state;
    double values[8];
    for (size_t step = 1; step < 8; step++) {
        for (size_t cycle = 0; cycle < 8; cycle++) {
            values[cycle] = cycle >= step ? 50 : 10;
        }
        assert_growing(values, 8, false);
    }
    static const double early[] = {10, 50, 50}, late[] = {10, 10, 50};
    assert_growing(early, 3, false);
    assert_growing(late, 3, false);
}

/* A table that doubles, an arena that fills: one step every other cycle, for ever. */
static void steps_that_keep_coming_are_growing(void **state)
{
    (void)state;
    static const double values[] = {0, 10, 10, 20, 20, 30, 30, 40};
    assert_growing(values, 8, true);
}

static void shrinking_is_not_growing(void **state)
{
    (void)state;
    static const double values[] = {80, 60, 40, 20}, back[] = {10, 40, 70, 12};
    assert_growing(values, 3, false);
    assert_growing(values, 4, false);
    assert_growing(back, 4, false);
}

static double scatter(struct random *random, double width)
{
    return width * ((double)random_below(random, 2001) / 1000 - 1);
}

static unsigned count_growing(uint64_t seed, size_t cycles, double slope, double width)
{
    struct random random = {.state = seed};
    unsigned growing = 0;
    for (int trial = 0; trial < 1000; trial++) {
        double values[8];
        for (size_t cycle = 0; cycle < cycles; cycle++) {
            values[cycle] = 100 + slope * (double)cycle + scatter(&random, width);
        }
        struct trend trend;
        trend_find(&trend, values, cycles, noise);
        growing += trend.is_growing;
    }
    return growing;
}

static void scatter_alone_is_growing_no_more_often_than_promised(void **state)
{
    (void)state;
    assert_true(count_growing(1, 3, 0, 10) < 1000 / 6);
    assert_true(count_growing(2, 4, 0, 10) < 1000 / 24 + 15);
    assert_true(count_growing(3, 8, 0, 10) < 1000 / 141 + 8);
}

/* What scatters by a sixteenth of its step is still seen nearly always. */
static void a_leak_is_seen_through_scatter(void **state)
{
    (void)state;
    unsigned eight = count_growing(4, 8, 16, 1), three = count_growing(5, 3, 16, 1);
    if (eight < 990 || three < 850) {
        fail_msg("seen in %u of 1000 trials of 8 cycles, in %u of 3", eight, three);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fewer_than_three_cycles_have_no_trend),
        cmocka_unit_test(a_leak_of_the_same_size_each_cycle_is_growing),
        cmocka_unit_test(a_slope_is_per_cycle_where_a_cycle_is_missing),
        cmocka_unit_test(what_grows_in_the_first_cycle_only_is_not_growing),
        cmocka_unit_test(fading_growth_is_not_growing),
        cmocka_unit_test(growth_that_ends_after_twelve_cycles_is_not_growing),
        cmocka_unit_test(the_halves_of_an_even_count_are_apart),
        cmocka_unit_test(growth_that_quickens_is_growing),
        cmocka_unit_test(one_step_is_not_growing),
        cmocka_unit_test(steps_that_keep_coming_are_growing),
        cmocka_unit_test(shrinking_is_not_growing),
        cmocka_unit_test(scatter_alone_is_growing_no_more_often_than_promised),
        cmocka_unit_test(a_leak_is_seen_through_scatter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
