#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "stats/power.h"
#include "tests/support/draws.h"
#include "tests/support/golden.h"
#include "tests/support/near.h"

static void quantiles_are_scipys(void **state)
{
    (void)state;
    json_t *cases = golden_load("normal_quantiles");
    size_t i;
    json_t *item;
    json_array_foreach(cases, i, item)
    {
        double p = json_number_value(json_array_get(item, 0));
        assert_near(power_normal_quantile(p), json_number_value(json_array_get(item, 1)));
    }
    json_decref(cases);
}

/* 2.87 sigma sqrt(2 / n) at alpha 0.05 and power 0.80. */
static void the_visible_shift_is_that_of_the_formula(void **state)
{
    (void)state;
    assert_within(power_visible_shift(1, 2, 0.05), 2.867, 0.001);
    assert_within(power_visible_shift(0.02, 10, 0.05), 0.0256, 0.0001);
    assert_within(power_visible_shift(0.02, 20, 0.05), 0.0181, 0.0001);
    assert_true(power_visible_shift(0.02, 20, 0.05 / 3) > 0.0181);
}

/* An interval of +-1.96 standard errors shows 2.80 of them. */
static void an_interval_shows_more_than_half_its_width(void **state)
{
    (void)state;
    assert_within(power_visible_from_interval(-1.96, 1.96, 0.05), 2.8016, 0.001);
    assert_true(isinf(power_visible_from_interval(-INFINITY, INFINITY, 0.05)));
}

/* For a normal pilot the resampled figure is near that of the formula, and the same each time. */
static void a_pilot_shows_what_the_formula_says(void **state)
{
    (void)state;
    struct random random = {.state = 3};
    double pilot[40];
    for (size_t i = 0; i < 40; i++) {
        pilot[i] = 1e8 * exp(0.02 * draws_normal(&random));
    }
    double ratio = power_visible_ratio(pilot, 40, 12, 0.05, 0.03, 1);
    assert_within(log(ratio / 1.03) / power_visible_shift(0.02, 12, 0.05), 1, 0.35);
    double few = power_visible_ratio(pilot, 40, 6, 0.05, 0.03, 1);
    assert_true(few > ratio);
    assert_true(few == power_visible_ratio(pilot, 40, 6, 0.05, 0.03, 1));
    assert_true(few != power_visible_ratio(pilot, 40, 6, 0.05, 0.03, 2));
    assert_true(isinf(power_visible_ratio(pilot, 40, 3, 0.05, 0.03, 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_scipys),
        cmocka_unit_test(the_visible_shift_is_that_of_the_formula),
        cmocka_unit_test(an_interval_shows_more_than_half_its_width),
        cmocka_unit_test(a_pilot_shows_what_the_formula_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
