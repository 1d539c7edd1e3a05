#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/cleanup.h"
#include "report/sparkline.h"

static void assert_cells(const struct svg_point *points, size_t count, double end, double top,
                         size_t cells, const char *wanted)
{
    struct sparkline_scale scale = {.end = end, .top = top};
    cleanup_free char *text = sparkline_text(points, count, &scale, cells, false);
    assert_string_equal(text, wanted);
}

static void each_eighth_of_the_scale_has_a_mark_of_its_own(void **state)
{
    (void)state;
    struct svg_point points[8];
    for (int i = 0; i < 8; i++) {
        points[i] = (struct svg_point){i, i + 1};
    }
    struct sparkline_scale scale = {.end = 8, .top = 8};
    for (size_t i = 0; i < 8; i++) {
        static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
        static const char *const marks[] = {".", ":", "-", "=", "+", "*", "#", "@"};
        struct sparkline_scale one = {.end = 0, .top = 8};
        cleanup_free char *block = sparkline_text(&points[i], 1, &one, 1, false);
        cleanup_free char *mark = sparkline_text(&points[i], 1, &one, 1, true);
        assert_string_equal(block, blocks[i]);
        assert_string_equal(mark, marks[i]);
    }
    /* Where the line rises into the next cell, it is that high at the border already. */
    cleanup_free char *text = sparkline_text(points, 8, &scale, 8, false);
    assert_string_equal(text, "▂▃▄▅▆▇██");
}

static void the_highest_of_a_stretch_is_shown_however_short_it_was(void **state)
{
    (void)state;
    struct svg_point points[10001];
    for (int i = 0; i <= 10000; i++) {
        points[i] = (struct svg_point){i * 0.01, i == 4321 ? 80 : 10};
    }
    assert_cells(points, 10001, 100, 80, 10, "▁▁▁▁█▁▁▁▁▁");
}

static void between_two_distant_points_the_line_goes_on(void **state)
{
    (void)state;
    static const struct svg_point points[] = {{0, 0}, {8, 8}};
    assert_cells(points, 2, 8, 8, 4, "▂▄▆█");
    static const struct svg_point falling[] = {{0, 8}, {8, 0}};
    assert_cells(falling, 2, 8, 8, 4, "█▆▄▂");
}

static void before_the_first_point_and_behind_the_last_it_is_blank(void **state)
{
    (void)state;
    static const struct svg_point points[] = {{2.5, 8}, {5.5, 8}};
    assert_cells(points, 2, 10, 8, 10, "  ████    ");
}

static void zero_is_measured_and_no_blank(void **state)
{
    (void)state;
    static const struct svg_point points[] = {{0, 0}, {1, 0}};
    assert_cells(points, 2, 2, 8, 4, "▁▁▁ ");
    assert_cells(points, 2, 2, 0, 4, "▁▁▁ ");
}

static void a_single_point_is_one_cell_and_none_is_blank(void **state)
{
    (void)state;
    static const struct svg_point points[] = {{3, 5}};
    assert_cells(points, 1, 4, 5, 4, "   █");
    static const struct svg_point at_once[] = {{0, 5}};
    assert_cells(at_once, 1, 0, 5, 3, "█  ");
    assert_cells(points, 0, 4, 5, 3, "   ");
    assert_cells(points, 1, 4, 5, 0, "");
}

static void what_is_beyond_the_scale_is_drawn_at_its_edge(void **state)
{
    (void)state;
    static const struct svg_point points[] = {{0, 1}, {9, 100}};
    assert_cells(points, 2, 2, 8, 2, "██");
}

static void a_step_in_no_time_is_both_heights(void **state)
{
    (void)state;
    static const struct svg_point points[] = {{0, 1}, {2, 1}, {2, 8}, {4, 8}};
    assert_cells(points, 4, 4, 8, 4, "▁▁██");
}

static void a_scale_reaches_what_all_points_reach(void **state)
{
    (void)state;
    static const struct svg_point one[] = {{0, 7}, {2, 3}}, other[] = {{5, 1}};
    struct sparkline_scale scale = {0};
    sparkline_reach(&scale, one, 2);
    sparkline_reach(&scale, other, 1);
    assert_true(scale.end == 5 && scale.top == 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_eighth_of_the_scale_has_a_mark_of_its_own),
        cmocka_unit_test(the_highest_of_a_stretch_is_shown_however_short_it_was),
        cmocka_unit_test(between_two_distant_points_the_line_goes_on),
        cmocka_unit_test(before_the_first_point_and_behind_the_last_it_is_blank),
        cmocka_unit_test(zero_is_measured_and_no_blank),
        cmocka_unit_test(a_single_point_is_one_cell_and_none_is_blank),
        cmocka_unit_test(what_is_beyond_the_scale_is_drawn_at_its_edge),
        cmocka_unit_test(a_step_in_no_time_is_both_heights),
        cmocka_unit_test(a_scale_reaches_what_all_points_reach),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
