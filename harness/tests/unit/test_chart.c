#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "picture/chart.h"
#include "tests/support/contains.h"
#include "tests/support/elements.h"
#include "tests/support/labels.h"

static const double mebibyte = 0x1p20;

static struct chart make_chart(size_t count)
{
    return (struct chart){.frame = {.id = "c", .title = "memory", .description = "of two"},
                          .x_unit = "seconds",
                          .y_unit = "MiB",
                          .y_size = mebibyte,
                          .most_points = 600,
                          .lines = text_allocate(count * sizeof(struct chart_line))};
}

/* From nothing up to `peak` MiB at one second, and down to `last` at two. */
static struct chart_line *add_line(struct chart *chart, const char *name, double peak, double last)
{
    struct chart_line *line = &chart->lines[chart->count];
    *line = (struct chart_line){.name = name,
                                .series = chart->count++,
                                .points = text_allocate(3 * sizeof *line->points),
                                .count = 3,
                                .moments = text_allocate(32 * sizeof *line->moments)};
    line->points[0] = (struct svg_point){0, 0};
    line->points[1] = (struct svg_point){1, peak * mebibyte};
    line->points[2] = (struct svg_point){2, last * mebibyte};
    return line;
}

static void add_moment(struct chart_line *line, const char *name, double x, double y)
{
    line->moments[line->moment_count++] = (struct chart_moment){text_copy(name), x, y * mebibyte};
}

static char *printed(struct chart *chart)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    chart_print(chart, out);
    fclose(out);
    chart_clear(chart);
    return text;
}

static void chart_has_a_title_a_description_and_no_styles(void **state)
{
    (void)state;
    struct chart chart = make_chart(1);
    add_line(&chart, "glibc", 300, 100);
    cleanup_free char *text = printed(&chart);
    elements_check(text);
    assert_contains(text, "role=\"img\" aria-labelledby=\"c-title\" aria-describedby=\"c-desc\"");
    assert_contains(text, "<title id=\"c-title\">memory</title>");
    assert_contains(text, "<desc id=\"c-desc\">of two</desc>");
}

static void axes_have_round_ticks_in_their_units(void **state)
{
    (void)state;
    struct chart chart = make_chart(1);
    add_line(&chart, "glibc", 300, 100);
    cleanup_free char *text = printed(&chart);
    assert_contains(text, ">0</text>");
    assert_contains(text, ">50</text>");
    assert_contains(text, ">300</text>");
    assert_contains(text, ">0.5</text>");
    assert_contains(text, ">2.0</text>");
    assert_contains(text, ">MiB</text>");
    assert_contains(text, ">seconds</text>");
}

static void lines_differ_in_color_and_dashes(void **state)
{
    (void)state;
    struct chart chart = make_chart(28);
    for (size_t i = 0; i < 28; i++) {
        add_line(&chart, "x", 300, 100);
    }
    cleanup_free char *text = printed(&chart);
    for (size_t i = 0; i < 28; i++) {
        cleanup_free char *class = text_format("\"line s%zu d%zu\"", i % 7, i % 4);
        assert_int_equal(elements_count(text, class), 2); /* the line and its label */
    }
}

static void moments_are_marked_with_their_exact_value(void **state)
{
    (void)state;
    struct chart chart = make_chart(2);
    add_moment(add_line(&chart, "glibc", 300, 100), "end", 1, 300);
    add_moment(add_line(&chart, "jemalloc", 200, 50), "end", 1.25, 180.5);
    cleanup_free char *text = printed(&chart);
    elements_check(text);
    assert_contains(text, "data-seconds=\"1.25\" data-value=\"189267968\">"
                          "<title>jemalloc, end: 180.5 MiB, 1.25 seconds</title>");
    assert_int_equal(elements_count(text, "class=\"flag\""), 1);
    assert_contains(text, ">end</text>");
}

/* Values of an attribute of all elements of a class. */
static size_t read_all(const char *text, const char *class, const char *attribute, double *values)
{
    cleanup_free char *begin = text_format("class=\"%s\"", class);
    cleanup_free char *name = text_format(" %s=\"", attribute);
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, begin)); at++) {
        values[count++] = strtod(strstr(at, name) + strlen(name), NULL);
    }
    return count;
}

static void a_line_has_the_color_of_its_series(void **state)
{
    (void)state;
    struct chart chart = make_chart(1);
    add_line(&chart, "glibc", 300, 100)->series = 5;
    cleanup_free char *text = printed(&chart);
    assert_int_equal(elements_count(text, "\"line s5 d1\""), 2);
}

static void ticks_of_whole_numbers_are_whole(void **state)
{
    (void)state;
    struct chart chart = make_chart(1);
    add_line(&chart, "glibc", 300, 100)->points[0].x = 1;
    chart.lines[0].points[1].x = 2;
    chart.lines[0].points[2].x = 3;
    chart.x_first = 1;
    chart.is_whole = true;
    cleanup_free char *text = printed(&chart);
    double ticks[32];
    const char *second = strstr(text, ">2</text>");
    assert_int_equal(read_all(text, "tick x", "x", ticks), 3 + 1); /* and the unit */
    assert_true(ticks[0] == 56); /* the first stands at the axis */
    assert_non_null(second);
    assert_lacks(text, ">1.5</text>");
    assert_lacks(text, ">2.0</text>");
}

static void a_single_whole_number_is_a_chart(void **state)
{
    (void)state;
    struct chart chart = make_chart(1);
    struct chart_line *line = add_line(&chart, "glibc", 300, 100);
    line->count = 1;
    line->points[0] = (struct svg_point){1, mebibyte};
    chart.x_first = 1;
    chart.is_whole = chart.has_marks = true;
    cleanup_free char *text = printed(&chart);
    assert_contains(text, " data-value=\"1048576\"><title>glibc, seconds 1: 1.0 MiB</title>");
    assert_lacks(text, "nan");
}

static void points_have_marks_of_their_series_if_asked_for(void **state)
{
    (void)state;
    struct chart chart = make_chart(1);
    add_line(&chart, "glibc", 300, 100)->series = 2;
    chart.has_marks = true;
    cleanup_free char *text = printed(&chart);
    assert_int_equal(elements_count(text, "m0-3.8l3.6 6.2h-7.2z"), 3 + 1); /* and the label's */
    assert_contains(text, " data-value=\"314572800\"><title>glibc, seconds 1: 300.0 MiB</title>");
}

/* How many straight lines there are in the picture of a line of 100000 points. */
static size_t draw_many(size_t most)
{
    enum { MANY = 100000 };
    struct chart chart = make_chart(1);
    struct chart_line *line = add_line(&chart, "glibc", 300, 100);
    line->points = text_grow(line->points, MANY, sizeof *line->points);
    line->count = MANY;
    for (size_t i = 0; i < MANY; i++) {
        line->points[i] = (struct svg_point){(double)i, (double)(i * 7919 % 1000) * mebibyte};
    }
    chart.most_points = most;
    cleanup_free char *text = printed(&chart);
    return elements_count(text, "L");
}

static void a_line_has_at_most_as_many_points_as_the_chart_allows(void **state)
{
    (void)state;
    enum { AXES = 30 }; /* at most */
    assert_in_range(draw_many(60), 50, 60 + AXES);
    assert_in_range(draw_many(600), 550, 600 + AXES);
}

static void labels_of_twelve_lines_neither_overlap_nor_leave(void **state)
{
    (void)state;
    struct chart chart = make_chart(12);
    for (size_t i = 0; i < 12; i++) {
        add_line(&chart, "tcmalloc-aggressive", 300, i < 6 ? 0 : 299);
    }
    cleanup_free char *text = printed(&chart);
    double places[12], ticks[32]; /* these stand below the plot */
    assert_in_range(read_all(text, "tick x", "y", ticks), 3, 32);
    assert_int_equal(read_all(text, "label", "y", places), 12);
    for (size_t i = 0; i < 12; i++) {
        assert_true(places[i] > 10 && places[i] < ticks[0]);
        for (size_t j = 0; j < i; j++) {
            assert_true(fabs(places[i] - places[j]) > 14.8);
        }
    }
}

static void many_lines_make_the_chart_higher(void **state)
{
    (void)state;
    struct chart chart = make_chart(40);
    for (size_t i = 0; i < 40; i++) {
        add_line(&chart, "x", 300, 0);
    }
    cleanup_free char *text = printed(&chart);
    double places[40];
    assert_int_equal(read_all(text, "label", "y", places), 40);
    for (size_t i = 1; i < 40; i++) {
        assert_true(places[i] - places[i - 1] > 14.8);
    }
}

static void names_of_moments_leave_each_other_alone(void **state)
{
    (void)state;
    static const char *const names[] = {"loaded", "end", "settled", "collected", "released"};
    struct chart chart = make_chart(1);
    struct chart_line *line = add_line(&chart, "glibc", 300, 100);
    for (size_t i = 0; i < 5; i++) {
        add_moment(line, names[i], 1 + 0.01 * (double)i, 300);
    }
    cleanup_free char *text = printed(&chart);
    double rows[5];
    assert_int_equal(read_all(text, "flag", "y", rows), 5);
    for (size_t i = 1; i < 5; i++) {
        assert_true(rows[i] - rows[i - 1] > 12);
    }
}

static void long_names_are_cut_and_leave_room_for_the_plot(void **state)
{
    (void)state;
    char name[10001];
    memset(name, 'm', sizeof name);
    name[10000] = '\0';
    struct chart chart = make_chart(1);
    add_moment(add_line(&chart, name, 300, 100), "end", 1, 300);
    cleanup_free char *text = printed(&chart);
    assert_in_range(strlen(text), 500, 6000);
    double place[1];
    assert_int_equal(read_all(text, "label", "x", place), 1);
    assert_true(place[0] > 400);
}

static void hostile_names_are_inert(void **state)
{
    (void)state;
    struct chart chart = make_chart(1);
    chart.frame.title = "</title><script>alert(1)</script>";
    chart.frame.description = "\"'&\x1b\u202E";
    add_moment(add_line(&chart, "</text><a>", 300, 100), "\xff<b>", 1, 300);
    cleanup_free char *text = printed(&chart);
    elements_check(text);
}

static void a_line_of_one_point_or_of_nothing_but_zeros_is_drawn(void **state)
{
    (void)state;
    struct chart chart = make_chart(2);
    add_line(&chart, "zeros", 0, 0);
    add_line(&chart, "point", 0, 0)->count = 1;
    cleanup_free char *text = printed(&chart);
    elements_check(text);
    assert_lacks(text, "nan");
    assert_lacks(text, "inf");
}

/* With short names of lines the plot ends near the picture's edge, and so do its last phases. */
static void names_of_phases_stay_within_the_picture(void **state)
{
    (void)state;
    static const char *const longest =
        "a-phase-of-sixty-one-letters-which-is-near-to-what-there-may-be";
    struct chart chart = make_chart(2);
    for (size_t i = 0; i < 2; i++) {
        struct chart_line *line = add_line(&chart, i == 0 ? "je" : "tc", 300, 100);
        add_moment(line, "start", 0.1, 10);
        add_moment(line, longest, 1.1 + 0.1 * (double)i, 250);
        add_moment(line, "settled", 1.8, 110);
        add_moment(line, "collected", 1.9, 105);
        add_moment(line, "released", 2, 100);
    }
    cleanup_free char *text = printed(&chart);
    labels_check(text);
    assert_contains(text, ">released</text>");
    assert_contains(text, ">a-phase-of-sixty-");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_phases_stay_within_the_picture),
        cmocka_unit_test(chart_has_a_title_a_description_and_no_styles),
        cmocka_unit_test(axes_have_round_ticks_in_their_units),
        cmocka_unit_test(lines_differ_in_color_and_dashes),
        cmocka_unit_test(a_line_has_the_color_of_its_series),
        cmocka_unit_test(ticks_of_whole_numbers_are_whole),
        cmocka_unit_test(a_single_whole_number_is_a_chart),
        cmocka_unit_test(points_have_marks_of_their_series_if_asked_for),
        cmocka_unit_test(a_line_has_at_most_as_many_points_as_the_chart_allows),
        cmocka_unit_test(moments_are_marked_with_their_exact_value),
        cmocka_unit_test(labels_of_twelve_lines_neither_overlap_nor_leave),
        cmocka_unit_test(many_lines_make_the_chart_higher),
        cmocka_unit_test(names_of_moments_leave_each_other_alone),
        cmocka_unit_test(long_names_are_cut_and_leave_room_for_the_plot),
        cmocka_unit_test(hostile_names_are_inert),
        cmocka_unit_test(a_line_of_one_point_or_of_nothing_but_zeros_is_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
