#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stats/threshold.h"
#include "tests/support/near.h"

static void memory_time_and_counts_have_their_own_threshold(void **state)
{
    (void)state;
    assert_near(threshold_of(METRIC_ANON).ratio, 0.03);
    assert_near(threshold_of(METRIC_ANON).quantum, 65536);
    assert_near(threshold_of(METRIC_CPU_SECONDS).ratio, 0.10);
    assert_near(threshold_of(METRIC_CPU_SECONDS).quantum, 0);
    assert_near(threshold_of(METRIC_TRACKED_OBJECTS).ratio, 0);
    assert_near(threshold_of(METRIC_TRACKED_OBJECTS).quantum, 0);
    assert_near(threshold_of(METRIC_MINOR_FAULTS).ratio, 0.03);
    assert_near(threshold_of(METRIC_MAJOR_FAULTS).ratio, 0.03);
    assert_near(threshold_of(METRIC_FRAGMENTATION_RATIO).ratio, 0.03);
    assert_near(threshold_of(METRIC_FRAGMENTATION_RATIO).quantum, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_time_and_counts_have_their_own_threshold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
