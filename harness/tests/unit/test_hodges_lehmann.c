#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "stats/hodges_lehmann.h"
#include "tests/support/golden.h"
#include "tests/support/near.h"

enum { MOST = 32 };

/* R finds it to 1e-4 only where it has no exact test; here it has. */
static void the_shift_is_rs_estimate(void **state)
{
    (void)state;
    json_t *cases = golden_load("hodges_lehmann");
    size_t i;
    json_t *item;
    json_array_foreach(cases, i, item)
    {
        double x[MOST], y[MOST];
        size_t n = golden_numbers(item, "x", x, MOST);
        size_t m = golden_numbers(item, "y", y, MOST);
        assert_near(hodges_lehmann_shift(x, n, y, m), golden_number(item, "shift", 0));
    }
    json_decref(cases);
}

static void the_location_is_the_median_of_pairwise_means(void **state)
{
    (void)state;
    const double d[] = {1, 2, 9};
    double *averages = hodges_lehmann_walsh(d, 3);
    const double wanted[] = {1, 1.5, 2, 5, 5.5, 9};
    for (size_t i = 0; i < 6; i++) {
        assert_near(averages[i], wanted[i]);
    }
    free(averages);
    assert_near(hodges_lehmann_location(d, 3), 3.5);
    assert_near(hodges_lehmann_location(d, 1), 1);
}

static void one_wild_value_hardly_moves_the_shift(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3, 4, 5};
    const double y[] = {11, 12, 13, 14, 1e9};
    assert_within(hodges_lehmann_shift(x, 5, y, 5), 10, 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shift_is_rs_estimate),
        cmocka_unit_test(the_location_is_the_median_of_pairwise_means),
        cmocka_unit_test(one_wild_value_hardly_moves_the_shift),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
