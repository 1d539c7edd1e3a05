#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/history.h"

static void every_value_is_kept_while_there_is_room(void **state)
{
    (void)state;
    struct history history = {0};
    history_add(&history, 0.1, 5);
    history_add(&history, 0.2, 3);
    assert_int_equal(history.count, 2);
    assert_true(history.points[0].x == 0.1 && history.points[0].y == 5);
    assert_true(history.points[1].x == 0.2 && history.points[1].y == 3);
}

static void of_a_stretch_the_highest_is_kept_with_its_time(void **state)
{
    (void)state;
    struct history history = {0};
    history_add(&history, 0.001, 5);
    history_add(&history, 0.002, 9);
    history_add(&history, 0.003, 7);
    assert_int_equal(history.count, 1);
    assert_true(history.points[0].x == 0.002 && history.points[0].y == 9);
}

/* A day of a hundred values a second, with one peak. */
static void memory_is_bounded_and_no_peak_is_lost(void **state)
{
    (void)state;
    struct history history = {0};
    for (int i = 0; i < 24 * 3600 * 100; i++) {
        history_add(&history, i * 0.01, i == 1234567 ? 99 : 1);
    }
    assert_in_range(history.count, HISTORY_MOST / 2, HISTORY_MOST);
    double highest = 0, last = -1;
    for (size_t i = 0; i < history.count; i++) {
        assert_true(history.points[i].x > last);
        last = history.points[i].x;
        highest = history.points[i].y > highest ? history.points[i].y : highest;
    }
    assert_true(highest == 99);
    assert_true(last > 23 * 3600);
}

/* After a long silence the stretches must not merge for ever. */
static void a_value_after_a_long_silence_is_one_more(void **state)
{
    (void)state;
    struct history history = {0};
    for (int i = 0; i < HISTORY_MOST; i++) {
        history_add(&history, i, 1);
    }
    history_add(&history, 1e9, 2);
    assert_true(history.count <= HISTORY_MOST);
    assert_true(history.points[history.count - 1].y == 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_is_kept_while_there_is_room),
        cmocka_unit_test(of_a_stretch_the_highest_is_kept_with_its_time),
        cmocka_unit_test(memory_is_bounded_and_no_peak_is_lost),
        cmocka_unit_test(a_value_after_a_long_silence_is_one_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
