#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "picture/dots.h"
#include "tests/support/contains.h"
#include "tests/support/elements.h"
#include "tests/support/labels.h"

enum { MOST_ROWS = 12, MOST_RUNS = 20 };

static const double mebibyte = 0x1p20;

static const char *const names[MOST_ROWS] = {
    "glibc",        "tcmalloc",    "jemalloc",         "mimalloc",
    "glibc-arena1", "glibc-tuned", "tcmalloc-minimal", "tcmalloc-aggressive",
    "tbbmalloc",    "scudo",       "mimalloc-eager",   "jemalloc-background"};

struct fixture {
    struct dots dots;
    struct dots_row rows[MOST_ROWS];
    double values[MOST_ROWS][DOTS_FIGURES][MOST_RUNS];
    unsigned runs[MOST_RUNS];
};

static void fixture_init(struct fixture *fixture)
{
    *fixture =
        (struct fixture){.dots = {.frame = {.id = "d", .title = "runs", .description = "of all"},
                                  .figures = {"peak rss", "settled anon"},
                                  .unit = "MiB",
                                  .size = mebibyte,
                                  .rows = fixture->rows}};
    for (unsigned i = 0; i < MOST_RUNS; i++) {
        fixture->runs[i] = 7 + i;
    }
}

/* A row without runs. */
static struct dots_row *add_row(struct fixture *fixture)
{
    size_t index = fixture->dots.count++;
    fixture->rows[index] =
        (struct dots_row){.name = names[index],
                          .series = index,
                          .runs = fixture->runs,
                          .values = {fixture->values[index][0], fixture->values[index][1]},
                          .medians = {NAN, NAN}};
    return &fixture->rows[index];
}

/* Adds a run to the last row, in MiB; its values are the medians until the next one comes. */
static void add_run(struct fixture *fixture, double peak, double settled)
{
    size_t last = fixture->dots.count - 1;
    struct dots_row *row = &fixture->rows[last];
    fixture->values[last][0][row->count] = row->medians[0] = peak * mebibyte;
    fixture->values[last][1][row->count++] = row->medians[1] = settled * mebibyte;
}

static char *printed(const struct fixture *fixture)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    dots_print(&fixture->dots, out);
    fclose(out);
    elements_check(text);
    labels_check(text);
    assert_lacks(text, "\"nan");
    assert_lacks(text, "inf");
    return text;
}

static void check_lanes(const double *places, size_t count, const int *wanted, int most)
{
    int lanes[MOST_RUNS];
    assert_int_equal(dots_stagger(places, count, 6, lanes), most);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(lanes[i], wanted[i]);
    }
}

static void stagger_leaves_alone_what_is_apart(void **state)
{
    (void)state;
    check_lanes((double[]){30, 10, 20}, 3, (int[]){0, 0, 0}, 0);
    check_lanes((double[]){10, 16, 22}, 3, (int[]){0, 0, 0}, 0); /* what touches does not cover */
    check_lanes((double[]){10}, 0, (int[]){0}, 0);
}

static void stagger_moves_aside_from_the_middle_outwards(void **state)
{
    (void)state;
    check_lanes((double[]){10, 10, 10, 10}, 4, (int[]){0, 1, -1, 2}, 2);
    check_lanes((double[]){14, 10, 17}, 3, (int[]){1, 0, 0}, 1);
    check_lanes((double[]){10, NAN, 10, NAN}, 4, (int[]){0, 0, 1, 0}, 1);
}

static void every_run_is_a_dot_with_its_exact_value(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    add_row(&fixture);
    add_run(&fixture, 300, 200.5);
    add_run(&fixture, 320, 210);
    cleanup_free char *text = printed(&fixture);
    assert_contains(text, " data-value=\"314572800\"><title>glibc, trial 7: 300.0 MiB<");
    assert_contains(text, " data-value=\"210239488\"><title>glibc, trial 7: 200.5 MiB<");
    assert_contains(text, "trial 8: 210.0 MiB");
    assert_int_equal(elements_count(text, "class=\"mark hollow\""), 2 + 1); /* and the legend's */
    assert_int_equal(elements_count(text, "class=\"mark\""), 2 + 1);
    assert_contains(text, "<title id=\"d-title\">runs</title>\n<desc id=\"d-desc\">of all</desc>");
}

static void a_row_ends_with_its_medians(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    add_row(&fixture);
    add_run(&fixture, 310.24, 204.51);
    cleanup_free char *text = printed(&fixture);
    assert_contains(text, ">310.2 → 204.5</text>");
    assert_contains(text, ">medians, MiB</text>");
    assert_int_equal(elements_count(text, "class=\"median\""), 2);
    assert_int_equal(elements_count(text, "class=\"link\""), 1);
}

static void a_row_has_the_color_and_the_mark_of_its_series(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    add_row(&fixture)->series = 8;
    add_run(&fixture, 300, 200);
    cleanup_free char *text = printed(&fixture);
    assert_contains(text, "<g class=\"runs s1 d0\" data-name=\"glibc\">");
    assert_int_equal(elements_count(text, "m0-3.8l3.6 6.2h-7.2z"), 2); /* triangles: 8 modulo 6 */
}

/* Where the dots of a text stand. */
static size_t read_dots(const char *text, double *x, double *y)
{
    static const char start[] = "<path class=\"mark\" d=\"M";
    size_t count = 0;
    const char *at = strstr(text, "class=\"runs");
    while (at && (at = strstr(at, start))) {
        char *rest = NULL;
        x[count] = strtod(at + strlen(start), &rest);
        y[count++] = strtod(rest, NULL);
        at = rest;
    }
    return count;
}

static void equal_runs_stay_tellable_within_their_row(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    add_row(&fixture);
    for (int i = 0; i < MOST_RUNS; i++) {
        add_run(&fixture, 300, 100);
    }
    cleanup_free char *text = printed(&fixture);
    double x[MOST_RUNS], y[MOST_RUNS];
    assert_int_equal(read_dots(text, x, y), MOST_RUNS);
    for (size_t i = 0; i < MOST_RUNS; i++) {
        assert_true(fabs(y[i] - y[0]) <= 11);
        for (size_t j = 0; j < i; j++) {
            assert_true(x[i] == x[j] && fabs(y[i] - y[j]) > 0.9);
        }
    }
}

static void a_missing_value_has_no_dot_and_no_median(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    add_row(&fixture);
    add_run(&fixture, 300, NAN);
    add_row(&fixture);
    cleanup_free char *text = printed(&fixture);
    assert_contains(text, ">300.0 → –</text>");
    assert_contains(text, ">– → –</text>");
    assert_int_equal(elements_count(text, " data-value="), 2); /* the dot and the median */
    assert_int_equal(elements_count(text, "class=\"median\""), 1);
    assert_lacks(text, "class=\"link\"");
}

static void an_axis_that_does_not_begin_at_0_says_so(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    add_row(&fixture);
    add_run(&fixture, 300, 280);
    cleanup_free char *near = printed(&fixture);
    assert_contains(near, ">MiB (the axis does not begin at 0)</text>");
    add_run(&fixture, 300, 100);
    cleanup_free char *far = printed(&fixture);
    assert_contains(far, ">MiB</text>");
    assert_contains(far, ">0</text>");
}

static void zeros_equal_values_and_nothing_are_pictures(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    add_row(&fixture);
    free(printed(&fixture));
    add_run(&fixture, 0, 0);
    free(printed(&fixture));
    fixture.rows[0].count = 0;
    add_run(&fixture, 77, 77);
    free(printed(&fixture));
}

static void no_text_meets_another_or_leaves_the_picture(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int round = 0; round < 200; round++) {
        struct fixture fixture;
        fixture_init(&fixture);
        for (int i = 0; i < 1 + round % MOST_ROWS; i++) {
            add_row(&fixture);
            for (int j = 0; j < round % MOST_RUNS; j++) {
                random = random * 6364136223846793005 + 1442695040888963407;
                double size = pow(10, (double)(random >> 33 & 0xFFF) / 0x1000 * 7 - 1);
                add_run(&fixture, size, random >> 60 ? size / 2 : NAN);
            }
        }
        free(printed(&fixture));
    }
}

static void hostile_and_long_names_are_inert(void **state)
{
    (void)state;
    char name[10001];
    memset(name, 'm', sizeof name);
    name[10000] = '\0';
    struct fixture fixture;
    fixture_init(&fixture);
    add_row(&fixture)->name = "</text><script>alert(1)</script>";
    add_run(&fixture, 300, 100);
    add_row(&fixture)->name = name;
    add_run(&fixture, 300, 100);
    cleanup_free char *text = printed(&fixture);
    assert_lacks(text, "<script");
    assert_in_range(strlen(text), 500, 8000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stagger_leaves_alone_what_is_apart),
        cmocka_unit_test(stagger_moves_aside_from_the_middle_outwards),
        cmocka_unit_test(every_run_is_a_dot_with_its_exact_value),
        cmocka_unit_test(a_row_ends_with_its_medians),
        cmocka_unit_test(a_row_has_the_color_and_the_mark_of_its_series),
        cmocka_unit_test(equal_runs_stay_tellable_within_their_row),
        cmocka_unit_test(a_missing_value_has_no_dot_and_no_median),
        cmocka_unit_test(an_axis_that_does_not_begin_at_0_says_so),
        cmocka_unit_test(zeros_equal_values_and_nothing_are_pictures),
        cmocka_unit_test(no_text_meets_another_or_leaves_the_picture),
        cmocka_unit_test(hostile_and_long_names_are_inert),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
