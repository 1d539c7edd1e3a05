#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/random.h"
#include "base/text.h"
#include "picture/svg.h"

static void assert_near(double a, double b)
{
    if (fabs(a - b) > 1e-6) {
        fail_msg("%.9g is not %.9g", a, b);
    }
}

static void scales_are_straight_and_may_run_down(void **state)
{
    (void)state;
    struct svg_scale scale = {.low = 0, .high = 200, .from = 300, .to = 100};
    assert_near(svg_place(&scale, 0), 300);
    assert_near(svg_place(&scale, 50), 250);
    assert_near(svg_place(&scale, 200), 100);
}

static void assert_ticks(double low, double high, size_t most, double first, double step,
                         size_t count, int decimals)
{
    struct svg_ticks ticks = svg_ticks(low, high, most);
    assert_near(ticks.first, first);
    assert_near(ticks.step, step);
    assert_int_equal(ticks.count, count);
    assert_int_equal(ticks.decimals, decimals);
}

static void ticks_stand_at_1_2_5(void **state)
{
    (void)state;
    assert_ticks(0, 10, 11, 0, 1, 11, 0);
    assert_ticks(0, 10, 6, 0, 2, 6, 0);
    assert_ticks(0, 10, 5, 0, 5, 3, 0);
    assert_ticks(0, 341.6, 7, 0, 50, 7, 0);
    assert_ticks(0, 341.6, 6, 0, 100, 4, 0);
    assert_ticks(0, 1, 6, 0, 0.2, 6, 1);
    assert_ticks(0, 0.07, 8, 0, 0.01, 8, 2);
    assert_ticks(0, 24104, 7, 0, 5000, 5, 0);
    assert_ticks(-3, 7, 6, -2, 2, 5, 0);
    assert_ticks(12, 13, 3, 12, 0.5, 3, 1);
}

static void ticks_are_as_many_as_fit_in_any_range(void **state)
{
    (void)state;
    for (double high = 1e-6; high < 1e13; high *= 1.37) {
        for (size_t most = 2; most < 12; most++) {
            struct svg_ticks ticks = svg_ticks(0, high, most);
            assert_in_range(ticks.count, 1, most);
            assert_true(svg_tick(&ticks, ticks.count - 1) <= high * (1 + 1e-9));
            assert_true(svg_tick(&ticks, ticks.count) > high * (1 - 1e-9));
        }
    }
}

/* A curve like a real one, with one point that sticks out to either side. */
static struct svg_point *make_curve(size_t count, size_t spike, size_t dip)
{
    struct random random = {.state = 7};
    struct svg_point *points = text_allocate(count * sizeof *points);
    for (size_t i = 0; i < count; i++) {
        points[i] = (struct svg_point){(double)i * 0.01, 1000 + (double)random_below(&random, 100)};
    }
    points[spike].y = 5000;
    points[dip].y = 1;
    return points;
}

static void thinning_keeps_extremes_and_ends(void **state)
{
    (void)state;
    enum { COUNT = 100000, MOST = 600 };
    static const size_t places[] = {1, 2, 333, 49999, 50000, 77777, COUNT - 2};
    struct svg_point thinned[MOST];
    for (size_t i = 0; i + 1 < sizeof places / sizeof *places; i++) {
        cleanup_free struct svg_point *points = make_curve(COUNT, places[i], places[i + 1]);
        size_t count = svg_thin(points, COUNT, MOST, thinned);
        double low = INFINITY, high = 0;
        assert_in_range(count, MOST / 2, MOST);
        for (size_t j = 0; j < count; j++) {
            low = fmin(low, thinned[j].y);
            high = fmax(high, thinned[j].y);
            assert_true(j == 0 || thinned[j].x > thinned[j - 1].x);
        }
        assert_near(low, 1);
        assert_near(high, 5000);
        assert_near(thinned[0].x, points[0].x);
        assert_near(thinned[count - 1].x, points[COUNT - 1].x);
    }
}

static void thinning_keeps_the_extremes_of_every_stretch(void **state)
{
    (void)state;
    enum { COUNT = 5000, MOST = 102, STRETCHES = 50 };
    cleanup_free struct svg_point *points = make_curve(COUNT, 10, 20);
    struct svg_point thinned[MOST];
    size_t count = svg_thin(points, COUNT, MOST, thinned);
    double width = points[COUNT - 1].x / STRETCHES;
    for (int stretch = 0; stretch < STRETCHES; stretch++) {
        double highest = 0, shown = 0;
        for (size_t i = 1; i < COUNT - 1; i++) {
            bool is_in = points[i].x >= width * stretch && points[i].x < width * (stretch + 1);
            highest = is_in ? fmax(highest, points[i].y) : highest;
        }
        for (size_t i = 0; i < count; i++) {
            bool is_in = thinned[i].x >= width * stretch && thinned[i].x < width * (stretch + 1);
            shown = is_in ? fmax(shown, thinned[i].y) : shown;
        }
        assert_near(shown, highest);
    }
}

static void few_points_are_not_thinned(void **state)
{
    (void)state;
    struct svg_point points[] = {{0, 1}, {1, 2}, {2, 3}, {3, 4}}, thinned[4];
    assert_int_equal(svg_thin(points, 4, 4, thinned), 4);
    assert_memory_equal(points, thinned, sizeof points);
}

static void points_at_one_moment_are_thinned(void **state)
{
    (void)state;
    struct svg_point points[100], thinned[10];
    for (size_t i = 0; i < 100; i++) {
        points[i] = (struct svg_point){3, (double)i};
    }
    size_t count = svg_thin(points, 100, 10, thinned);
    assert_in_range(count, 2, 10);
    assert_near(thinned[count - 1].y, 99);
}

static char *path_of(const struct svg_point *points, size_t count)
{
    struct svg_scale x = {0, 10, 0, 100}, y = {0, 10, 100, 0};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    svg_put_path(out, points, count, &x, &y);
    fclose(out);
    return text;
}

static void paths_go_through_their_points(void **state)
{
    (void)state;
    const struct svg_point points[] = {{0, 0}, {1, 2.555}, {2, 10}, {10, 0}};
    cleanup_free char *path = path_of(points, 4);
    assert_string_equal(path, "M0 100L10 74.5L20 0L100 100");
}

static void paths_leave_out_what_bends_nothing(void **state)
{
    (void)state;
    const struct svg_point level[] = {{0, 5}, {1, 5}, {2, 5}, {3, 5}, {4, 6}, {4, 7}, {4, 8}};
    cleanup_free char *path = path_of(level, 7);
    assert_string_equal(path, "M0 50L30 50L40 40L40 20");
    const struct svg_point needle[] = {{0, 5}, {4, 5}, {4, 9}, {4, 5}, {8, 5}};
    cleanup_free char *spike = path_of(needle, 5);
    assert_string_equal(spike, "M0 50L40 50L40 10L40 50L80 50");
}

static void a_single_point_is_a_path(void **state)
{
    (void)state;
    const struct svg_point point = {1, 1};
    cleanup_free char *path = path_of(&point, 1);
    assert_string_equal(path, "M10 90");
}

static void labels_with_room_stay_where_they_are(void **state)
{
    (void)state;
    double centres[] = {80, 20, 50};
    svg_spread(centres, 3, 15, 0, 100);
    assert_near(centres[0], 80);
    assert_near(centres[1], 20);
    assert_near(centres[2], 50);
}

static void labels_that_meet_move_by_the_least(void **state)
{
    (void)state;
    double centres[] = {50, 50};
    svg_spread(centres, 2, 10, 0, 100);
    assert_near(centres[0], 45);
    assert_near(centres[1], 55);
    double edge[] = {99, 100, 100};
    svg_spread(edge, 3, 10, 0, 100);
    assert_near(edge[0], 80);
    assert_near(edge[1], 90);
    assert_near(edge[2], 100);
}

static void labels_never_overlap_nor_leave_their_room(void **state)
{
    (void)state;
    struct random random = {.state = 3};
    for (int round = 0; round < 2000; round++) {
        double centres[12], before[12];
        size_t count = 1 + (size_t)random_below(&random, 12);
        for (size_t i = 0; i < count; i++) {
            centres[i] = (double)random_below(&random, round % 2 ? 200 : 20);
            before[i] = centres[i];
        }
        svg_spread(centres, count, 15, 0, 200);
        for (size_t i = 0; i < count; i++) {
            assert_true(centres[i] >= -1e-6 && centres[i] <= 200 + 1e-6);
            for (size_t j = 0; j < i; j++) {
                assert_true(fabs(centres[i] - centres[j]) >= 15 - 1e-6);
                assert_true(before[i] == before[j] ||
                            (before[i] < before[j]) == (centres[i] < centres[j]));
            }
        }
    }
}

static void labels_without_room_stand_closer(void **state)
{
    (void)state;
    double centres[] = {1, 2, 3, 4, 5};
    svg_spread(centres, 5, 15, 0, 40);
    for (size_t i = 0; i < 5; i++) {
        assert_near(centres[i], 10 * (double)i);
    }
    svg_spread(centres, 0, 15, 0, 40);
}

static void flags_that_are_close_stand_on_a_stair(void **state)
{
    (void)state;
    struct svg_flag flags[] = {{.x = 0, .width = 50},
                               {.x = 20, .width = 50},
                               {.x = 30, .width = 50},
                               {.x = 40, .width = 10},
                               {.x = 90, .width = 50}};
    svg_raise(flags, 5, 3);
    assert_int_equal(flags[0].row, 0);
    assert_int_equal(flags[1].row, 1);
    assert_int_equal(flags[2].row, 2);
    assert_int_equal(flags[3].row, -1);
    assert_int_equal(flags[4].row, 0);
}

/* Neither two texts of a row nor a pole and a text below it. */
static void flags_never_meet(void **state)
{
    (void)state;
    struct random random = {.state = 5};
    for (int round = 0; round < 500; round++) {
        struct svg_flag flags[20];
        double x = 0;
        for (size_t i = 0; i < 20; i++) {
            x += (double)random_below(&random, 30);
            flags[i] = (struct svg_flag){.x = x, .width = 20 + (double)random_below(&random, 40)};
        }
        svg_raise(flags, 20, 5);
        for (size_t i = 0; i < 20; i++) {
            for (size_t j = 0; j < i; j++) {
                bool is_below = flags[i].row >= 0 && flags[j].row >= flags[i].row;
                assert_true(!is_below || flags[j].x + flags[j].width <= flags[i].x);
            }
        }
    }
}

static void check_reach(double low, double high, double wanted_low, double wanted_high)
{
    svg_reach(&low, &high, 1);
    assert_near(low, wanted_low);
    assert_near(high, wanted_high);
}

static void an_axis_begins_at_0_unless_half_of_it_were_empty(void **state)
{
    (void)state;
    check_reach(40, 100, 0, 105);
    check_reach(50, 100, 0, 105);
    check_reach(60, 100, 57.5, 102.5);
    check_reach(100, 100, 97.5, 102.5);
    check_reach(100, 100.001, 97.499975, 102.501025); /* 4 KiB of 400 MiB are no chasm */
    check_reach(1, 100, 0, 105);
    check_reach(-10, 10, -11, 11);
    check_reach(0, 0, 0, 1);
}

static void wide_characters_count_as_wide(void **state)
{
    (void)state;
    assert_true(svg_text_width("日本", 10) > svg_text_width("ab", 10));
    assert_near(svg_text_width("", 10), 0);
}

static void texts_fit_by_their_width(void **state)
{
    (void)state;
    assert_int_equal(svg_text_fit("glibc", 10, 100), 5);
    assert_int_equal(svg_text_fit("mmmmmmmmmmmm", 10, 100), 9);
    assert_true(svg_text_fit("日本日本日本日本日本日本", 10, 100) < 9);
    assert_int_equal(svg_text_fit("abc", 10, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scales_are_straight_and_may_run_down),
        cmocka_unit_test(ticks_stand_at_1_2_5),
        cmocka_unit_test(ticks_are_as_many_as_fit_in_any_range),
        cmocka_unit_test(thinning_keeps_extremes_and_ends),
        cmocka_unit_test(thinning_keeps_the_extremes_of_every_stretch),
        cmocka_unit_test(few_points_are_not_thinned),
        cmocka_unit_test(points_at_one_moment_are_thinned),
        cmocka_unit_test(paths_go_through_their_points),
        cmocka_unit_test(paths_leave_out_what_bends_nothing),
        cmocka_unit_test(a_single_point_is_a_path),
        cmocka_unit_test(labels_with_room_stay_where_they_are),
        cmocka_unit_test(labels_that_meet_move_by_the_least),
        cmocka_unit_test(labels_never_overlap_nor_leave_their_room),
        cmocka_unit_test(labels_without_room_stand_closer),
        cmocka_unit_test(flags_that_are_close_stand_on_a_stair),
        cmocka_unit_test(flags_never_meet),
        cmocka_unit_test(an_axis_begins_at_0_unless_half_of_it_were_empty),
        cmocka_unit_test(wide_characters_count_as_wide),
        cmocka_unit_test(texts_fit_by_their_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
