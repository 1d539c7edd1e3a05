#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "stats/signed_rank.h"
#include "tests/support/draws.h"
#include "tests/support/golden.h"
#include "tests/support/near.h"

enum { MOST = 32 };
#define TOLERANCE 1e-12

static void p_estimate_and_interval_are_those_of_r_and_of_all_flips(void **state)
{
    (void)state;
    json_t *cases = golden_load("signed_rank");
    size_t i;
    json_t *item;
    json_array_foreach(cases, i, item)
    {
        double d[MOST];
        size_t n = golden_numbers(item, "d", d, MOST);
        assert_near(signed_rank_p(d, n, 0, TOLERANCE), golden_number(item, "p", NAN));
        struct interval interval = signed_rank_interval(d, n, 0.05, TOLERANCE);
        assert_within(interval.estimate, golden_number(item, "location", NAN), 1e-8);
        double bounds[2];
        golden_numbers(json_object_get(item, "bounds"), "0.05", bounds, 2);
        assert_within(interval.lower, bounds[0], 1e-8);
        assert_within(interval.upper, bounds[1], 1e-8);
    }
    json_decref(cases);
}

/* By the definition: every flip, midranks counted one by one. */
static double naive_p(const double *d, size_t n)
{
    double rank[MOST];
    double observed = 0;
    for (size_t i = 0; i < n; i++) {
        rank[i] = 0.5;
        for (size_t j = 0; j < n; j++) {
            rank[i] += fabs(d[j]) < fabs(d[i]) ? 1 : fabs(d[j]) == fabs(d[i]) ? 0.5 : 0;
        }
        observed += d[i] > 0 ? rank[i] : d[i] < 0 ? -rank[i] : 0;
    }
    size_t extreme = 0;
    for (unsigned flips = 0; flips < 1u << n; flips++) {
        double sum = 0;
        for (size_t i = 0; i < n; i++) {
            sum += d[i] == 0 ? 0 : flips >> i & 1 ? rank[i] : -rank[i];
        }
        extreme += fabs(sum) >= fabs(observed) - 1e-9;
    }
    return (double)extreme / (double)(1u << n);
}

static void p_is_that_of_every_flip_of_up_to_12_values_with_ties_and_zeros(void **state)
{
    (void)state;
    struct random random = draws_begin();
    for (int i = 0; i < 60; i++) {
        size_t n = 1 + random_below(&random, 12);
        double d[MOST];
        for (size_t j = 0; j < n; j++) {
            d[j] = (double)random_below(&random, 9) - 3;
        }
        assert_near(signed_rank_p(d, n, 0, TOLERANCE), naive_p(d, n));
    }
}

static void other_signs_mirror_the_interval_and_another_unit_scales_it(void **state)
{
    (void)state;
    struct random random = draws_begin();
    for (int i = 0; i < 40; i++) {
        size_t n = 6 + random_below(&random, 15);
        double d[MOST], mirrored[MOST], scaled[MOST];
        for (size_t j = 0; j < n; j++) {
            d[j] = i % 2 ? (double)random_below(&random, 7) : draws_normal(&random);
            mirrored[n - 1 - j] = -d[j];
            scaled[j] = 1024 * d[j];
        }
        struct interval interval = signed_rank_interval(d, n, 0.05, TOLERANCE);
        struct interval mirror = signed_rank_interval(mirrored, n, 0.05, TOLERANCE);
        struct interval scale = signed_rank_interval(scaled, n, 0.05, 1024 * TOLERANCE);
        assert_near(mirror.lower, -interval.upper);
        assert_near(mirror.upper, -interval.lower);
        assert_near(scale.lower, 1024 * interval.lower);
        assert_near(scale.upper, 1024 * interval.upper);
        assert_near(mirror.estimate, -interval.estimate);
    }
}

static void five_values_reject_nothing_at_5_per_cent_and_six_do(void **state)
{
    (void)state;
    const double d[] = {1, 2, 3, 4, 5, 6};
    struct interval interval = signed_rank_interval(d, 5, 0.05, TOLERANCE);
    assert_true(isinf(interval.lower) && isinf(interval.upper));
    interval = signed_rank_interval(d, 6, 0.05, TOLERANCE);
    assert_near(interval.lower, 1);
    assert_near(interval.upper, 6);
    assert_near(signed_rank_least_p(5), 0.0625);
    assert_near(signed_rank_least_p(6), 0.03125);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p_estimate_and_interval_are_those_of_r_and_of_all_flips),
        cmocka_unit_test(p_is_that_of_every_flip_of_up_to_12_values_with_ties_and_zeros),
        cmocka_unit_test(other_signs_mirror_the_interval_and_another_unit_scales_it),
        cmocka_unit_test(five_values_reject_nothing_at_5_per_cent_and_six_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
