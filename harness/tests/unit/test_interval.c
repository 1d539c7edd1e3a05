#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "stats/interval.h"
#include "tests/support/near.h"

/* A test whose p is read off a table: between points i - 1 and i stands gaps[i]. */
struct table {
    const double *gaps, *at_points;
    size_t count;
};

static const double points[] = {0, 1, 2, 3, 4};

static double p_of(const void *context, double value)
{
    const struct table *table = context;
    size_t i = 0;
    while (i < table->count && points[i] < value) {
        i++;
    }
    if (i < table->count && points[i] == value) {
        return table->at_points[i];
    }
    return table->gaps[i];
}

static double distance_of(const void *context, double value)
{
    return 1 / p_of(context, value);
}

static struct interval invert(const double *gaps, const double *at_points)
{
    struct table table = {.gaps = gaps, .at_points = at_points, .count = 5};
    struct interval_test test = {.context = &table, .distance = distance_of, .p = p_of};
    return interval_invert(&test, points, 5, 0.05, 1e-9);
}

static void a_gap_not_rejected_is_inside_with_its_ends(void **state)
{
    (void)state;
    struct interval interval =
        invert((const double[]){.01, .02, .3, .9, .2, .01}, (const double[]){.01, .1, .5, .5, .04});
    assert_near(interval.lower, 1);
    assert_near(interval.upper, 4);
    assert_near(interval.estimate, 2);
}

static void a_single_point_may_be_all(void **state)
{
    (void)state;
    struct interval interval = invert((const double[]){.01, .01, .02, .02, .01, .01},
                                      (const double[]){.01, .01, .9, .01, .01});
    assert_near(interval.lower, 2);
    assert_near(interval.upper, 2);
}

static void what_is_accepted_beyond_something_rejected_is_inside(void **state)
{
    (void)state;
    struct interval interval = invert((const double[]){.01, .2, .02, .9, .01, .01},
                                      (const double[]){.01, .01, .01, .01, .06});
    assert_near(interval.lower, 0);
    assert_near(interval.upper, 4);
}

static void a_test_that_rejects_nothing_has_no_bounds(void **state)
{
    (void)state;
    struct interval interval =
        invert((const double[]){.2, .2, .3, .9, .3, .2}, (const double[]){.2, .2, .3, .3, .2});
    assert_true(isinf(interval.lower) && interval.lower < 0);
    assert_true(isinf(interval.upper) && interval.upper > 0);
}

static void a_p_of_alpha_is_rejected(void **state)
{
    (void)state;
    struct interval interval = invert((const double[]){.05, .05, .051, .9, .05, .05},
                                      (const double[]){.05, .05, .05, .05, .05});
    assert_near(interval.lower, 1);
    assert_near(interval.upper, 3);
}

/* Between 2 and 3 nothing is rejected, but between points that are one nothing is asked. */
static void points_nearer_than_the_tolerance_are_one(void **state)
{
    (void)state;
    const double near[] = {2, 2.2, 2.4};
    struct table table = {.gaps = (const double[]){.01, .01, .01, .2, .01, .01},
                          .at_points = (const double[]){.01, .01, .9, .01, .01},
                          .count = 5};
    struct interval_test test = {.context = &table, .distance = distance_of, .p = p_of};
    struct interval interval = interval_invert(&test, near, 3, 0.05, 0.3);
    assert_near(interval.lower, 2);
    assert_near(interval.upper, 2);
    interval = interval_invert(&test, near, 3, 0.05, 0.1);
    assert_near(interval.upper, 2.4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gap_not_rejected_is_inside_with_its_ends),
        cmocka_unit_test(a_single_point_may_be_all),
        cmocka_unit_test(what_is_accepted_beyond_something_rejected_is_inside),
        cmocka_unit_test(a_test_that_rejects_nothing_has_no_bounds),
        cmocka_unit_test(a_p_of_alpha_is_rejected),
        cmocka_unit_test(points_nearer_than_the_tolerance_are_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
