#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "stats/brunner_munzel.h"
#include "tests/support/draws.h"
#include "tests/support/golden.h"
#include "tests/support/near.h"

enum { MOST = 32 };
#define TOLERANCE 1e-12

struct samples {
    double x[MOST], y[MOST];
    size_t n, m;
};

static struct samples read_samples(const json_t *item)
{
    struct samples samples;
    samples.n = golden_numbers(item, "x", samples.x, MOST);
    samples.m = golden_numbers(item, "y", samples.y, MOST);
    return samples;
}

/* null in the fixture: one sample lies beyond the other. */
static void the_statistic_is_scipys(void **state)
{
    (void)state;
    json_t *cases = golden_load("brunner_munzel");
    size_t i;
    json_t *item;
    json_array_foreach(cases, i, item)
    {
        struct samples s = read_samples(item);
        struct brunner_munzel test;
        brunner_munzel_init(&test, s.x, s.n, s.y, s.m, TOLERANCE, 1);
        double statistic = brunner_munzel_statistic(&test, 0);
        assert_near(statistic, golden_number(item, "statistic", INFINITY));
        brunner_munzel_clear(&test);
    }
    json_decref(cases);
}

static void p_is_that_of_all_divisions_of_scipys_statistic(void **state)
{
    (void)state;
    json_t *cases = golden_load("brunner_munzel");
    size_t i;
    json_t *item;
    size_t tested = 0;
    json_array_foreach(cases, i, item)
    {
        double p = golden_number(item, "p", NAN);
        if (isnan(p)) {
            continue;
        }
        struct samples s = read_samples(item);
        struct brunner_munzel test;
        brunner_munzel_init(&test, s.x, s.n, s.y, s.m, TOLERANCE, 1);
        assert_near(brunner_munzel_p(&test, 0), p);
        brunner_munzel_clear(&test);
        tested++;
    }
    assert_true(tested >= 8);
    json_decref(cases);
}

static void check_bounds(const json_t *item, const char *level, double alpha)
{
    struct samples s = read_samples(item);
    const json_t *bounds = json_object_get(json_object_get(item, "bounds"), level);
    struct brunner_munzel test;
    brunner_munzel_init(&test, s.x, s.n, s.y, s.m, TOLERANCE, 1);
    struct interval interval = brunner_munzel_interval(&test, alpha);
    brunner_munzel_clear(&test);
    const json_t *lower = json_array_get(bounds, 0);
    const json_t *upper = json_array_get(bounds, 1);
    assert_within(interval.lower, json_is_null(lower) ? -INFINITY : json_number_value(lower), 1e-8);
    assert_within(interval.upper, json_is_null(upper) ? INFINITY : json_number_value(upper), 1e-8);
    assert_near(interval.estimate, golden_number(item, "shift", NAN));
}

static void the_interval_holds_exactly_what_the_enumerated_test_does_not_reject(void **state)
{
    (void)state;
    json_t *cases = golden_load("brunner_munzel");
    size_t i;
    json_t *item;
    json_array_foreach(cases, i, item)
    {
        if (json_object_get(item, "bounds")) {
            check_bounds(item, "0.05", 0.05);
            check_bounds(item, "0.1", 0.1);
        }
    }
    json_decref(cases);
}

/* The definition, from the paper: midranks counted one by one, in floating point. */
static double midrank(const double *values, size_t count, double value)
{
    double rank = 0.5;
    for (size_t i = 0; i < count; i++) {
        rank += values[i] < value ? 1 : values[i] == value ? 0.5 : 0;
    }
    return rank;
}

static double spread_of(const double *own, size_t count, const double *pooled, size_t all,
                        double *mean)
{
    *mean = 0;
    for (size_t i = 0; i < count; i++) {
        *mean += midrank(pooled, all, own[i]) / (double)count;
    }
    double squares = 0;
    for (size_t i = 0; i < count; i++) {
        double off = midrank(pooled, all, own[i]) - midrank(own, count, own[i]) - *mean +
                     ((double)count + 1) / 2;
        squares += off * off;
    }
    return squares / (double)(count - 1);
}

static double naive_statistic(const double *x, size_t n, const double *y, size_t m)
{
    double pooled[MOST];
    memcpy(pooled, x, n * sizeof *x);
    memcpy(pooled + n, y, m * sizeof *y);
    double mean_x, mean_y;
    double spread_x = spread_of(x, n, pooled, n + m, &mean_x);
    double spread_y = spread_of(y, m, pooled, n + m, &mean_y);
    double error = sqrt((double)n * spread_x + (double)m * spread_y);
    double difference = mean_y - mean_x;
    if (fabs(difference) < 1e-9) {
        return 0;
    }
    return error < 1e-9 ? INFINITY * difference
                        : (double)(n * m) * difference / ((double)(n + m) * error);
}

static double naive_p(const double *x, size_t n, const double *y, size_t m)
{
    double pooled[MOST];
    memcpy(pooled, x, n * sizeof *x);
    memcpy(pooled + n, y, m * sizeof *y);
    double observed = fabs(naive_statistic(x, n, y, m));
    size_t extreme = 0;
    size_t total = 0;
    for (unsigned mask = 0; mask < 1u << (n + m); mask++) {
        if ((size_t)__builtin_popcount(mask) != n) {
            continue;
        }
        double first[MOST], second[MOST];
        size_t firsts = 0, seconds = 0;
        for (size_t i = 0; i < n + m; i++) {
            if (mask >> i & 1) {
                first[firsts++] = pooled[i];
            } else {
                second[seconds++] = pooled[i];
            }
        }
        extreme += fabs(naive_statistic(first, n, second, m)) >= observed - 1e-9;
        total++;
    }
    return (double)extreme / (double)total;
}

static void draw_tied(struct random *random, double *values, size_t count, uint64_t distinct)
{
    for (size_t i = 0; i < count; i++) {
        values[i] = (double)random_below(random, distinct);
    }
}

static void p_is_that_of_the_definition_for_up_to_12_values_with_ties(void **state)
{
    (void)state;
    struct random random = draws_begin();
    for (int i = 0; i < 60; i++) {
        size_t n = 2 + random_below(&random, 5);
        size_t m = 2 + random_below(&random, i < 50 ? 3 : 5);
        double x[MOST], y[MOST];
        uint64_t distinct = 2 + random_below(&random, 12);
        draw_tied(&random, x, n, distinct);
        draw_tied(&random, y, m, distinct);
        struct brunner_munzel test;
        brunner_munzel_init(&test, x, n, y, m, TOLERANCE, 1);
        assert_near(brunner_munzel_p(&test, 0), naive_p(x, n, y, m));
        brunner_munzel_clear(&test);
    }
}

/* Drawn for 9 and 9 (48620 divisions), held against all of them: within five standard errors. */
static void a_drawn_p_is_near_the_enumerated_one(void **state)
{
    (void)state;
    struct random random = draws_begin();
    double x[9], y[9];
    for (size_t i = 0; i < 9; i++) {
        x[i] = draws_normal(&random);
        y[i] = draws_normal(&random) + 1;
    }
    struct brunner_munzel test;
    brunner_munzel_init(&test, x, 9, y, 9, TOLERANCE, random_next(&random));
    assert_false(test.permutation.is_all);
    double p = brunner_munzel_p(&test, 0);
    double exact = naive_p(x, 9, y, 9);
    double error = sqrt(exact * (1 - exact) / PERMUTATION_DRAWN);
    assert_within(p, exact, 5 * error + 1e-4);
    brunner_munzel_clear(&test);
}

/* The division at hand is one of those it is held against. */
static void a_drawn_p_is_never_zero(void **state)
{
    (void)state;
    double x[16], y[16];
    for (size_t i = 0; i < 16; i++) {
        x[i] = (double)i;
        y[i] = (double)i + 100;
    }
    struct brunner_munzel test;
    brunner_munzel_init(&test, x, 16, y, 16, TOLERANCE, 1);
    assert_near(brunner_munzel_p(&test, 0), 1e-4);
    brunner_munzel_clear(&test);
}

static void equal_constants_do_not_differ(void **state)
{
    (void)state;
    const double x[] = {5, 5, 5, 5};
    struct brunner_munzel test;
    brunner_munzel_init(&test, x, 4, x, 4, TOLERANCE, 1);
    assert_near(brunner_munzel_statistic(&test, 0), 0);
    assert_near(brunner_munzel_p(&test, 0), 1);
    struct interval interval = brunner_munzel_interval(&test, 0.05);
    assert_near(interval.lower, 0);
    assert_near(interval.upper, 0);
    brunner_munzel_clear(&test);
}

static void exchanging_the_arms_mirrors_the_interval(void **state)
{
    (void)state;
    struct random random = draws_begin();
    for (int i = 0; i < 40; i++) {
        size_t n = 4 + random_below(&random, 9);
        size_t m = i % 2 ? n : 4 + random_below(&random, 9);
        double x[MOST], y[MOST];
        draw_tied(&random, x, n, i % 4 < 2 ? 10 : 100000);
        draw_tied(&random, y, m, i % 4 < 2 ? 10 : 100000);
        struct brunner_munzel one, other;
        brunner_munzel_init(&one, x, n, y, m, TOLERANCE, 5);
        brunner_munzel_init(&other, y, m, x, n, TOLERANCE, 5);
        struct interval there = brunner_munzel_interval(&one, 0.05);
        struct interval back = brunner_munzel_interval(&other, 0.05);
        assert_near(there.estimate, -back.estimate);
        assert_near(there.lower, -back.upper);
        assert_near(there.upper, -back.lower);
        assert_near(brunner_munzel_p(&one, 0), brunner_munzel_p(&other, 0));
        brunner_munzel_clear(&one);
        brunner_munzel_clear(&other);
    }
}

/* What is inside is not rejected, what is outside is: asked of the test at random places. */
static void the_interval_and_the_test_agree(void **state)
{
    (void)state;
    struct random random = draws_begin();
    size_t outside = 0;
    for (int i = 0; i < 30; i++) {
        size_t n = 5 + random_below(&random, 4);
        double x[MOST], y[MOST];
        draw_tied(&random, x, n, i % 2 ? 8 : 1000000);
        draw_tied(&random, y, n, i % 2 ? 8 : 1000000);
        struct brunner_munzel test;
        brunner_munzel_init(&test, x, n, y, n, TOLERANCE, 5);
        struct interval interval = brunner_munzel_interval(&test, 0.05);
        assert_true(interval.lower <= interval.estimate && interval.estimate <= interval.upper);
        double width = interval.upper - interval.lower + 1;
        for (int j = 0; j < 20; j++) {
            double shift = interval.lower + (3 * draws_uniform(&random) - 1) * width;
            bool is_inside = interval.lower <= shift && shift <= interval.upper;
            double p = brunner_munzel_p(&test, shift);
            assert_true(is_inside || p <= 0.05);
            outside += !is_inside;
        }
        brunner_munzel_clear(&test);
    }
    assert_true(outside > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_statistic_is_scipys),
        cmocka_unit_test(p_is_that_of_all_divisions_of_scipys_statistic),
        cmocka_unit_test(the_interval_holds_exactly_what_the_enumerated_test_does_not_reject),
        cmocka_unit_test(p_is_that_of_the_definition_for_up_to_12_values_with_ties),
        cmocka_unit_test(a_drawn_p_is_near_the_enumerated_one),
        cmocka_unit_test(a_drawn_p_is_never_zero),
        cmocka_unit_test(equal_constants_do_not_differ),
        cmocka_unit_test(exchanging_the_arms_mirrors_the_interval),
        cmocka_unit_test(the_interval_and_the_test_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
