#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stats/uneven.h"
#include "tests/support/near.h"

#define TOLERANCE 1e-12

/* R: 2 * pbinom(k, n, 0.5) */
static void the_sign_test_is_the_binomials(void **state)
{
    (void)state;
    assert_near(uneven_sign_p(0, 8), 0.0078125);
    assert_near(uneven_sign_p(1, 8), 0.0703125);
    assert_near(uneven_sign_p(2, 12), 0.03857421875);
    assert_near(uneven_sign_p(4, 20), 0.01181793212890625);
    assert_near(uneven_sign_p(4, 8), 1);
}

static const double narrow[] = {10, 10.1, 10.2, 10.3, 10.4, 10.5, 10.6};
static const double wide[] = {0, 12, 14, 16, 18, 20, 22};

static void values_are_counted_about_the_middle_of_the_narrow_arm(void **state)
{
    (void)state;
    struct uneven uneven = uneven_of(narrow, 7, wide, 7, TOLERANCE);
    assert_near(uneven_p(&uneven, 0), 0.125);
    assert_near(uneven_p(&uneven, 1.6), 0.125);
    assert_near(uneven_p(&uneven, 1.7), 2 * 29.0 / 128); /* 12 meets the middle */
    assert_near(uneven_p(&uneven, 1.8), 2 * 29.0 / 128);
}

static void all_on_one_side_is_left_to_the_ranks(void **state)
{
    (void)state;
    struct uneven uneven = uneven_of(narrow, 7, wide, 7, TOLERANCE);
    assert_near(uneven_p(&uneven, -11), 0);
    assert_near(uneven_p(&uneven, 12), 0);
}

static void either_arm_may_be_the_wide_one(void **state)
{
    (void)state;
    struct uneven there = uneven_of(narrow, 7, wide, 7, TOLERANCE);
    struct uneven back = uneven_of(wide, 7, narrow, 7, TOLERANCE);
    for (double shift = -15; shift < 15; shift += 0.5) {
        assert_near(uneven_p(&there, shift), uneven_p(&back, -shift));
    }
}

static void arms_of_like_spread_are_left_to_the_ranks(void **state)
{
    (void)state;
    const double other[] = {0, 5, 10, 15, 20, 25, 60};
    struct uneven uneven = uneven_of(other, 7, wide, 7, TOLERANCE);
    assert_null(uneven.narrow);
    assert_near(uneven_p(&uneven, 3), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sign_test_is_the_binomials),
        cmocka_unit_test(values_are_counted_about_the_middle_of_the_narrow_arm),
        cmocka_unit_test(all_on_one_side_is_left_to_the_ranks),
        cmocka_unit_test(either_arm_may_be_the_wide_one),
        cmocka_unit_test(arms_of_like_spread_are_left_to_the_ranks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
