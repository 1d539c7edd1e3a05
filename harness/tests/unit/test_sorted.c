#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "stats/sorted.h"
#include "tests/support/golden.h"
#include "tests/support/near.h"

enum { MOST = 16 };

static void median_and_quartiles_are_those_of_r(void **state)
{
    (void)state;
    json_t *cases = golden_load("samples");
    size_t i;
    json_t *item;
    json_array_foreach(cases, i, item)
    {
        double values[MOST], quartiles[2];
        size_t count = golden_numbers(item, "values", values, MOST);
        golden_numbers(item, "quartiles", quartiles, 2);
        sorted_sort(values, count);
        assert_near(sorted_median(values, count), golden_number(item, "median", NAN));
        assert_near(sorted_quantile(values, count, 0.25), quartiles[0]);
        assert_near(sorted_quantile(values, count, 0.75), quartiles[1]);
        assert_near(sorted_quantile(values, count, 1), values[count - 1]);
        assert_near(sorted_quantile(values, count, 0), values[0]);
    }
    json_decref(cases);
}

static void a_sorted_copy_has_only_what_was_measured(void **state)
{
    (void)state;
    const double values[] = {3, NAN, -1, INFINITY, 2};
    size_t kept;
    double *copy = sorted_copy(values, 5, &kept);
    assert_int_equal(kept, 3);
    assert_near(copy[0], -1);
    assert_near(copy[1], 2);
    assert_near(copy[2], 3);
    free(copy);
    copy = sorted_copy(NULL, 0, &kept);
    assert_non_null(copy);
    assert_int_equal(kept, 0);
    free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(median_and_quartiles_are_those_of_r),
        cmocka_unit_test(a_sorted_copy_has_only_what_was_measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
