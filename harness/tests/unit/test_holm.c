#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stats/holm.h"
#include "tests/support/draws.h"
#include "tests/support/golden.h"
#include "tests/support/near.h"

enum { MOST = 16 };

static void adjusted_p_are_those_of_r(void **state)
{
    (void)state;
    json_t *cases = golden_load("holm");
    size_t i;
    json_t *item;
    json_array_foreach(cases, i, item)
    {
        double p[MOST], wanted[MOST], adjusted[MOST];
        size_t count = golden_numbers(item, "p", p, MOST);
        golden_numbers(item, "adjusted", wanted, MOST);
        holm_adjust(p, count, adjusted);
        for (size_t j = 0; j < count; j++) {
            assert_near(adjusted[j], wanted[j]);
        }
        holm_adjust(p, count, p); /* in place */
        assert_memory_equal(p, adjusted, count * sizeof *p);
    }
    json_decref(cases);
}

static void adjusting_keeps_the_order_and_lowers_none(void **state)
{
    (void)state;
    struct random random = draws_begin();
    for (int i = 0; i < 100; i++) {
        double p[MOST], adjusted[MOST];
        size_t count = 1 + random_below(&random, MOST);
        for (size_t j = 0; j < count; j++) {
            p[j] = draws_uniform(&random) * draws_uniform(&random);
        }
        holm_adjust(p, count, adjusted);
        for (size_t j = 0; j < count; j++) {
            assert_true(adjusted[j] >= p[j] && adjusted[j] <= 1);
            for (size_t k = 0; k < count; k++) {
                assert_true(p[j] >= p[k] || adjusted[j] <= adjusted[k]);
            }
        }
    }
}

static void no_p_is_no_work(void **state)
{
    (void)state;
    double adjusted = 7;
    holm_adjust(&adjusted, 0, &adjusted);
    assert_near(adjusted, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adjusted_p_are_those_of_r),
        cmocka_unit_test(adjusting_keeps_the_order_and_lowers_none),
        cmocka_unit_test(no_p_is_no_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
