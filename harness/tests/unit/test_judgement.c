#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "stats/judgement.h"
#include "stats/looks.h"
#include "tests/support/draws.h"
#include "tests/support/near.h"

static const double glibc[] = {100, 101, 102, 103, 104, 105, 106, 107};
static const double cured[] = {38, 38.5, 39, 39.5, 40, 40.5, 41, 41.5};

static struct judgement judge_ratio(const double *left, const double *right, size_t n,
                                    double factor, bool is_at_least)
{
    struct judgement_question question = {.left = left,
                                          .left_count = n,
                                          .right = right,
                                          .right_count = n,
                                          .bound = factor,
                                          .is_at_least = is_at_least,
                                          .looks = LOOKS_COUNT,
                                          .seed = 1};
    struct judgement judgement;
    judgement_make(&judgement, &question);
    return judgement;
}

static struct judgement judge_budget(const double *values, size_t n, double bound, size_t looks)
{
    struct judgement_question question = {
        .left = values, .left_count = n, .bound = bound, .looks = looks};
    struct judgement judgement;
    judgement_make(&judgement, &question);
    return judgement;
}

/* tcmalloc end.anon <= FACTOR * glibc */
static void the_ratio_is_held_against_the_factor(void **state)
{
    (void)state;
    struct judgement j = judge_ratio(cured, glibc, 8, 0.8, false);
    assert_int_equal(j.outcome, JUDGEMENT_CONFIRMED);
    assert_int_equal(j.reason, REASON_NONE);
    assert_int_equal(j.scale, EFFECT_RATIO);
    assert_within(j.effect.estimate, 0.384, 0.001);
    assert_true(j.effect.lower < 0.384 && 0.384 < j.effect.upper && j.effect.upper < 0.42);
    assert_near(j.bound, 0.8);
    assert_near(j.alpha, 0.05 / 3);
    assert_true(j.p <= j.alpha);
    j = judge_ratio(cured, glibc, 8, 0.3, false);
    assert_int_equal(j.outcome, JUDGEMENT_REFUTED);
    assert_true(j.p <= j.alpha);
    j = judge_ratio(cured, glibc, 8, 0.385, false);
    assert_int_equal(j.outcome, JUDGEMENT_INCONCLUSIVE);
    assert_int_equal(j.reason, REASON_TOO_WIDE);
    assert_near(j.p, 1);
    assert_true(j.visible < 0.385 && j.visible > 0.3);
}

static void at_least_is_the_other_way_round(void **state)
{
    (void)state;
    assert_int_equal(judge_ratio(cured, glibc, 8, 0.3, true).outcome, JUDGEMENT_CONFIRMED);
    assert_int_equal(judge_ratio(cured, glibc, 8, 0.8, true).outcome, JUDGEMENT_REFUTED);
    struct judgement j = judge_ratio(cured, glibc, 8, 0.385, true);
    assert_int_equal(j.outcome, JUDGEMENT_INCONCLUSIVE);
    assert_true(j.visible > 0.385);
}

static void four_runs_are_too_few_for_a_look(void **state)
{
    (void)state;
    struct judgement j = judge_ratio(cured, glibc, 4, 0.8, false);
    assert_int_equal(j.outcome, JUDGEMENT_INCONCLUSIVE);
    assert_int_equal(j.reason, REASON_TOO_FEW);
    assert_int_equal(j.needed, 5);
    assert_true(isnan(j.visible));
}

/* end.anon <= 41MiB. 8 values reject what lies beyond them all, at 0.0167. */
static void a_budget_is_held_against_the_location(void **state)
{
    (void)state;
    struct judgement j = judge_budget(cured, 8, 41.6, LOOKS_COUNT);
    assert_int_equal(j.outcome, JUDGEMENT_CONFIRMED);
    assert_int_equal(j.scale, EFFECT_LOCATION);
    assert_true(39 < j.effect.estimate && j.effect.estimate < 40.5);
    assert_true(j.effect.lower < j.effect.estimate && j.effect.estimate < j.effect.upper);
    assert_near(j.bound, 41.6);
    assert_near(j.p, 2.0 / 256);
    assert_int_equal(judge_budget(cured, 8, 37.9, LOOKS_COUNT).outcome, JUDGEMENT_REFUTED);
    j = judge_budget(cured, 8, 39.7, LOOKS_COUNT);
    assert_int_equal(j.outcome, JUDGEMENT_INCONCLUSIVE);
    assert_int_equal(j.reason, REASON_TOO_WIDE);
    assert_true(j.visible < 39.7);
    j = judge_budget(cured, 5, 41.6, 1);
    assert_int_equal(j.reason, REASON_TOO_FEW);
    assert_int_equal(j.needed, 6);
}

static void a_budget_met_without_variance_is_exact_and_the_bound_is_true(void **state)
{
    (void)state;
    const double values[] = {300, 300, 300};
    struct judgement j = judge_budget(values, 3, 300, 1);
    assert_int_equal(j.outcome, JUDGEMENT_CONFIRMED);
    assert_true(j.is_exact);
    assert_near(j.effect.lower, 300);
    assert_near(j.p, 0);
    assert_int_equal(judge_budget(values, 3, 299, 1).outcome, JUDGEMENT_REFUTED);
    assert_int_equal(judge_budget(values, 2, 301, 1).outcome, JUDGEMENT_INCONCLUSIVE);
}

static void a_budget_of_nothing_is_judged_as_it_is(void **state)
{
    (void)state;
    const double none[] = {0, 0, 0};
    const double some[] = {0, 3, 4, 5, 6, 7, 8, 9};
    struct judgement j = judge_budget(none, 3, 0, 1);
    assert_int_equal(j.outcome, JUDGEMENT_CONFIRMED);
    j = judge_budget(some, 8, 0, 1);
    assert_int_equal(j.outcome, JUDGEMENT_REFUTED);
    j = judge_budget(some, 8, 20, 1);
    assert_int_equal(j.outcome, JUDGEMENT_CONFIRMED);
    assert_within(j.effect.estimate, 5.25, 0.5);
}

static void a_negative_bound_has_no_logarithm(void **state)
{
    (void)state;
    struct judgement_question question = {
        .left = cured, .left_count = 8, .bound = -5, .is_at_least = true, .looks = 1};
    struct judgement j;
    judgement_make(&j, &question);
    assert_int_equal(j.outcome, JUDGEMENT_CONFIRMED);
    assert_near(j.p, 2.0 / 256);
    assert_near(j.effect.estimate, 39.75);
}

/* glibc released.anon <= FACTOR * start.anon: the trials differ threefold, the phases by a fifth.
 */
static void phases_of_the_same_trials_are_paired(void **state)
{
    (void)state;
    double start[8], released[8];
    for (size_t i = 0; i < 8; i++) {
        start[i] = 10 + 3 * (double)i;
        released[i] = start[i] * (1.2 + 0.001 * (double)i);
    }
    struct judgement_question question = {.left = released,
                                          .left_count = 8,
                                          .right = start,
                                          .right_count = 8,
                                          .bound = 1.25,
                                          .looks = LOOKS_COUNT};
    struct judgement j;
    judgement_make(&j, &question);
    assert_int_equal(j.outcome, JUDGEMENT_INCONCLUSIVE);
    question.is_paired = true;
    judgement_make(&j, &question);
    assert_int_equal(j.outcome, JUDGEMENT_CONFIRMED);
    assert_within(j.effect.estimate, 1.2035, 1e-5);
    assert_near(j.p, 2.0 / 256);
    question.bound = 1.1;
    judgement_make(&j, &question);
    assert_int_equal(j.outcome, JUDGEMENT_REFUTED);
}

/* garbage <= 2 * garbage of the other: 0 has no logarithm. */
static void with_zeros_left_is_held_against_factor_times_right(void **state)
{
    (void)state;
    const double left[] = {0, 1, 1, 2, 2, 3, 3, 4};
    const double right[] = {10, 11, 12, 13, 14, 15, 16, 17};
    struct judgement j = judge_ratio(left, right, 8, 2, false);
    assert_int_equal(j.scale, EFFECT_DIFFERENCE);
    assert_int_equal(j.outcome, JUDGEMENT_CONFIRMED);
    assert_near(j.bound, 0);
    assert_near(j.effect.estimate, -25);
    j = judge_ratio(right, left, 8, 2, false);
    assert_int_equal(j.outcome, JUDGEMENT_REFUTED);
    assert_near(j.effect.estimate, 9.5);
}

static void without_values_nothing_is_known(void **state)
{
    (void)state;
    const double absent[] = {METRIC_ABSENT, METRIC_ABSENT};
    struct judgement j = judge_budget(absent, 2, 300, 1);
    assert_int_equal(j.outcome, JUDGEMENT_INCONCLUSIVE);
    assert_int_equal(j.reason, REASON_NO_VALUES);
    assert_true(isnan(j.effect.estimate));
    j = judge_ratio(glibc, absent, 2, 1, false);
    assert_int_equal(j.reason, REASON_NO_VALUES);
}

static void holm_takes_away_claims_too(void **state)
{
    (void)state;
    struct judgement weak = {.outcome = JUDGEMENT_CONFIRMED, .p = 0.04, .alpha = 0.05};
    struct judgement open = {
        .outcome = JUDGEMENT_INCONCLUSIVE, .reason = REASON_TOO_WIDE, .p = 1, .alpha = 0.05};
    struct judgement exact = {.outcome = JUDGEMENT_REFUTED, .is_exact = true, .alpha = 0.05};
    struct judgement *alone[] = {&exact, &weak};
    judgement_holm(alone, 2);
    assert_int_equal(weak.outcome, JUDGEMENT_CONFIRMED);
    struct judgement *family[] = {&open, &weak, &exact};
    judgement_holm(family, 3);
    assert_int_equal(weak.outcome, JUDGEMENT_INCONCLUSIVE);
    assert_int_equal(weak.reason, REASON_AFTER_HOLM);
    assert_int_equal(exact.outcome, JUDGEMENT_REFUTED);
    assert_int_equal(open.reason, REASON_TOO_WIDE);
}

static void a_claim_of_all_workloads_fails_on_any(void **state)
{
    (void)state;
    const enum judgement_outcome yes = JUDGEMENT_CONFIRMED;
    const enum judgement_outcome no = JUDGEMENT_REFUTED;
    const enum judgement_outcome open = JUDGEMENT_INCONCLUSIVE;
    const enum judgement_outcome all[] = {yes, yes, yes};
    const enum judgement_outcome any[] = {yes, open, no};
    const enum judgement_outcome some[] = {yes, open, yes};
    assert_int_equal(judgement_of_all(all, 3), yes);
    assert_int_equal(judgement_of_all(any, 3), no);
    assert_int_equal(judgement_of_all(some, 3), open);
    assert_int_equal(judgement_of_all(all, 0), open);
}

/* Left and right exchanged, the factor inverted and the sign turned: the same claim. */
static void a_claim_may_be_said_from_either_side(void **state)
{
    (void)state;
    struct random random = draws_begin();
    size_t decided = 0;
    for (int i = 0; i < 60; i++) {
        size_t n = 5 + random_below(&random, 8);
        double left[16], right[16];
        for (size_t k = 0; k < n; k++) {
            left[k] = 4096 * round(25000 * exp(0.05 * draws_normal(&random)));
            right[k] = 4096 * round(25000 * exp(0.05 * draws_normal(&random)));
        }
        double factor = exp(0.08 * draws_normal(&random));
        struct judgement one = judge_ratio(left, right, n, factor, false);
        struct judgement other = judge_ratio(right, left, n, 1 / factor, true);
        assert_int_equal(one.outcome, other.outcome);
        assert_near(one.effect.lower, 1 / other.effect.upper);
        assert_near(one.p, other.p);
        assert_near(one.visible, 1 / other.visible);
        decided += one.outcome != JUDGEMENT_INCONCLUSIVE;
    }
    assert_true(decided > 5);
}

static void outcomes_have_names(void **state)
{
    (void)state;
    assert_string_equal(judgement_name(JUDGEMENT_INCONCLUSIVE), "inconclusive");
    assert_string_equal(judgement_name(JUDGEMENT_CONFIRMED), "confirmed");
    assert_string_equal(judgement_name(JUDGEMENT_REFUTED), "refuted");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ratio_is_held_against_the_factor),
        cmocka_unit_test(at_least_is_the_other_way_round),
        cmocka_unit_test(four_runs_are_too_few_for_a_look),
        cmocka_unit_test(a_budget_is_held_against_the_location),
        cmocka_unit_test(a_budget_met_without_variance_is_exact_and_the_bound_is_true),
        cmocka_unit_test(a_budget_of_nothing_is_judged_as_it_is),
        cmocka_unit_test(a_negative_bound_has_no_logarithm),
        cmocka_unit_test(phases_of_the_same_trials_are_paired),
        cmocka_unit_test(with_zeros_left_is_held_against_factor_times_right),
        cmocka_unit_test(without_values_nothing_is_known),
        cmocka_unit_test(holm_takes_away_claims_too),
        cmocka_unit_test(a_claim_of_all_workloads_fails_on_any),
        cmocka_unit_test(a_claim_may_be_said_from_either_side),
        cmocka_unit_test(outcomes_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
