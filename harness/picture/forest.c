#include "picture/forest.h"

#include <math.h>
#include <stdlib.h>

#include "picture/logscale.h"
#include "picture/markup.h"
#include "picture/svg.h"

enum {
    NAME_WIDEST = 170,
    WORDS_WIDEST = 300,
    GAP = 14, /* between a name and the plot, and between the plot and the words */
    ROW = 18,
    GROUP_HEAD = 22,
    GROUP_GAP = 6,
    AXIS = 24, /* the texts of an axis; there is one above and one below */
    GROUND = 18,
    NOTE = 18,
    TICK_ROOM = 45,
};

struct layout {
    const struct forest *forest;
    FILE *out;
    double top, bottom, height; /* of the plot; of the picture */
    struct logscale x;
    double ticks[LOGSCALE_MOST];
    size_t tick_count;
};

/* Logarithms that the axis reaches to: both are 0 or beyond. */
struct reach {
    double low, high;
};

static void stretch_reach(struct reach *reach, double ratio)
{
    reach->low = fmin(reach->low, log(ratio));
    reach->high = fmax(reach->high, log(ratio));
}

/* All estimates and bands are on the axis, but not what is so far out that the rest would be a dot;
 * bounds as far as twice as far out as that. */
static struct reach reach_of(const struct forest *forest)
{
    static const double farthest = 128, least = 1.05;
    struct reach reach = {-log(least), log(least)}, bounds = {0, 0};
    for (size_t i = 0; i < forest->count; i++) {
        for (size_t j = 0; j < forest->groups[i].count; j++) {
            const struct forest_row *row = &forest->groups[i].rows[j];
            if (row->is_drawn) {
                stretch_reach(&reach, row->estimate);
                stretch_reach(&reach, row->low_edge);
                stretch_reach(&reach, row->high_edge);
            }
            if (row->is_drawn && row->low > 0 && isfinite(row->high)) {
                stretch_reach(&bounds, row->low);
                stretch_reach(&bounds, row->high);
            }
        }
    }
    double most = 2 * fmax(-reach.low, reach.high);
    reach.low = fmin(reach.low, fmax(bounds.low, -most));
    reach.high = fmax(reach.high, fmin(bounds.high, most));
    return (struct reach){fmax(reach.low, -log(farthest)), fmin(reach.high, log(farthest))};
}

static void scale_plot(struct layout *layout)
{
    static const double air = 0.04, bold = 1.1;
    const struct forest *forest = layout->forest;
    double name = 0, words = 0;
    for (size_t i = 0; i < forest->count; i++) {
        name = fmax(name, bold * svg_text_width(forest->groups[i].name, FRAME_FONT));
        for (size_t j = 0; j < forest->groups[i].count; j++) {
            const struct forest_row *row = &forest->groups[i].rows[j];
            name = fmax(name, svg_text_width(row->name, FRAME_SMALL));
            words = fmax(words, svg_text_width(row->words, FRAME_SMALL));
        }
    }
    struct reach reach = reach_of(forest);
    double more = air * (reach.high - reach.low);
    layout->x = (struct logscale){exp(reach.low - more), exp(reach.high + more),
                                  ceil(fmin(name, NAME_WIDEST)) + GAP,
                                  FRAME_WIDTH - ceil(fmin(words, WORDS_WIDEST)) - GAP};
    double most = fmin(7, floor((layout->x.to - layout->x.from) / TICK_ROOM));
    layout->tick_count = logscale_ticks(&layout->x, (size_t)fmax(3, most), layout->ticks);
}

static double height_of(const struct forest_group *group)
{
    return (group->name[0] ? GROUP_HEAD : 0) + (double)group->count * ROW + GROUP_GAP;
}

static void lay_out(struct layout *layout)
{
    const struct forest *forest = layout->forest;
    scale_plot(layout);
    layout->top = AXIS;
    layout->bottom = layout->top;
    for (size_t i = 0; i < forest->count; i++) {
        layout->bottom += height_of(&forest->groups[i]);
    }
    layout->height = layout->bottom + AXIS + GROUND + (forest->note[0] ? NOTE : 0);
}

/* Above and below, as there may be more rows than fit a screen. */
static void print_axis(const struct layout *layout)
{
    FILE *out = layout->out;
    double one = logscale_place(&layout->x, 1);
    const double ys[] = {layout->top - 9, layout->bottom + 17};
    for (size_t i = 0; i < layout->tick_count; i++) {
        double x = logscale_place(&layout->x, layout->ticks[i]);
        frame_put_line(out, "grid", x, layout->top - 4, x, layout->bottom + 4);
        for (size_t j = 0; j < sizeof ys / sizeof *ys; j++) {
            frame_begin_text(out, "tick x", x, ys[j]);
            markup_put_exact(out, layout->ticks[i]);
            frame_end_text(out);
        }
    }
    frame_put_line(out, "one", one, layout->top - 4, one, layout->bottom + 4);
    double middle = (layout->x.from + layout->x.to) / 2;
    double room = 2 * fmin(middle, FRAME_WIDTH - middle);
    frame_begin_text(out, "tick x", middle, layout->bottom + 34);
    markup_put_cut(out, layout->forest->unit,
                   svg_text_fit(layout->forest->unit, FRAME_SMALL, room));
    frame_end_text(out);
}

static void print_band(const struct layout *layout, const struct forest_row *row, double top,
                       size_t rows)
{
    double from = frame_round(logscale_place(&layout->x, row->low_edge));
    double to = frame_round(logscale_place(&layout->x, row->high_edge));
    if (row->is_drawn && to > from) {
        fputs("<rect class=\"band\"", layout->out);
        frame_put_length(layout->out, "x", from);
        frame_put_length(layout->out, "y", top);
        frame_put_length(layout->out, "width", to - from);
        frame_put_length(layout->out, "height", (double)rows * ROW);
        fputs("/>", layout->out);
    }
}

/* The head of an arrow whose tip is at x; `way` is 1 to the right, -1 to the left. */
static void print_arrow(FILE *out, double x, double y, int way)
{
    fputs("<path class=\"arrow\" d=\"M", out);
    markup_put_exact(out, frame_round(x - 6.0 * way));
    putc(' ', out);
    markup_put_exact(out, frame_round(y - 4));
    fprintf(out, "l%d 4l%d 4z\"/>", 6 * way, -6 * way);
}

/* The upright end of an interval. */
static void put_end(FILE *out, double x, double y)
{
    putc('M', out);
    markup_put_exact(out, frame_round(x));
    putc(' ', out);
    markup_put_exact(out, frame_round(y - 4));
    fputs("v8", out);
}

static void print_interval(const struct layout *layout, const struct forest_row *row, double y)
{
    FILE *out = layout->out;
    const struct logscale *x = &layout->x;
    bool is_low_beyond = row->low<x->low, is_high_beyond = row->high> x->high;
    double from = logscale_place(x, row->low), to = logscale_place(x, row->high);
    fputs("<path class=\"whisker\" d=\"M", out);
    markup_put_exact(out, frame_round(from));
    putc(' ', out);
    markup_put_exact(out, frame_round(y));
    putc('H', out);
    markup_put_exact(out, frame_round(to));
    if (!is_low_beyond) {
        put_end(out, from, y);
    }
    if (!is_high_beyond) {
        put_end(out, to, y);
    }
    fputs("\"/>", out);
    if (is_low_beyond) {
        print_arrow(out, from, y, -1);
    }
    if (is_high_beyond) {
        print_arrow(out, to, y, 1);
    }
}

static void print_estimate(const struct layout *layout, const struct forest_row *row, double y)
{
    enum { SQUARE = 1, DIAMOND = 3 }; /* kinds of marks */
    FILE *out = layout->out;
    double x = logscale_place(&layout->x, row->estimate);
    if (row->estimate < layout->x.low) {
        print_arrow(out, x, y, -1);
    } else if (row->estimate > layout->x.high) {
        print_arrow(out, x, y, 1);
    } else {
        frame_begin_mark(out, "mark", row->is_exact ? DIAMOND : SQUARE, x, y);
        fputs("/>", out);
    }
}

static void print_effect(const struct layout *layout, const struct forest_row *row, double y)
{
    static const char *const tones[] = {
        [FOREST_OPEN] = "open", [FOREST_LESS] = "less", [FOREST_MORE] = "more"};
    FILE *out = layout->out;
    fprintf(out, "<g class=\"effect %s\"", tones[row->tone]);
    markup_put_value(out, "data-value", row->estimate);
    if (row->low > 0 && isfinite(row->high)) {
        markup_put_value(out, "data-low", row->low);
        markup_put_value(out, "data-high", row->high);
    }
    fputs("><title>", out);
    markup_put_cut(out, row->name, MARKUP_NAME);
    fputs(": ", out);
    markup_put_cut(out, row->words, MARKUP_NAME);
    fputs("</title>", out);
    if (!row->is_exact) {
        print_interval(layout, row, y);
    }
    print_estimate(layout, row, y);
    frame_end_group(out);
}

static void print_row(const struct layout *layout, const struct forest_row *row, double top)
{
    FILE *out = layout->out;
    double right = layout->x.from - GAP, words = layout->x.to + GAP, base = top + ROW - 5;
    frame_begin_text(out, "tick y", right, base);
    markup_put_cut(out, row->name, svg_text_fit(row->name, FRAME_SMALL, right));
    frame_end_text(out);
    if (row->is_drawn) {
        print_effect(layout, row, top + ROW / 2.0);
    }
    frame_begin_text(out, "tick words", words, base);
    markup_put_cut(out, row->words, svg_text_fit(row->words, FRAME_SMALL, FRAME_WIDTH - words));
    frame_end_text(out);
}

static double rows_of(const struct forest_group *group, double top)
{
    return top + (group->name[0] ? GROUP_HEAD : 0);
}

static void print_group(const struct layout *layout, const struct forest_group *group, double top)
{
    FILE *out = layout->out;
    if (group->name[0]) {
        frame_begin_text(out, "group", 0, top + FRAME_FONT + 4);
        markup_put_cut(out, group->name,
                       svg_text_fit(group->name, FRAME_FONT, layout->x.from - GAP));
        frame_end_text(out);
    }
    for (size_t i = 0; i < group->count; i++) {
        print_row(layout, &group->rows[i], rows_of(group, top) + (double)i * ROW);
    }
}

static bool have_one_band(const struct forest_row *one, const struct forest_row *other)
{
    return one->is_drawn == other->is_drawn && one->low_edge == other->low_edge &&
           one->high_edge == other->high_edge;
}

/* Below everything else; one for rows that follow each other and have the same. */
static void print_bands(const struct layout *layout)
{
    double top = layout->top;
    for (size_t i = 0; i < layout->forest->count; i++) {
        const struct forest_group *group = &layout->forest->groups[i];
        for (size_t j = 0, next; j < group->count; j = next) {
            for (next = j + 1; next < group->count; next++) {
                if (!have_one_band(&group->rows[j], &group->rows[next])) {
                    break;
                }
            }
            print_band(layout, &group->rows[j], rows_of(group, top) + (double)j * ROW, next - j);
        }
        top += height_of(group);
    }
    putc('\n', layout->out);
}

static void print_note(const struct layout *layout)
{
    const char *note = layout->forest->note;
    if (note[0]) {
        frame_begin_text(layout->out, "tick", 0, layout->height - 6);
        markup_put_cut(layout->out, note, svg_text_fit(note, FRAME_SMALL, FRAME_WIDTH));
        frame_end_text(layout->out);
    }
}

void forest_print(const struct forest *forest, FILE *out)
{
    struct layout layout = {.forest = forest, .out = out};
    lay_out(&layout);
    frame_begin(out, &forest->frame, "chart forest", layout.height);
    print_bands(&layout);
    print_axis(&layout);
    double top = layout.top;
    for (size_t i = 0; i < forest->count; i++) {
        print_group(&layout, &forest->groups[i], top);
        top += height_of(&forest->groups[i]);
    }
    print_note(&layout);
    frame_end(out);
}

void forest_clear(struct forest *forest)
{
    for (size_t i = 0; i < forest->count; i++) {
        struct forest_group *group = &forest->groups[i];
        for (size_t j = 0; j < group->count; j++) {
            free(group->rows[j].name);
            free(group->rows[j].words);
        }
        free(group->rows);
        free(group->name);
    }
    free(forest->groups);
    free(forest->title);
    free(forest->description);
    free(forest->unit);
    free(forest->note);
    *forest = (struct forest){0};
}
