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
#include "measure/metric.h"
#include "picture/bars.h"
#include "picture/svg.h"
#include "tests/support/contains.h"
#include "tests/support/elements.h"

enum { LAYERS = 4, MOST_GROUPS = 12, MOST_BARS = 4, MOST_BOXES = 1024, WIDTH = 720 };

static const struct bars_layer layers[LAYERS] = {
    {"files", "files", BARS_PLAIN},
    {"malloc in use", "in use", BARS_DENSE},
    {"malloc pinned", "pinned", BARS_CROSSED},
    {"unexplained", "unexplained", BARS_DOTTED},
};

static const char *const bar_names[MOST_BARS] = {"highest", "end", "settled", "released"};

struct fixture {
    struct bars bars;
    struct bars_group groups[MOST_GROUPS];
    struct bars_bar items[MOST_GROUPS][MOST_BARS];
    double parts[MOST_GROUPS][MOST_BARS][LAYERS];
};

static void fixture_init(struct fixture *fixture)
{
    *fixture =
        (struct fixture){.bars = {.frame = {.id = "b", .title = "memory", .description = "of two"},
                                  .unit = "MiB",
                                  .size = 100,
                                  .layers = layers,
                                  .layer_count = LAYERS,
                                  .groups = fixture->groups}};
}

static void add_group(struct fixture *fixture, const char *name, const char *note)
{
    struct bars_group *group = &fixture->groups[fixture->bars.count];
    *group = (struct bars_group){name, note, fixture->items[fixture->bars.count], 0};
    fixture->bars.count++;
}

/* To the last group, in units. */
static struct bars_bar *add_bar(struct fixture *fixture, double a, double b, double c, double d)
{
    size_t last = fixture->bars.count - 1;
    struct bars_group *group = &fixture->groups[last];
    struct bars_bar *bar = &group->bars[group->count];
    double *parts = fixture->parts[last][group->count];
    const double units[LAYERS] = {a, b, c, d};
    *bar = (struct bars_bar){.name = bar_names[group->count],
                             .is_known = true,
                             .parts = parts,
                             .mark = METRIC_ABSENT,
                             .mark_name = "peak"};
    for (size_t i = 0; i < LAYERS; i++) {
        parts[i] = units[i] * 100;
        bar->whole += metric_is_absent(parts[i]) ? 0 : parts[i];
    }
    group->count++;
    return bar;
}

static char *printed(const struct fixture *fixture)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    bars_print(&fixture->bars, out);
    fclose(out);
    elements_check(text);
    return text;
}

/* Something drawn. */
struct box {
    double x, y, width, height;
    char class[16], text[80];
    double value; /* data-value, or METRIC_ABSENT */
};

static double attribute(const char *tag, const char *name)
{
    cleanup_free char *start = text_format(" %s=\"", name);
    const char *found = strstr(tag, start), *end = strchr(tag, '>');
    return found && found < end ? strtod(found + strlen(start), NULL) : METRIC_ABSENT;
}

static double font_of(const char *class)
{
    return strcmp(class, "inside") == 0 ? 9 : strcmp(class, "group") == 0 ? 12 : 11;
}

/* A text's class says how it is anchored and how large it is (page.css). */
static void measure_text(struct box *box)
{
    double font = font_of(box->class);
    box->width = svg_text_width(box->text, font);
    bool is_middle = strcmp(box->class, "inside") == 0 || strcmp(box->class, "tick x") == 0;
    box->x -= is_middle ? box->width / 2 : strcmp(box->class, "tick y") == 0 ? box->width : 0;
    box->height = font;
    box->y -= font * 0.8;
}

/* All tags of that name, in their order. */
static size_t find_boxes(const char *svg, const char *tag, struct box *boxes)
{
    size_t count = 0;
    cleanup_free char *start = text_format("<%s ", tag);
    for (const char *at = svg; (at = strstr(at, start)) && count < MOST_BOXES; at++) {
        struct box *box = &boxes[count++];
        *box = (struct box){attribute(at, "x"),
                            attribute(at, "y"),
                            attribute(at, "width"),
                            attribute(at, "height"),
                            "",
                            "",
                            attribute(at, "data-value")};
        const char *class = strstr(at, "class=\"") + 7;
        snprintf(box->class, sizeof box->class, "%.*s", (int)strcspn(class, "\""), class);
        if (strcmp(tag, "text") == 0) {
            const char *text = strchr(at, '>') + 1;
            snprintf(box->text, sizeof box->text, "%.*s", (int)strcspn(text, "<"), text);
            measure_text(box);
        }
    }
    return count;
}

static double height_of(const char *svg)
{
    const char *box = strstr(svg, "viewBox=\"0 0 720 ");
    assert_non_null(box);
    return strtod(box + strlen("viewBox=\"0 0 720 "), NULL);
}

static bool do_overlap(const struct box *a, const struct box *b)
{
    static const double hair = 0.11;
    return a->x + hair < b->x + b->width && b->x + hair < a->x + a->width &&
           a->y + hair < b->y + b->height && b->y + hair < a->y + a->height;
}

/* No mark is outside of the picture, or runs through a text. */
static void check_marks(const char *svg, const struct box *texts, size_t text_count)
{
    static const char start[] = "<path class=\"peak\" d=\"M";
    for (const char *at = svg; (at = strstr(at, start)); at++) {
        char *rest = NULL;
        double x = strtod(at + strlen(start), &rest), y = strtod(rest, NULL);
        const struct box mark = {.x = x - 0.5, .y = y, .width = 1, .height = 17};
        assert_true(x >= 0 && x <= WIDTH);
        for (size_t i = 0; i < text_count; i++) {
            bool is_behind = strcmp(texts[i].class, "tick") == 0;
            if (is_behind && do_overlap(&texts[i], &mark)) {
                fail_msg("a mark runs through '%s'", texts[i].text);
            }
        }
    }
}

/* Nothing is outside the picture, and no text is over another one or, but for a label that is
 * wholly in it, over a box. */
static void check_layout(const char *svg)
{
    cleanup_free struct box *texts = text_allocate(MOST_BOXES * sizeof *texts);
    cleanup_free struct box *rects = text_allocate(MOST_BOXES * sizeof *rects);
    size_t text_count = find_boxes(svg, "text", texts), rect_count = find_boxes(svg, "rect", rects);
    double height = height_of(svg);
    for (size_t i = 0; i < text_count + rect_count; i++) {
        const struct box *box = i < text_count ? &texts[i] : &rects[i - text_count];
        if (box->x < -0.1 || box->x + box->width > WIDTH + 0.1 || box->y < 0 ||
            box->y + box->height > height) {
            fail_msg("%s '%s' is outside: %g %g %g %g", box->class, box->text, box->x, box->y,
                     box->width, box->height);
        }
    }
    check_marks(svg, texts, text_count);
    for (size_t i = 0; i < text_count; i++) {
        bool is_inside = strcmp(texts[i].class, "inside") == 0;
        size_t holders = 0;
        for (size_t j = 0; j < i; j++) {
            if (do_overlap(&texts[i], &texts[j])) {
                fail_msg("'%s' is over '%s'", texts[i].text, texts[j].text);
            }
        }
        for (size_t j = 0; j < rect_count; j++) {
            holders += do_overlap(&texts[i], &rects[j]);
        }
        if (holders != is_inside) {
            fail_msg("'%s' is over %zu boxes", texts[i].text, holders);
        }
    }
}

static void bars_stack_puts_each_part_on_the_former(void **state)
{
    (void)state;
    struct bars_stretch stretches[LAYERS];
    const double parts[LAYERS] = {30, METRIC_ABSENT, 0, 20};
    struct bars_bar bar = {.parts = parts, .whole = 50};
    assert_int_equal(bars_stack(&bar, LAYERS, stretches), 2);
    assert_true(stretches[0].layer == 0 && stretches[0].from == 0 && stretches[0].to == 30);
    assert_true(stretches[1].layer == 3 && stretches[1].from == 30 && stretches[1].to == 50);
    assert_false(stretches[0].is_negative || stretches[1].is_negative);
}

static void bars_stack_lays_what_is_negative_over_the_end(void **state)
{
    (void)state;
    struct bars_stretch stretches[LAYERS];
    const double parts[LAYERS] = {30, 40, 0, -20};
    struct bars_bar bar = {.parts = parts, .whole = 50};
    assert_int_equal(bars_stack(&bar, LAYERS, stretches), 3);
    assert_true(stretches[1].from == 30 && stretches[1].to == 70);
    assert_true(stretches[2].layer == 3 && stretches[2].is_negative);
    assert_true(stretches[2].from == bar.whole && stretches[2].to == 70);
}

/* On one scale, and without gaps between the parts. */
static void widths_sum_to_the_whole_within_a_pixel(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    double wholes[MOST_GROUPS] = {0};
    for (size_t i = 0; i < MOST_GROUPS; i++) {
        double size = 0.37 * (double)(i + 1);
        add_group(&fixture, "glibc", "");
        wholes[i] = add_bar(&fixture, size, size * 0.003, size / 3, size * 1.7)->whole;
    }
    cleanup_free char *svg = printed(&fixture);
    cleanup_free struct box *rects = text_allocate(MOST_BOXES * sizeof *rects);
    size_t count = find_boxes(svg, "rect", rects);
    assert_int_equal(count, LAYERS + MOST_GROUPS * LAYERS); /* the first: of the legend */
    double largest = 0;
    for (size_t i = MOST_GROUPS; i-- > 0;) {
        const struct box *first = &rects[LAYERS + i * LAYERS], *last = first + LAYERS - 1;
        double width = 0;
        for (const struct box *box = first; box <= last; box++) {
            width += box->width;
            assert_true(box == last || fabs(box->x + box->width - box[1].x) < 0.01);
            assert_true(box->y == first->y);
        }
        largest = i == MOST_GROUPS - 1 ? width : largest;
        assert_true(largest > 500);
        assert_true(fabs(width - largest * wholes[i] / wholes[MOST_GROUPS - 1]) < 1);
        assert_true(first->x == rects[LAYERS].x);
    }
}

static void figures_carry_their_exact_values(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    add_group(&fixture, "glibc", "");
    add_bar(&fixture, 12.34, 0, 1, METRIC_ABSENT)->mark = 1500;
    cleanup_free char *svg = printed(&fixture);
    assert_contains(svg, " data-value=\"1234\"><title>files: 12.3 MiB</title>");
    assert_contains(svg, " data-value=\"100\"><title>malloc pinned: 1.0 MiB</title>");
    assert_contains(svg, " data-value=\"1500\"><title>peak: 15.0 MiB</title>");
    assert_contains(svg, " data-value=\"1334\">13.3 (peak 15.0)</text>");
}

/* In a page of many bars textures that nobody sees would be a third of it. */
static void what_is_too_narrow_to_show_it_has_no_texture(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    add_group(&fixture, "glibc", "");
    add_bar(&fixture, 1000, 0, 1, METRIC_ABSENT);
    cleanup_free char *narrow = printed(&fixture);
    fixture_init(&fixture);
    add_group(&fixture, "glibc", "");
    add_bar(&fixture, 1000, 0, 500, METRIC_ABSENT);
    cleanup_free char *wide = printed(&fixture);
    size_t textures = elements_count(wide, "class=\"texture\"");
    assert_true(textures > elements_count(narrow, "class=\"texture\""));
}

static void the_legend_names_only_what_is_there(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    add_group(&fixture, "glibc", "");
    add_bar(&fixture, 3, 0, 2, METRIC_ABSENT);
    cleanup_free char *svg = printed(&fixture);
    assert_contains(svg, ">files</text>");
    assert_contains(svg, ">malloc pinned</text>");
    assert_lacks(svg, ">malloc in use</text>");
    assert_lacks(svg, ">unexplained</text>");
}

static void a_long_legend_is_wrapped(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    struct bars_layer many[BARS_LAYERS];
    double parts[BARS_LAYERS];
    for (size_t i = 0; i < BARS_LAYERS; i++) {
        many[i] = (struct bars_layer){"malloc, which is not split", "m", BARS_DASHED};
        parts[i] = 100;
    }
    fixture.bars.layers = many;
    fixture.bars.layer_count = BARS_LAYERS;
    add_group(&fixture, "glibc", "");
    struct bars_bar *bar = add_bar(&fixture, 1, 1, 1, 1);
    bar->parts = parts;
    bar->whole = BARS_LAYERS * 100;
    cleanup_free char *svg = printed(&fixture);
    assert_int_equal(elements_count(svg, ">malloc, which is not split</text>"), BARS_LAYERS);
    check_layout(svg);
}

static void labels_stand_only_where_there_is_room(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    add_group(&fixture, "glibc", "");
    add_bar(&fixture, 100, 0.5, 100, 0);
    cleanup_free char *svg = printed(&fixture);
    assert_contains(svg, "<text class=\"inside\"");
    assert_contains(svg, ">pinned</text>");
    assert_lacks(svg, ">in use</text>");
    check_layout(svg);
}

static void what_is_negative_is_drawn_and_named(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    add_group(&fixture, "glibc", "");
    add_bar(&fixture, 50, 50, 0, -2.5);
    cleanup_free char *svg = printed(&fixture);
    assert_contains(svg, ">97.5 (unexplained −2.5)</text>");
    assert_contains(svg, "data-value=\"-250\"><title>unexplained: −2.5 MiB");
    cleanup_free struct box *rects = text_allocate(MOST_BOXES * sizeof *rects);
    size_t count = find_boxes(svg, "rect", rects);
    const struct box *in_use = &rects[count - 2], *unexplained = &rects[count - 1];
    assert_true(fabs(unexplained->x + unexplained->width - in_use->x - in_use->width) < 0.11);
    check_layout(svg);
}

static void a_mark_is_named_where_it_is_not_at_the_whole(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    add_group(&fixture, "glibc", "");
    add_bar(&fixture, 50, 50, 0, 0)->mark = 10004; /* 100.04, which reads as 100.0 */
    add_bar(&fixture, 50, 50, 0, -2)->mark = 12000;
    cleanup_free char *svg = printed(&fixture);
    assert_contains(svg, ">100.0</text>");
    assert_contains(svg, ">98.0 (unexplained −2.0, peak 120.0)</text>");
    assert_int_equal(elements_count(svg, "<path class=\"peak\""), 2);
    check_layout(svg);
}

static void a_bar_that_was_not_read_says_so(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    add_group(&fixture, "glibc", "");
    add_bar(&fixture, 5, 5, 5, 5);
    add_bar(&fixture, 900, 5, 5, 5)->is_known = false;
    cleanup_free char *svg = printed(&fixture);
    assert_int_equal(elements_count(svg, ">not read</text>"), 1);
    assert_lacks(svg, "90000");
    check_layout(svg);
}

static void bars_of_nothing_are_a_picture(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    add_group(&fixture, "glibc", "");
    add_bar(&fixture, 0, 0, 0, 0);
    add_bar(&fixture, 0, 0, 0, 0)->is_known = false;
    cleanup_free char *svg = printed(&fixture);
    assert_lacks(svg, "nan");
    assert_lacks(svg, "inf");
    check_layout(svg);
}

/* Sizes over four powers of ten, each part large, small, absent or negative; marks near and far. */
static void no_text_meets_another_or_leaves_the_picture(void **state)
{
    (void)state;
    static const char longest[] = "a name that is longer than half of the picture is wide, written "
                                  "by somebody who likes names";
    static const char *const names[] = {"glibc", "tcmalloc-aggressive", longest};
    uint64_t random = 1;
    for (int round = 0; round < 200; round++) {
        struct fixture fixture;
        fixture_init(&fixture);
        for (size_t i = 0; i < 1 + (size_t)round % MOST_GROUPS; i++) {
            add_group(&fixture, names[i % 3],
                      i % 2
                          ? "highest: a-phase-with-a-very-long-name-as-they-may-have-in-real-life "
                            "12 #3, 12.3 MiB below the peak"
                          : "highest: end, at the peak");
            for (size_t j = 0; j < MOST_BARS; j++) {
                double parts[LAYERS];
                for (size_t k = 0; k < LAYERS; k++) {
                    random = random * 6364136223846793005 + 1442695040888963407;
                    parts[k] = pow(10, (double)(random >> 33 & 0xFFF) / 0x1000 * 4 - 1);
                }
                parts[1] = random >> 50 & 1 ? parts[1] : METRIC_ABSENT;
                parts[3] = random >> 51 & 1 ? parts[3] : -fmin(parts[3], parts[0]) / 2;
                struct bars_bar *bar = add_bar(&fixture, parts[0], parts[1], parts[2], parts[3]);
                bar->mark =
                    j == 0 ? bar->whole * (1 + (double)(random >> 40 & 3) / 4) : METRIC_ABSENT;
                bar->is_known = (random >> 52 & 7) > 0;
            }
        }
        cleanup_free char *svg = printed(&fixture);
        check_layout(svg);
    }
}

static void hostile_names_are_inert(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    add_group(&fixture, "</text><script>alert(1)</script>", "\"><img src=x>");
    add_bar(&fixture, 1, 2, 3, 4);
    cleanup_free char *svg = printed(&fixture);
    assert_lacks(svg, "<script");
    assert_lacks(svg, "<img");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_stack_puts_each_part_on_the_former),
        cmocka_unit_test(bars_stack_lays_what_is_negative_over_the_end),
        cmocka_unit_test(widths_sum_to_the_whole_within_a_pixel),
        cmocka_unit_test(figures_carry_their_exact_values),
        cmocka_unit_test(what_is_too_narrow_to_show_it_has_no_texture),
        cmocka_unit_test(the_legend_names_only_what_is_there),
        cmocka_unit_test(a_long_legend_is_wrapped),
        cmocka_unit_test(labels_stand_only_where_there_is_room),
        cmocka_unit_test(what_is_negative_is_drawn_and_named),
        cmocka_unit_test(a_mark_is_named_where_it_is_not_at_the_whole),
        cmocka_unit_test(a_bar_that_was_not_read_says_so),
        cmocka_unit_test(bars_of_nothing_are_a_picture),
        cmocka_unit_test(no_text_meets_another_or_leaves_the_picture),
        cmocka_unit_test(hostile_names_are_inert),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
