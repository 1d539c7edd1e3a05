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
#include "picture/forest.h"
#include "tests/support/contains.h"
#include "tests/support/elements.h"
#include "tests/support/labels.h"

static void add_group(struct forest *forest, const char *name)
{
    forest->groups = text_grow(forest->groups, forest->count + 1, sizeof *forest->groups);
    forest->groups[forest->count++] = (struct forest_group){.name = text_copy(name)};
}

/* To the last group; a name of NULL is "tcmalloc". */
static struct forest_row *add_row(struct forest *forest, const char *name, double estimate,
                                  double low, double high)
{
    struct forest_group *group = &forest->groups[forest->count - 1];
    group->rows = text_grow(group->rows, group->count + 1, sizeof *group->rows);
    struct forest_row *row = &group->rows[group->count++];
    *row = (struct forest_row){.name = text_copy(name ? name : "tcmalloc"),
                               .words = text_copy("0.62 [0.61, 0.64] ↓ better"),
                               .is_drawn = true,
                               .estimate = estimate,
                               .low = low,
                               .high = high,
                               .low_edge = 1 / 1.03,
                               .high_edge = 1.03};
    return row;
}

static struct forest make_forest(void)
{
    struct forest forest = {.title = text_copy("ratios"),
                            .description = text_copy("of all"),
                            .unit = text_copy("ratio to glibc"),
                            .note = text_copy("")};
    forest.frame =
        (struct frame){.id = "f", .title = forest.title, .description = forest.description};
    add_group(&forest, "settled.anon");
    return forest;
}

/* The forest is cleared. */
static char *printed(struct forest *forest)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    forest_print(forest, out);
    fclose(out);
    forest_clear(forest);
    elements_check(text);
    labels_check(text);
    assert_lacks(text, "\"nan");
    assert_lacks(text, "inf");
    return text;
}

static void a_row_has_its_name_its_effect_and_its_words(void **state)
{
    (void)state;
    struct forest forest = make_forest();
    add_row(&forest, NULL, 0.625, 0.5, 0.75)->tone = FOREST_LESS;
    cleanup_free char *text = printed(&forest);
    assert_contains(text, ">settled.anon</text>");
    assert_contains(text, ">tcmalloc</text>");
    assert_contains(text, "<g class=\"effect less\" data-value=\"0.625\" data-low=\"0.5\" "
                          "data-high=\"0.75\"><title>tcmalloc: 0.62 [0.61, 0.64] ↓ better<");
    assert_contains(text, ">0.62 [0.61, 0.64] ↓ better</text>");
    assert_contains(text, ">ratio to glibc</text>");
    assert_contains(text,
                    "<title id=\"f-title\">ratios</title>\n<desc id=\"f-desc\">of all</desc>");
    assert_int_equal(elements_count(text, "class=\"whisker\""), 1);
    assert_int_equal(elements_count(text, "v8"), 2); /* its ends */
    assert_int_equal(elements_count(text, "class=\"one\""), 1);
    assert_lacks(text, "class=\"arrow\"");
}

/* The number behind the first `before`. */
static double number_behind(const char *text, const char *before)
{
    const char *found = strstr(text, before);
    assert_non_null(found);
    return strtod(found + strlen(before), NULL);
}

static void half_and_double_lie_equally_far_from_the_line_at_1(void **state)
{
    (void)state;
    struct forest forest = make_forest();
    add_row(&forest, NULL, 0.5, 0.5, 0.5)->is_exact = true;
    add_row(&forest, NULL, 2, 2, 2)->is_exact = true;
    cleanup_free char *text = printed(&forest);
    const char *first = strstr(text, "class=\"mark\"");
    assert_non_null(first);
    double one = number_behind(text, "class=\"one\" d=\"M");
    double half = number_behind(first, "d=\"M"),
           twice = number_behind(first + 1, "class=\"mark\" d=\"M");
    assert_true(half < one - 50);
    assert_true(fabs((one - half) - (twice - one)) < 0.3);
}

static void what_is_exact_is_a_diamond_without_an_interval(void **state)
{
    (void)state;
    struct forest forest = make_forest();
    add_row(&forest, NULL, 0.5, 0.5, 0.5)->is_exact = true;
    cleanup_free char *text = printed(&forest);
    assert_contains(text, "m0-4l4 4l-4 4l-4-4z");
    assert_lacks(text, "class=\"whisker\"");
}

static void a_bound_beyond_the_axis_is_an_arrow(void **state)
{
    (void)state;
    struct forest forest = make_forest();
    add_row(&forest, NULL, 1.1, 0, INFINITY);
    cleanup_free char *none = printed(&forest);
    assert_int_equal(elements_count(none, "class=\"arrow\""), 2);
    assert_lacks(none, "data-low");
    assert_lacks(none, "data-high");
    forest = make_forest();
    add_row(&forest, NULL, 1.1, 1.05, 4000);
    cleanup_free char *far = printed(&forest);
    assert_int_equal(elements_count(far, "class=\"arrow\""), 1);
    assert_contains(far, "data-high=\"4000\"");
}

static void an_estimate_far_out_is_an_arrow_and_leaves_the_others_readable(void **state)
{
    (void)state;
    struct forest forest = make_forest();
    add_row(&forest, NULL, 5000, 4000, 6000);
    add_row(&forest, NULL, 0.5, 0.4, 0.6);
    cleanup_free char *text = printed(&forest);
    assert_contains(text, "data-value=\"5000\"");
    assert_int_equal(elements_count(text, "class=\"mark\""), 1);
    double one = number_behind(text, "class=\"one\" d=\"M");
    assert_true(one - number_behind(text, "class=\"mark\" d=\"M") > 30);
}

static void bands_differ_by_row(void **state)
{
    (void)state;
    struct forest forest = make_forest();
    add_row(&forest, NULL, 1, 0.99, 1.01);
    add_row(&forest, NULL, 1, 0.99, 1.01);
    struct forest_row *time = add_row(&forest, NULL, 1, 0.99, 1.01);
    time->low_edge = 1 / 1.1;
    time->high_edge = 1.1;
    struct forest_row *objects = add_row(&forest, NULL, 1, 0.99, 1.01);
    objects->low_edge = objects->high_edge = 1;
    cleanup_free char *text = printed(&forest);
    assert_int_equal(elements_count(text, "<rect class=\"band\""), 2);
    const char *first = strstr(text, "class=\"band\"");
    double narrow = number_behind(first, " width=\""),
           wide = number_behind(strstr(first + 1, "class=\"band\""), " width=\"");
    assert_true(number_behind(first, " height=\"") == 36); /* of two rows */
    assert_true(fabs(wide / narrow - log(1.1) / log(1.03)) < 0.02);
}

static void what_cannot_be_drawn_has_words_only(void **state)
{
    (void)state;
    struct forest forest = make_forest();
    struct forest_row *row = add_row(&forest, NULL, NAN, NAN, NAN);
    row->is_drawn = false;
    free(row->words);
    row->words = text_copy("! not measured: no trial was ok");
    cleanup_free char *text = printed(&forest);
    assert_contains(text, ">! not measured: no trial was ok</text>");
    assert_lacks(text, "class=\"effect");
    assert_lacks(text, "class=\"band\"");
}

static void a_note_stands_below(void **state)
{
    (void)state;
    struct forest forest = make_forest();
    add_row(&forest, NULL, 1, 0.9, 1.1);
    free(forest.note);
    forest.note = text_copy("3 more are left out.");
    cleanup_free char *text = printed(&forest);
    assert_contains(text, ">3 more are left out.</text>");
}

static void a_file_of_its_own_carries_its_style(void **state)
{
    (void)state;
    struct forest forest = make_forest();
    add_row(&forest, NULL, 1, 0.9, 1.1);
    forest.frame.is_file = true;
    cleanup_free char *text = printed(&forest);
    assert_contains(text, "xmlns=\"http://www.w3.org/2000/svg\"");
    assert_contains(text, ".band { fill:");
}

static void no_text_meets_another_or_leaves_the_picture(void **state)
{
    (void)state;
    static const char *const words[] = {
        "12345.0000 [12345.0000, 12345.0000] ? unknown (after Holm)", "1.0 exactly = same",
        "! not measured: there is no trial of 'tcmalloc-aggressive' that was ok in this run"};
    static const char *const names[] = {
        "a workload with a long name (articles=9, requests=20000), tcmalloc-aggressive", "glibc"};
    uint64_t random = 1;
    for (int round = 0; round < 200; round++) {
        struct forest forest = make_forest();
        for (int i = 0; i < round % 12; i++) {
            random = random * 6364136223846793005 + 1442695040888963407;
            double power = ((double)(random >> 33 & 0xFFF) / 0x1000 - 0.5) * (round % 7);
            double estimate = pow(10, power), wide = 1 + (double)(random >> 50 & 0xF);
            struct forest_row *row =
                add_row(&forest, names[random >> 63], estimate, estimate / wide, estimate * wide);
            free(row->words);
            row->words = text_copy(words[i % 3]);
            row->is_drawn = i % 3 < 2;
            if (i % 5 == 4) {
                add_group(&forest, i % 2 ? "end.cpu_seconds"
                                         : "a figure with a name as long as a"
                                           " whole picture is wide, or wider");
            }
        }
        free(printed(&forest));
    }
}

static void hostile_names_are_inert(void **state)
{
    (void)state;
    struct forest forest = make_forest();
    struct forest_row *row = add_row(&forest, "</text><script>alert(1)</script>", 1, 0.9, 1.1);
    free(row->words);
    row->words = text_copy("\"><img src=x>\x1b\xff");
    cleanup_free char *text = printed(&forest);
    assert_lacks(text, "<script");
    assert_lacks(text, "<img");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_has_its_name_its_effect_and_its_words),
        cmocka_unit_test(half_and_double_lie_equally_far_from_the_line_at_1),
        cmocka_unit_test(what_is_exact_is_a_diamond_without_an_interval),
        cmocka_unit_test(a_bound_beyond_the_axis_is_an_arrow),
        cmocka_unit_test(an_estimate_far_out_is_an_arrow_and_leaves_the_others_readable),
        cmocka_unit_test(bands_differ_by_row),
        cmocka_unit_test(what_cannot_be_drawn_has_words_only),
        cmocka_unit_test(a_note_stands_below),
        cmocka_unit_test(a_file_of_its_own_carries_its_style),
        cmocka_unit_test(no_text_meets_another_or_leaves_the_picture),
        cmocka_unit_test(hostile_names_are_inert),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
