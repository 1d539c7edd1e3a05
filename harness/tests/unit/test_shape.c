#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "stats/shape.h"
#include "tests/support/golden.h"
#include "tests/support/near.h"

#define SHAPE(...)                                                                                 \
    shape_of((const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

static void figures_are_those_of_r(void **state)
{
    (void)state;
    json_t *cases = golden_load("samples");
    size_t i;
    json_t *item;
    json_array_foreach(cases, i, item)
    {
        double values[16];
        size_t count = golden_numbers(item, "values", values, 16);
        struct shape shape = shape_of(values, count);
        assert_int_equal(shape.count, count);
        assert_near(shape.median, golden_number(item, "median", NAN));
        assert_near(shape.mean, golden_number(item, "mean", NAN));
        assert_near(shape.deviation, golden_number(item, "deviation", NAN));
        assert_near(shape.variation, shape.deviation / shape.mean);
    }
    json_decref(cases);
}

static void two_clusters_are_two_modes(void **state)
{
    (void)state;
    assert_int_equal(SHAPE(20, 21, 20.5, 40, 41, 20.2, 20.1, 40.5).modes, 2);
    assert_int_equal(SHAPE(20, 22, 25, 28, 31, 33, 36, 40).modes, 1);
    assert_int_equal(SHAPE(20, 40).modes, 1);
}

/* 2 of 10 are a mode, 1 of 10 is an outlier. */
static void a_mode_holds_a_fifth(void **state)
{
    (void)state;
    assert_int_equal(SHAPE(1, 1, 1, 1, 1, 1, 1, 1, 2, 2).modes, 2);
    assert_int_equal(SHAPE(1, 1, 1, 1, 1, 1, 1, 1, 1, 2).modes, 1);
    assert_int_equal(SHAPE(1, 2, 2, 2, 2, 2, 2, 2, 2, 2).modes, 1);
}

static void one_page_more_or_less_is_no_mode_and_no_outlier(void **state)
{
    (void)state;
    struct shape shape = SHAPE(1000, 1000, 1000, 1000, 1001, 1001, 1001, 1001);
    assert_int_equal(shape.modes, 1);
    shape = SHAPE(1000, 1000, 1000, 1000, 1000, 1000, 1000, 1001);
    assert_int_equal(shape.outliers, 0);
}

static void a_value_far_beyond_the_quartiles_is_an_outlier(void **state)
{
    (void)state;
    struct shape shape = SHAPE(90, 90.1, 89.9, 90.2, 90, 89.8, 70, 90.1);
    assert_int_equal(shape.outliers, 1);
    assert_int_equal(shape.modes, 1);
    assert_near(shape.lowest, 70);
    assert_near(shape.highest, 90.2);
    assert_int_equal(SHAPE(90, 90.1, 89.9, 90.2, 90, 89.8, 200, 70).outliers, 2);
}

static void nothing_measured_is_absent_not_zero(void **state)
{
    (void)state;
    struct shape shape = SHAPE(NAN, NAN);
    assert_int_equal(shape.count, 0);
    assert_int_equal(shape.modes, 0);
    assert_true(isnan(shape.median) && isnan(shape.mean) && isnan(shape.deviation));
    shape = SHAPE(-3, 3, NAN);
    assert_int_equal(shape.count, 2);
    assert_true(isnan(shape.variation));
    shape = SHAPE(5);
    assert_true(isnan(shape.deviation));
}

static void the_spread_ratio_has_no_direction_and_needs_two_spreads(void **state)
{
    (void)state;
    struct shape narrow = SHAPE(99, 100, 101);
    struct shape wide = SHAPE(90, 100, 110);
    struct shape none = SHAPE(5, 5, 5);
    assert_near(shape_spread_ratio(&narrow, &wide), 10);
    assert_near(shape_spread_ratio(&wide, &narrow), 10);
    assert_true(isnan(shape_spread_ratio(&none, &wide)));
    assert_true(isnan(shape_spread_ratio(&wide, &none)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_are_those_of_r),
        cmocka_unit_test(two_clusters_are_two_modes),
        cmocka_unit_test(a_mode_holds_a_fifth),
        cmocka_unit_test(one_page_more_or_less_is_no_mode_and_no_outlier),
        cmocka_unit_test(a_value_far_beyond_the_quartiles_is_an_outlier),
        cmocka_unit_test(nothing_measured_is_absent_not_zero),
        cmocka_unit_test(the_spread_ratio_has_no_direction_and_needs_two_spreads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
