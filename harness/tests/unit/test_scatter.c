#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "picture/scatter.h"
#include "tests/support/contains.h"
#include "tests/support/elements.h"
#include "tests/support/labels.h"

enum { MOST = 12 };

static const double mebibyte = 0x1p20;

/* Without a range. */
static struct scatter_point point(double x, double y)
{
    return (struct scatter_point){
        .name = "glibc", .x = {x, x, x}, .y = {y * mebibyte, y * mebibyte, y * mebibyte}};
}

static char *printed(const struct scatter_point *points, size_t count)
{
    struct scatter scatter = {.frame = {.id = "s", .title = "both", .description = "of all"},
                              .x_unit = "cpu, seconds",
                              .y_unit = "settled anon, MiB",
                              .y_size = mebibyte,
                              .points = points,
                              .count = count};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    scatter_print(&scatter, out);
    fclose(out);
    elements_check(text);
    labels_check(text);
    assert_lacks(text, "\"nan");
    assert_lacks(text, "inf");
    return text;
}

static void check_front(const struct scatter_point *points, size_t count, const bool *wanted)
{
    bool is_on[MOST];
    scatter_front(points, count, is_on);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(is_on[i], wanted[i]);
    }
}

static void whoever_is_less_in_one_figure_is_on_the_front(void **state)
{
    (void)state;
    const struct scatter_point points[] = {point(1, 300), point(2, 200), point(3, 100),
                                           point(2.5, 250)};
    check_front(points, 4, (bool[]){true, true, true, false});
    check_front(points, 1, (bool[]){true});
}

static void whoever_is_equal_in_one_and_more_in_the_other_is_beaten(void **state)
{
    (void)state;
    const struct scatter_point points[] = {point(1, 300), point(1, 200), point(2, 200)};
    check_front(points, 3, (bool[]){false, true, false});
}

static void equal_points_are_on_the_front_together(void **state)
{
    (void)state;
    const struct scatter_point points[] = {point(1, 200), point(1, 200), point(1, 201)};
    check_front(points, 3, (bool[]){true, true, false});
}

static void a_mark_carries_both_values_and_the_range(void **state)
{
    (void)state;
    const struct scatter_point points[] = {
        {"tcmalloc", 1, {1.25, 1, 2}, {100 * mebibyte, 90 * mebibyte, 130.5 * mebibyte}}};
    cleanup_free char *text = printed(points, 1);
    assert_contains(text, " data-seconds=\"1.25\" data-value=\"104857600\"><title>tcmalloc: cpu, "
                          "seconds 1.250 (1.000 to 2.000), settled anon, MiB 100.0 (90.0 to "
                          "130.5)</title>");
    assert_int_equal(elements_count(text, "class=\"whisker\""), 2);
    assert_int_equal(elements_count(text, "<g class=\"runs s1 d1\" data-name=\"tcmalloc\">"),
                     2); /* and its label's */
    assert_contains(text, "<title id=\"s-title\">both</title>\n<desc id=\"s-desc\">of all</desc>");
}

/* 2 and 200 stand at the middle of axes from 0 to 4 and to 400, less 1/21 of air. */
static void the_front_is_a_line_of_steps(void **state)
{
    (void)state;
    const struct scatter_point points[] = {point(1, 400), point(4, 100), point(2, 200),
                                           point(3, 300)};
    cleanup_free char *text = printed(points, 4);
    const char *front = strstr(text, "<path class=\"front\" d=\"M");
    assert_non_null(front);
    double x[5], y[4];
    char *at = NULL;
    x[0] = strtod(front + strlen("<path class=\"front\" d=\"M"), &at);
    y[0] = strtod(at, &at);
    for (size_t i = 1; i < 4; i++) {
        assert_int_equal(*at, 'H');
        x[i] = strtod(at + 1, &at);
        assert_int_equal(*at, 'V');
        y[i] = strtod(at + 1, &at);
    }
    assert_true(x[0] == x[1] && x[1] < x[2] && x[2] < x[3]);
    assert_true(y[0] < y[1] && y[1] < y[2] && y[2] < y[3]);
    assert_true(fabs((x[2] - x[1]) * 2 - (x[3] - x[2])) < 0.5);
    assert_true(fabs((y[2] - y[1]) - (y[3] - y[2]) * 2) < 0.5);
    assert_int_equal(*at, 'H');
    assert_true(strtod(at + 1, NULL) > x[3]);
}

static void axes_that_do_not_begin_at_0_say_so(void **state)
{
    (void)state;
    const struct scatter_point points[] = {point(1, 300), point(4, 280)};
    cleanup_free char *text = printed(points, 2);
    assert_contains(text, ">settled anon, MiB (the axis does not begin at 0)</text>");
    assert_contains(text, ">cpu, seconds</text>");
}

static void labels_of_a_cluster_of_twelve_neither_meet_nor_leave(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int round = 0; round < 200; round++) {
        struct scatter_point points[MOST];
        for (size_t i = 0; i < MOST; i++) {
            random = random * 6364136223846793005 + 1442695040888963407;
            double far = round % 3 ? (double)(random >> 33 & 0xFFF) / 0x1000 : 0;
            points[i] = point(1 + pow(10, far * (round % 5)), 200 + pow(10, far * (round % 6)));
            points[i].name = i % 2 ? "jemalloc-background" : "tcmalloc-aggressive-of-mine-own";
            points[i].series = i;
            points[i].x.high *= 1 + far;
        }
        cleanup_free char *text = printed(points, MOST);
        assert_int_equal(elements_count(text, "class=\"label\""), MOST);
    }
}

static void zeros_are_a_picture(void **state)
{
    (void)state;
    const struct scatter_point points[] = {point(0, 0), point(0, 0)};
    cleanup_free char *text = printed(points, 2);
    assert_contains(text, ">0.0</text>");
}

static void hostile_and_long_names_are_inert(void **state)
{
    (void)state;
    char name[10001];
    memset(name, 'm', sizeof name);
    name[10000] = '\0';
    struct scatter_point points[] = {point(1, 2), point(2, 1)};
    points[0].name = "</text><script>alert(1)</script>";
    points[1].name = name;
    cleanup_free char *text = printed(points, 2);
    assert_lacks(text, "<script");
    assert_in_range(strlen(text), 500, 8000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_is_less_in_one_figure_is_on_the_front),
        cmocka_unit_test(whoever_is_equal_in_one_and_more_in_the_other_is_beaten),
        cmocka_unit_test(equal_points_are_on_the_front_together),
        cmocka_unit_test(a_mark_carries_both_values_and_the_range),
        cmocka_unit_test(the_front_is_a_line_of_steps),
        cmocka_unit_test(axes_that_do_not_begin_at_0_say_so),
        cmocka_unit_test(labels_of_a_cluster_of_twelve_neither_meet_nor_leave),
        cmocka_unit_test(zeros_are_a_picture),
        cmocka_unit_test(hostile_and_long_names_are_inert),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
