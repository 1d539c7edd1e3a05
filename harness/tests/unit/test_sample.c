#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/cleanup.h"
#include "measure/sample.h"
#include "tests/support/contains.h"

static struct sample sound_sample(void)
{
    struct sample sample = {.phase = "end", .cycle = 1, .visit = 1};
    for (int i = 0; i < METRIC_COUNT; i++) {
        sample.values[i] = 0;
    }
    sample.values[METRIC_RSS] = 100 << 20;
    sample.values[METRIC_ANON_HUGE] = 5 << 20;
    return sample;
}

static void a_sound_sample_is_not_doubted(void **state)
{
    (void)state;
    struct sample sample = sound_sample();
    assert_null(sample_doubt_text(&sample));
}

static void memory_in_swap_is_doubted(void **state)
{
    (void)state;
    struct sample sample = sound_sample();
    sample.values[METRIC_SWAP] = 3 << 19;
    cleanup_free char *doubt = sample_doubt_text(&sample);
    assert_string_equal(doubt, "1.5 MiB are in swap, so rss is too low");
}

static void a_process_that_moves_is_doubted_in_either_direction(void **state)
{
    (void)state;
    struct sample sample = sound_sample();
    sample.moved = 1 << 20;
    cleanup_free char *up = sample_doubt_text(&sample);
    assert_contains(up, "+1.00 MiB");
    sample.moved = -4096;
    cleanup_free char *down = sample_doubt_text(&sample);
    assert_contains(down, "-0.00 MiB");
}

static void huge_pages_above_a_twentieth_are_doubted(void **state)
{
    (void)state;
    struct sample sample = sound_sample();
    sample.values[METRIC_ANON_HUGE] = 6 << 20;
    cleanup_free char *doubt = sample_doubt_text(&sample);
    assert_string_equal(doubt, "6 % of rss is in huge pages");
}

static void what_was_not_measured_is_no_reason_to_doubt(void **state)
{
    (void)state;
    struct sample sample = {0};
    for (int i = 0; i < METRIC_COUNT; i++) {
        sample.values[i] = METRIC_ABSENT;
    }
    assert_null(sample_doubt_text(&sample));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_sample_is_not_doubted),
        cmocka_unit_test(memory_in_swap_is_doubted),
        cmocka_unit_test(a_process_that_moves_is_doubted_in_either_direction),
        cmocka_unit_test(huge_pages_above_a_twentieth_are_doubted),
        cmocka_unit_test(what_was_not_measured_is_no_reason_to_doubt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
