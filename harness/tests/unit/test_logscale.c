#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdbool.h>

#include "picture/logscale.h"

static void half_and_double_lie_equally_far_from_1(void **state)
{
    (void)state;
    struct logscale scale = {0.25, 4, 100, 500};
    assert_true(fabs(logscale_place(&scale, 1) - 300) < 1e-9);
    assert_true(fabs(logscale_place(&scale, 0.5) - 200) < 1e-9);
    assert_true(fabs(logscale_place(&scale, 2) - 400) < 1e-9);
}

static void what_lies_beyond_is_placed_at_the_end(void **state)
{
    (void)state;
    struct logscale scale = {0.5, 2, 10, 20};
    assert_true(logscale_place(&scale, 0) == 10);
    assert_true(logscale_place(&scale, 0.1) == 10);
    assert_true(logscale_place(&scale, INFINITY) == 20);
}

static void check_ticks(double low, double high, size_t most, const double *wanted, size_t count)
{
    struct logscale scale = {low, high, 0, 1};
    double ticks[LOGSCALE_MOST];
    assert_int_equal(logscale_ticks(&scale, most, ticks), count);
    for (size_t i = 0; i < count; i++) {
        assert_true(fabs(ticks[i] - wanted[i]) < 1e-9);
    }
}

static void ticks_of_a_short_scale_are_at_a_round_step(void **state)
{
    (void)state;
    check_ticks(0.57, 1.25, 8, (double[]){0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2}, 7);
    check_ticks(0.985, 1.02, 8, (double[]){0.985, 0.99, 0.995, 1, 1.005, 1.01, 1.015, 1.02}, 8);
}

static void ticks_of_a_long_scale_are_round_figures(void **state)
{
    (void)state;
    check_ticks(0.45, 2.2, 8, (double[]){0.5, 0.6, 0.8, 1, 1.5, 2}, 6);
    check_ticks(0.1, 10, 8, (double[]){0.1, 0.2, 0.5, 1, 2, 5, 10}, 7);
    check_ticks(1e-6, 1e6, 5, (double[]){1e-6, 1e-3, 1, 1e3, 1e6}, 5);
}

static void one_is_a_tick_of_every_scale_that_holds_it(void **state)
{
    (void)state;
    for (double low = 0.999; low > 1e-7; low *= 0.83) {
        for (double high = 1.001; high < 1e7; high *= 1.31) {
            struct logscale scale = {low, high, 0, 1};
            double ticks[LOGSCALE_MOST];
            size_t count = logscale_ticks(&scale, 7, ticks);
            bool has_one = false;
            assert_in_range(count, 1, 7);
            for (size_t i = 0; i < count; i++) {
                has_one = has_one || fabs(ticks[i] - 1) < 1e-9;
                assert_true(ticks[i] > low * 0.999999 && ticks[i] < high * 1.000001);
            }
            assert_true(has_one);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_and_double_lie_equally_far_from_1),
        cmocka_unit_test(what_lies_beyond_is_placed_at_the_end),
        cmocka_unit_test(ticks_of_a_short_scale_are_at_a_round_step),
        cmocka_unit_test(ticks_of_a_long_scale_are_round_figures),
        cmocka_unit_test(one_is_a_tick_of_every_scale_that_holds_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
