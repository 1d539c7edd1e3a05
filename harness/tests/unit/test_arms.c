#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "stats/arms.h"
#include "tests/support/near.h"

enum { MANY = ARMS_MOST + 50 };

static void the_latest_values_enter_and_no_more_than_the_most(void **state)
{
    (void)state;
    double x[MANY], y[MANY];
    for (size_t i = 0; i < MANY; i++) {
        x[i] = 1 + (double)i;
        y[i] = 1001 + (double)i;
    }
    struct arms arms;
    arms_init(&arms, ARMS_PAIRED, x, MANY, y, MANY, false, 1);
    assert_int_equal(arms.n, ARMS_MOST);
    assert_near(arms.baseline[0], 51);
    assert_near(arms.candidate[0], 1051);
    assert_near(arms.candidate[ARMS_MOST - 1], 1000 + MANY);
    arms_clear(&arms);
    arms_init(&arms, ARMS_ONE, NULL, 0, y, MANY, false, 1);
    assert_int_equal(arms.n, ARMS_MOST);
    assert_near(arms.candidate[0], 1051);
    arms_clear(&arms);
    arms_init(&arms, ARMS_TWO, x, MANY, y, 6, false, 1);
    assert_int_equal(arms.n, 6);
    assert_near(arms.baseline[0], MANY - 5);
    assert_near(arms.candidate[0], 1001);
    arms_clear(&arms);
}

static void a_pair_with_one_absent_value_does_not_enter(void **state)
{
    (void)state;
    const double x[] = {1, METRIC_ABSENT, 3, 4};
    const double y[] = {5, 6, METRIC_ABSENT, 8};
    struct arms arms;
    arms_init(&arms, ARMS_PAIRED, x, 4, y, 4, false, 1);
    assert_int_equal(arms.n, 2);
    assert_near(arms.baseline[1], 4);
    assert_near(arms.candidate[1], 8);
    arms_clear(&arms);
}

static void logarithms_are_taken_of_positive_values_only(void **state)
{
    (void)state;
    const double positive[] = {1, 2, 3};
    const double zero[] = {0, 2e6, 3e6};
    struct arms arms;
    arms_init(&arms, ARMS_TWO, positive, 3, positive, 3, false, 1);
    assert_true(arms.is_log);
    assert_int_equal(arms.scale, EFFECT_RATIO);
    arms_clear(&arms);
    arms_init(&arms, ARMS_TWO, positive, 3, positive, 3, true, 1);
    assert_false(arms.is_log);
    arms_clear(&arms);
    arms_init(&arms, ARMS_TWO, zero, 3, positive, 3, false, 1);
    assert_int_equal(arms.scale, EFFECT_DIFFERENCE);
    assert_near(arms.tolerance * 1e6, 3);
    arms_clear(&arms);
    arms_init(&arms, ARMS_TWO, positive, 3, zero, 3, false, 1);
    assert_int_equal(arms.scale, EFFECT_DIFFERENCE);
    arms_clear(&arms);
    arms_init(&arms, ARMS_ONE, NULL, 0, zero, 3, false, 1);
    assert_false(arms.is_log);
    assert_int_equal(arms.scale, EFFECT_LOCATION);
    arms_clear(&arms);
}

static void one_arm_that_varies_is_enough_to_be_tested(void **state)
{
    (void)state;
    const double constant[] = {4, 4, 4};
    const double varied[] = {4, 4, 5};
    struct arms arms;
    arms_init(&arms, ARMS_TWO, constant, 3, varied, 3, false, 1);
    assert_false(arms.is_constant);
    arms_clear(&arms);
    arms_init(&arms, ARMS_TWO, varied, 3, constant, 3, false, 1);
    assert_false(arms.is_constant);
    arms_clear(&arms);
    arms_init(&arms, ARMS_TWO, constant, 3, constant, 3, false, 1);
    assert_true(arms.is_constant);
    arms_clear(&arms);
    arms_init(&arms, ARMS_TWO, constant, 3, constant, 2, false, 1);
    assert_false(arms.is_constant);
    arms_clear(&arms);
}

/* Six of seven on one side of a narrow arm: 0.125 by the signs, below 0.05 by the ranks. */
static void uneven_arms_are_asked_for_their_signs_too(void **state)
{
    (void)state;
    const double narrow[] = {100, 100.01, 100.02, 100.03, 100.04, 100.05, 100.06};
    const double wide[] = {90, 104, 105, 106, 107, 108, 109};
    struct arms arms;
    arms_init(&arms, ARMS_TWO, narrow, 7, wide, 7, false, 1);
    assert_true(brunner_munzel_p(&arms.ranks, 0) < 0.05);
    assert_near(arms_p(&arms, 1, 0), 0.125);
    struct interval effect = arms_effect(&arms, 0.05);
    assert_true(effect.lower < 0.95 && effect.upper > 1.08);
    arms_clear(&arms);
}

static void a_p_beside_a_value_is_not_that_of_ties_at_it(void **state)
{
    (void)state;
    const double d[] = {1, 2, 2, 2, 2, 2, 2, 2};
    struct arms arms;
    arms_init(&arms, ARMS_ONE, NULL, 0, d, 8, true, 1);
    assert_near(arms_p(&arms, 2, 0), 1);
    assert_near(arms_p(&arms, 2, 1), 2.0 / 256);
    assert_near(arms_p(&arms, 2, -1), 60.0 / 256);
    arms_clear(&arms);
}

static void the_least_n_depends_on_the_form(void **state)
{
    (void)state;
    const double d[] = {1, 2, 3, 4};
    struct arms arms;
    arms_init(&arms, ARMS_ONE, NULL, 0, d, 4, false, 1);
    assert_int_equal(arms_needed(&arms, 0.05), 6);
    assert_near(arms_least_p(&arms), 0.125);
    arms_clear(&arms);
    arms_init(&arms, ARMS_TWO, d, 4, d, 4, false, 1);
    assert_int_equal(arms_needed(&arms, 0.05), 4);
    assert_int_equal(arms_needed(&arms, 0.05 / 3), 5);
    assert_near(arms_least_p(&arms), 2.0 / 70);
    arms_clear(&arms);
}

static void numbers_equal_but_for_arithmetic_do_not_exceed(void **state)
{
    (void)state;
    assert_true(arms_exceeds(2, 1));
    assert_false(arms_exceeds(1, 2));
    assert_false(arms_exceeds(1, 1));
    assert_false(arms_exceeds(1 + 1e-15, 1));
    assert_true(arms_exceeds(1e11 + 4096, 1e11));
    assert_true(arms_exceeds(INFINITY, 1));
    assert_true(arms_exceeds(1, -INFINITY));
    assert_false(arms_exceeds(INFINITY, INFINITY));
    assert_true(arms_exceeds(1e-300, 0));
    assert_false(arms_exceeds(0, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_latest_values_enter_and_no_more_than_the_most),
        cmocka_unit_test(a_pair_with_one_absent_value_does_not_enter),
        cmocka_unit_test(logarithms_are_taken_of_positive_values_only),
        cmocka_unit_test(one_arm_that_varies_is_enough_to_be_tested),
        cmocka_unit_test(uneven_arms_are_asked_for_their_signs_too),
        cmocka_unit_test(a_p_beside_a_value_is_not_that_of_ties_at_it),
        cmocka_unit_test(the_least_n_depends_on_the_form),
        cmocka_unit_test(numbers_equal_but_for_arithmetic_do_not_exceed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
