#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "stats/comparison.h"
#include "stats/looks.h"
#include "tests/support/draws.h"
#include "tests/support/near.h"

enum { MOST = 24 };

#define MIB 1048576.0
#define COUNT(array) (sizeof(array) / sizeof *(array))
#define VALUES(...) (const double[]){__VA_ARGS__}, COUNT(((const double[]){__VA_ARGS__}))

static struct comparison compare(const double *baseline, size_t n, const double *candidate,
                                 size_t m, struct threshold threshold)
{
    struct comparison_question question = {.baseline = baseline,
                                           .baseline_count = n,
                                           .candidate = candidate,
                                           .candidate_count = m,
                                           .better = BETTER_LESS,
                                           .threshold = threshold,
                                           .looks = 1,
                                           .seed = 1};
    struct comparison comparison;
    comparison_make(&comparison, &question);
    return comparison;
}

static const struct threshold memory = {.ratio = 0.03, .quantum = 65536};
static const struct threshold objects = {.ratio = 0};

/* 100 MiB and a few pages more or less. */
static void fill(double *values, size_t count, double middle, double step)
{
    for (size_t i = 0; i < count; i++) {
        values[i] = middle + step * (double)(i * 7 % count);
    }
}

static struct comparison compare_fills(size_t count, double candidate, double step,
                                       struct threshold threshold)
{
    double x[MOST], y[MOST];
    fill(x, count, 100 * MIB, step);
    fill(y, count, candidate * MIB, step);
    return compare(x, count, y, count, threshold);
}

static void more_memory_than_the_threshold_is_worse(void **state)
{
    (void)state;
    struct comparison c = compare_fills(8, 105, 4096, memory);
    assert_int_equal(c.verdict, VERDICT_WORSE);
    assert_int_equal(c.reason, REASON_NONE);
    assert_int_equal(c.scale, EFFECT_RATIO);
    assert_within(c.effect.estimate, 1.05, 1e-4);
    assert_true(1.03 < c.effect.lower && c.effect.lower < c.effect.estimate);
    assert_true(c.effect.estimate < c.effect.upper && c.effect.upper < 1.051);
    assert_true(c.p <= c.alpha && c.verdict_p <= c.alpha);
    assert_int_equal(c.n, 8);
    assert_near(c.alpha, 0.05);
    assert_false(c.is_exact);
    assert_near(c.high_edge, 1.03);
    assert_near(c.low_edge, 1 / 1.03);
}

static void less_is_better_and_a_little_more_is_the_same(void **state)
{
    (void)state;
    struct comparison c = compare_fills(8, 38, 4096, memory);
    assert_int_equal(c.verdict, VERDICT_BETTER);
    assert_within(c.effect.estimate, 0.38, 1e-3);
    c = compare_fills(8, 102, 4096, memory);
    assert_int_equal(c.verdict, VERDICT_SAME);
    assert_true(c.p < 0.01 && c.verdict_p < 0.01);
    c = compare_fills(8, 98, 4096, memory);
    assert_int_equal(c.verdict, VERDICT_SAME);
}

static void an_interval_across_an_edge_is_unknown_and_says_where_it_leans(void **state)
{
    (void)state;
    struct comparison c = compare_fills(8, 104, 0.4 * MIB, memory);
    assert_int_equal(c.verdict, VERDICT_UNKNOWN);
    assert_int_equal(c.reason, REASON_TOO_WIDE);
    assert_int_equal(c.probable, VERDICT_WORSE);
    assert_true(c.effect.lower < 1.03 && c.effect.upper > 1.03);
    assert_true(c.visible > c.high_edge && c.visible < 1.2);
    assert_near(c.verdict_p, 1);
    c = compare_fills(8, 96, 0.4 * MIB, memory);
    assert_int_equal(c.probable, VERDICT_BETTER);
    c = compare_fills(8, 100, 2 * MIB, memory);
    assert_int_equal(c.verdict, VERDICT_UNKNOWN);
    assert_int_equal(c.probable, VERDICT_UNKNOWN);
}

static void three_runs_can_show_nothing_and_four_can(void **state)
{
    (void)state;
    struct comparison c = compare_fills(3, 38, 4096, memory);
    assert_int_equal(c.verdict, VERDICT_UNKNOWN);
    assert_int_equal(c.reason, REASON_TOO_FEW);
    assert_int_equal(c.needed, 4);
    assert_near(c.effect.lower, 0);
    assert_true(isinf(c.effect.upper) && isnan(c.visible));
    assert_within(c.effect.estimate, 0.38, 1e-3);
    assert_near(c.p, 0.1);
    c = compare_fills(4, 38, 4096, memory);
    assert_int_equal(c.verdict, VERDICT_BETTER);
    c = compare(VALUES(1), VALUES(2), memory);
    assert_int_equal(c.reason, REASON_TOO_FEW);
    assert_true(isnan(c.p));
    assert_near(c.effect.estimate, 2);
}

static void a_planned_look_asks_for_more(void **state)
{
    (void)state;
    double x[4], y[4];
    fill(x, 4, 100 * MIB, 4096);
    fill(y, 4, 38 * MIB, 4096);
    struct comparison_question question = {.baseline = x,
                                           .baseline_count = 4,
                                           .candidate = y,
                                           .candidate_count = 4,
                                           .threshold = memory,
                                           .looks = LOOKS_COUNT};
    struct comparison c;
    comparison_make(&c, &question);
    assert_int_equal(c.reason, REASON_TOO_FEW);
    assert_int_equal(c.needed, 5);
    assert_near(c.alpha, 0.05 / 3);
}

static void without_variance_the_difference_is_exact(void **state)
{
    (void)state;
    struct comparison c = compare(VALUES(1000, 1000, 1000), VALUES(1001, 1001, 1001), objects);
    assert_int_equal(c.verdict, VERDICT_WORSE);
    assert_true(c.is_exact);
    assert_near(c.effect.estimate, 1.001);
    assert_near(c.effect.lower, 1.001);
    assert_near(c.effect.upper, 1.001);
    assert_true(isnan(c.p) && isnan(c.visible));
    assert_near(c.verdict_p, 0);
    c = compare(VALUES(1000, 1000, 1000), VALUES(1000, 1000, 1000), objects);
    assert_int_equal(c.verdict, VERDICT_SAME);
    c = compare(VALUES(1000, 1000, 1000), VALUES(999, 999, 999), objects);
    assert_int_equal(c.verdict, VERDICT_BETTER);
    c = compare(VALUES(1000, 1000), VALUES(1001, 1001), objects);
    assert_int_equal(c.verdict, VERDICT_UNKNOWN);
    assert_int_equal(c.reason, REASON_TOO_FEW);
}

static void no_garbage_against_some_is_a_difference(void **state)
{
    (void)state;
    struct comparison c = compare(VALUES(0, 0, 0), VALUES(5, 5, 5), objects);
    assert_int_equal(c.scale, EFFECT_DIFFERENCE);
    assert_int_equal(c.verdict, VERDICT_WORSE);
    assert_near(c.effect.estimate, 5);
    assert_true(isnan(c.mean_ratio));
    c = compare(VALUES(5, 5, 5), VALUES(0, 0, 0), objects);
    assert_int_equal(c.verdict, VERDICT_BETTER);
    assert_near(c.effect.estimate, -5);
    c = compare(VALUES(0, 0, 0), VALUES(0, 0, 0), objects);
    assert_int_equal(c.verdict, VERDICT_SAME);
    c = compare(VALUES(0, 0, 0, 1, 0, 2), VALUES(50, 60, 55, 70, 52, 58), objects);
    assert_int_equal(c.scale, EFFECT_DIFFERENCE);
    assert_int_equal(c.verdict, VERDICT_WORSE);
    assert_true(c.effect.lower >= 48 && c.effect.upper <= 70);
}

static void differences_up_to_the_quantum_never_matter(void **state)
{
    (void)state;
    struct comparison c = compare(VALUES(0, 0, 0), VALUES(65536, 65536, 65536), memory);
    assert_int_equal(c.verdict, VERDICT_SAME);
    c = compare(VALUES(0, 0, 0), VALUES(65537, 65537, 65537), memory);
    assert_int_equal(c.verdict, VERDICT_WORSE);
    c = compare(VALUES(MIB, MIB, MIB), VALUES(MIB + 65536, MIB + 65536, MIB + 65536), memory);
    assert_int_equal(c.scale, EFFECT_RATIO);
    assert_int_equal(c.verdict, VERDICT_SAME);
    c = compare(VALUES(MIB, MIB, MIB), VALUES(MIB + 69632, MIB + 69632, MIB + 69632), memory);
    assert_int_equal(c.verdict, VERDICT_WORSE);
    c = compare(VALUES(MIB + 65536, MIB + 65536, MIB + 65536), VALUES(MIB, MIB, MIB), memory);
    assert_int_equal(c.verdict, VERDICT_SAME);
}

static void of_signed_values_the_difference_is_judged(void **state)
{
    (void)state;
    struct comparison c = compare(VALUES(-3, -2, 1, 2, 0), VALUES(97, 98, 101, 102, 100),
                                  (struct threshold){0.03, 0});
    assert_int_equal(c.scale, EFFECT_DIFFERENCE);
    assert_near(c.effect.estimate, 100);
    assert_int_equal(c.verdict, VERDICT_WORSE);
}

static void absent_values_do_not_enter(void **state)
{
    (void)state;
    const double x[] = {METRIC_ABSENT, 10, 11, 12, METRIC_ABSENT, 13, 14};
    const double y[] = {20, 21, 22, 23, 24};
    struct comparison c = compare(x, 7, y, 5, memory);
    assert_int_equal(c.n, 5);
    assert_near(c.baseline.lowest, 10);
    struct comparison same = compare(VALUES(10, 11, 12, 13, 14), y, 5, memory);
    assert_near(c.effect.lower, same.effect.lower);
    assert_near(c.p, same.p);
    c = compare(VALUES(METRIC_ABSENT, METRIC_ABSENT), y, 5, memory);
    assert_int_equal(c.verdict, VERDICT_UNKNOWN);
    assert_int_equal(c.reason, REASON_NO_VALUES);
    assert_true(isnan(c.effect.estimate) && isnan(c.p) && isnan(c.high_edge));
    c = compare(NULL, 0, y, 5, memory);
    assert_int_equal(c.reason, REASON_NO_VALUES);
}

static void the_longer_arm_loses_its_earliest_values(void **state)
{
    (void)state;
    struct comparison c =
        compare(VALUES(1, 1, 1, 10, 11, 12, 13, 14), VALUES(20, 21, 22, 23, 24), memory);
    assert_int_equal(c.n, 5);
    assert_near(c.baseline.lowest, 10);
    c = compare(VALUES(20, 21, 22, 23, 24), VALUES(1, 1, 1, 10, 11, 12, 13, 14), memory);
    assert_near(c.candidate.lowest, 10);
}

static void of_a_neutral_metric_more_is_more(void **state)
{
    (void)state;
    double x[8], y[8];
    fill(x, 8, 100 * MIB, 4096);
    fill(y, 8, 120 * MIB, 4096);
    struct comparison_question question = {.baseline = x,
                                           .baseline_count = 8,
                                           .candidate = y,
                                           .candidate_count = 8,
                                           .better = BETTER_NEITHER,
                                           .threshold = memory};
    struct comparison c;
    comparison_make(&c, &question);
    assert_int_equal(c.verdict, VERDICT_MORE);
    question.candidate = x;
    question.baseline = y;
    comparison_make(&c, &question);
    assert_int_equal(c.verdict, VERDICT_LESS);
}

/* Blocks differ threefold, arms by 30 % within each. */
static void pairs_see_what_drift_hides(void **state)
{
    (void)state;
    double x[8], y[8];
    for (size_t i = 0; i < 8; i++) {
        x[i] = 1 + 0.3 * (double)i;
        y[i] = x[i] * (1.3 + 0.002 * (double)(i * 5 % 8));
    }
    struct comparison_question question = {.baseline = x,
                                           .baseline_count = 8,
                                           .candidate = y,
                                           .candidate_count = 8,
                                           .better = BETTER_LESS,
                                           .threshold = {.ratio = 0.1}};
    struct comparison c;
    comparison_make(&c, &question);
    assert_int_equal(c.verdict, VERDICT_UNKNOWN);
    question.is_paired = true;
    comparison_make(&c, &question);
    assert_int_equal(c.verdict, VERDICT_WORSE);
    assert_within(c.effect.estimate, 1.307, 1e-3);
    assert_near(c.p, 2.0 / 256);
    assert_int_equal(c.needed, 6);
    x[3] = METRIC_ABSENT;
    comparison_make(&c, &question);
    assert_int_equal(c.n, 7);
    assert_near(c.p, 2.0 / 128);
}

static void holm_takes_away_what_one_of_many_may_be_by_chance(void **state)
{
    (void)state;
    struct comparison worse = {.verdict = VERDICT_WORSE, .verdict_p = 0.02, .alpha = 0.05};
    struct comparison clear = {.verdict = VERDICT_BETTER, .verdict_p = 0.001, .alpha = 0.05};
    struct comparison open = {
        .reason = REASON_TOO_WIDE, .verdict_p = 1, .alpha = 0.05, .probable = VERDICT_WORSE};
    struct comparison exact = {.verdict = VERDICT_WORSE, .is_exact = true, .alpha = 0.05};
    struct comparison *family[] = {&worse, &clear, &open, &exact};
    comparison_holm(family, 4);
    assert_int_equal(worse.verdict, VERDICT_WORSE); /* 2 * 0.02 */
    assert_int_equal(clear.verdict, VERDICT_BETTER);
    assert_int_equal(exact.verdict, VERDICT_WORSE);
    assert_int_equal(open.reason, REASON_TOO_WIDE);
    struct comparison other = open;
    struct comparison *larger[] = {&other, &worse, &exact, &clear, &open};
    comparison_holm(larger, 5); /* 3 * 0.02 */
    assert_int_equal(worse.verdict, VERDICT_UNKNOWN);
    assert_int_equal(worse.reason, REASON_AFTER_HOLM);
    assert_int_equal(worse.probable, VERDICT_WORSE);
    assert_int_equal(clear.verdict, VERDICT_BETTER);
    assert_int_equal(exact.verdict, VERDICT_WORSE);
    assert_int_equal(other.reason, REASON_TOO_WIDE);
}

struct sample {
    double x[MOST], y[MOST];
    size_t n;
};

/* Nearly continuous, or in large steps with ties. Rarely more than 7 runs: a sanitizer is slow. */
static void draw_sample(struct sample *sample, struct random *random)
{
    sample->n = random_below(random, 10) ? 4 + random_below(random, 4) : 12;
    double spread = 0.001 + 0.1 * draws_uniform(random);
    double truth = exp(0.1 * draws_normal(random));
    double step = random_below(random, 2) ? 4096 : 1 << 20;
    for (size_t i = 0; i < sample->n; i++) {
        sample->x[i] = step * (1 + round(100 * MIB / step * exp(spread * draws_normal(random))));
        sample->y[i] =
            step * (1 + round(100 * MIB / step * truth * exp(spread * draws_normal(random))));
    }
}

static enum verdict mirrored(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_BETTER:
        return VERDICT_WORSE;
    case VERDICT_WORSE:
        return VERDICT_BETTER;
    default:
        return verdict;
    }
}

static void check_same(const struct comparison *a, const struct comparison *b)
{
    assert_int_equal(a->verdict, b->verdict);
    assert_int_equal(a->reason, b->reason);
    assert_int_equal(a->probable, b->probable);
    assert_near(a->effect.estimate, b->effect.estimate);
    assert_near(a->effect.lower, b->effect.lower);
    assert_near(a->effect.upper, b->effect.upper);
    assert_near(a->p, b->p);
    assert_near(a->verdict_p, b->verdict_p);
    assert_near(a->visible, b->visible);
}

static void nothing_depends_on_the_order_of_values(void **state)
{
    (void)state;
    struct random random = draws_begin();
    for (int i = 0; i < 40; i++) {
        struct sample s;
        draw_sample(&s, &random);
        struct comparison before = compare(s.x, s.n, s.y, s.n, memory);
        draws_shuffle(&random, s.x, s.n);
        draws_shuffle(&random, s.y, s.n);
        struct comparison after = compare(s.x, s.n, s.y, s.n, memory);
        check_same(&before, &after);
    }
}

static void nothing_depends_on_the_unit(void **state)
{
    (void)state;
    struct random random = draws_begin();
    const struct threshold ratio = {.ratio = 0.03};
    for (int i = 0; i < 40; i++) {
        struct sample s;
        draw_sample(&s, &random);
        struct comparison before = compare(s.x, s.n, s.y, s.n, ratio);
        for (size_t j = 0; j < s.n; j++) {
            s.x[j] /= 1e6;
            s.y[j] /= 1e6;
        }
        struct comparison after = compare(s.x, s.n, s.y, s.n, ratio);
        check_same(&before, &after);
    }
}

static void exchanging_the_arms_inverts_the_ratio(void **state)
{
    (void)state;
    struct random random = draws_begin();
    for (int i = 0; i < 40; i++) {
        struct sample s;
        draw_sample(&s, &random);
        struct comparison there = compare(s.x, s.n, s.y, s.n, memory);
        struct comparison back = compare(s.y, s.n, s.x, s.n, memory);
        assert_int_equal(there.verdict, mirrored(back.verdict));
        assert_int_equal(there.probable, mirrored(back.probable));
        assert_near(there.effect.estimate, 1 / back.effect.estimate);
        assert_near(there.effect.lower, 1 / back.effect.upper);
        assert_near(there.p, back.p);
        assert_near(there.verdict_p, back.verdict_p);
        assert_near(there.high_edge, back.high_edge);
    }
}

static void the_estimate_is_inside_and_a_verdict_passes_its_own_test(void **state)
{
    (void)state;
    struct random random = draws_begin();
    size_t conclusive = 0;
    for (int i = 0; i < 80; i++) {
        struct sample s;
        draw_sample(&s, &random);
        struct comparison c = compare(s.x, s.n, s.y, s.n, memory);
        assert_true(c.effect.lower <= c.effect.estimate && c.effect.estimate <= c.effect.upper);
        bool leaves_out_none = c.effect.lower > 1 + 1e-9 || c.effect.upper < 1 - 1e-9;
        assert_true(!leaves_out_none || c.is_exact || c.p <= c.alpha);
        if (c.verdict != VERDICT_UNKNOWN) {
            conclusive++;
            assert_true(c.verdict_p <= c.alpha);
            struct comparison *family[] = {&c};
            enum verdict verdict = c.verdict;
            comparison_holm(family, 1);
            assert_int_equal(c.verdict, verdict);
        }
    }
    assert_true(conclusive > 10);
}

static void the_seed_decides_the_figures(void **state)
{
    (void)state;
    double x[12], y[12];
    struct random random = {.state = 5};
    for (size_t i = 0; i < 12; i++) {
        x[i] = exp(draws_normal(&random));
        y[i] = exp(draws_normal(&random) + 0.8);
    }
    struct comparison_question question = {
        .baseline = x, .baseline_count = 12, .candidate = y, .candidate_count = 12, .seed = 1};
    struct comparison one, again, other;
    comparison_make(&one, &question);
    comparison_make(&again, &question);
    question.seed = 2;
    comparison_make(&other, &question);
    assert_true(one.p == again.p && one.effect.lower == again.effect.lower);
    assert_true(one.p != other.p);
    assert_within(one.p, other.p, 0.02);
}

static void time_is_paired_and_memory_is_not(void **state)
{
    (void)state;
    assert_true(comparison_pairs(METRIC_CPU_SECONDS));
    assert_true(comparison_pairs(METRIC_WALL_SECONDS));
    assert_false(comparison_pairs(METRIC_ANON));
    assert_false(comparison_pairs(METRIC_TRACKED_OBJECTS));
}

static void verdicts_have_names(void **state)
{
    (void)state;
    assert_string_equal(verdict_name(VERDICT_UNKNOWN), "unknown");
    assert_string_equal(verdict_name(VERDICT_SAME), "same");
    assert_string_equal(verdict_name(VERDICT_BETTER), "better");
    assert_string_equal(verdict_name(VERDICT_WORSE), "worse");
    assert_string_equal(verdict_name(VERDICT_LESS), "less");
    assert_string_equal(verdict_name(VERDICT_MORE), "more");
}

static void two_modes_show_in_mean_and_highest(void **state)
{
    (void)state;
    struct comparison c = compare(VALUES(10, 10, 10, 11, 11, 11, 12, 12),
                                  VALUES(10, 10, 10, 10, 30, 30, 30, 31), memory);
    assert_int_equal(c.baseline.modes, 1);
    assert_int_equal(c.candidate.modes, 2);
    assert_near(c.highest_ratio, 31.0 / 12);
    assert_near(c.mean_ratio, 161.0 / 87);
    assert_true(c.spread_ratio > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(more_memory_than_the_threshold_is_worse),
        cmocka_unit_test(less_is_better_and_a_little_more_is_the_same),
        cmocka_unit_test(an_interval_across_an_edge_is_unknown_and_says_where_it_leans),
        cmocka_unit_test(three_runs_can_show_nothing_and_four_can),
        cmocka_unit_test(a_planned_look_asks_for_more),
        cmocka_unit_test(without_variance_the_difference_is_exact),
        cmocka_unit_test(no_garbage_against_some_is_a_difference),
        cmocka_unit_test(differences_up_to_the_quantum_never_matter),
        cmocka_unit_test(of_signed_values_the_difference_is_judged),
        cmocka_unit_test(absent_values_do_not_enter),
        cmocka_unit_test(the_longer_arm_loses_its_earliest_values),
        cmocka_unit_test(of_a_neutral_metric_more_is_more),
        cmocka_unit_test(pairs_see_what_drift_hides),
        cmocka_unit_test(holm_takes_away_what_one_of_many_may_be_by_chance),
        cmocka_unit_test(nothing_depends_on_the_order_of_values),
        cmocka_unit_test(nothing_depends_on_the_unit),
        cmocka_unit_test(exchanging_the_arms_inverts_the_ratio),
        cmocka_unit_test(the_estimate_is_inside_and_a_verdict_passes_its_own_test),
        cmocka_unit_test(the_seed_decides_the_figures),
        cmocka_unit_test(time_is_paired_and_memory_is_not),
        cmocka_unit_test(verdicts_have_names),
        cmocka_unit_test(two_modes_show_in_mean_and_highest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
