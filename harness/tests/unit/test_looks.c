#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stats/looks.h"
#include "tests/support/near.h"

static void three_planned_looks_share_alpha(void **state)
{
    (void)state;
    assert_near(looks_alpha(LOOKS_COUNT), 0.05 / 3);
    assert_near(looks_alpha(1), 0.05);
    assert_near(looks_alpha(0), 0.05);
}

static void looks_are_at_8_12_and_20_blocks(void **state)
{
    (void)state;
    assert_int_equal(looks_next(0), 8);
    assert_int_equal(looks_next(7), 8);
    assert_int_equal(looks_next(8), 12);
    assert_int_equal(looks_next(12), 20);
    assert_int_equal(looks_next(20), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_planned_looks_share_alpha),
        cmocka_unit_test(looks_are_at_8_12_and_20_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
