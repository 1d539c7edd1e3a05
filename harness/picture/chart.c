#include "picture/chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "picture/markup.h"

enum {
    LEFT = 56,
    PLOT_HEIGHT = 250,
    BOTTOM = 38,
    LABEL_HEIGHT = 15,
    LABEL_GAP = 34, /* from the plot to the text of a label: a leader and a swatch */
    LABEL_WIDEST = 170,
    FLAG_ROWS = 8,
    FLAG_HEIGHT = 15,
    FLAG_TEXT = 12, /* from a pole to the name of its moment */
    FLAG_GAP = 6,   /* from that name to the next pole */
    FLAG_WIDEST = 110,
};

/* A moment of all lines that have it. Its index is the kind of its mark. */
struct stage {
    const char *name;
    double first; /* when the first line came to it */
};

struct layout {
    const struct chart *chart;
    FILE *out;
    double top, bottom, right; /* of the plot */
    double height;             /* of the picture */
    struct svg_scale x, y;
    struct svg_ticks x_ticks, y_ticks; /* y in units */
    struct stage *stages;
    struct svg_flag *flags;
    size_t stage_count;
};

static void add_moment(struct layout *layout, const struct chart_moment *moment)
{
    size_t i = 0;
    while (i < layout->stage_count && strcmp(layout->stages[i].name, moment->name) != 0) {
        i++;
    }
    if (i == layout->stage_count) {
        layout->stages = text_grow(layout->stages, i + 1, sizeof *layout->stages);
        layout->stages[layout->stage_count++] = (struct stage){moment->name, moment->x};
    }
    struct stage *stage = &layout->stages[i];
    stage->first = fmin(stage->first, moment->x);
}

static int compare_stages(const void *a, const void *b)
{
    const struct stage *x = a, *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

/* The widest label decides where the plot ends, and what a moment at its end is called. */
static double right_of(const struct layout *layout)
{
    const struct chart *chart = layout->chart;
    double label = 0, flag = 0;
    for (size_t i = 0; i < chart->count; i++) {
        label = fmax(label, svg_text_width(chart->lines[i].name, FRAME_FONT));
    }
    for (size_t i = 0; i < layout->stage_count; i++) {
        flag = fmax(flag, svg_text_width(layout->stages[i].name, FRAME_SMALL) + FLAG_TEXT);
    }
    double room = fmax(LABEL_GAP + fmin(label, LABEL_WIDEST), fmin(flag, FLAG_WIDEST));
    return FRAME_WIDTH - ceil(room);
}

/* Of a moment's name: what of it there is room for right of its pole. */
static size_t flag_fit(const struct stage *stage, double x)
{
    return svg_text_fit(stage->name, FRAME_SMALL, FRAME_WIDTH - x - FLAG_TEXT);
}

static struct svg_ticks ticks_of_x(const struct chart *chart, double longest)
{
    struct svg_ticks ticks = svg_ticks(chart->x_first, longest, 9);
    if (chart->is_whole && ticks.step < 1) {
        double first = ceil(chart->x_first);
        ticks = (struct svg_ticks){
            .first = first, .step = 1, .count = (size_t)(floor(longest) - first) + 1};
    }
    return ticks;
}

static void scale_axes(struct layout *layout)
{
    static const double air = 1.04; /* between the highest point and the top */
    double first = layout->chart->x_first, longest = first, highest = 0;
    for (size_t i = 0; i < layout->chart->count; i++) {
        const struct chart_line *line = &layout->chart->lines[i];
        for (size_t j = 0; j < line->count; j++) {
            longest = fmax(longest, line->points[j].x);
            highest = fmax(highest, line->points[j].y);
        }
        for (size_t j = 0; j < line->moment_count; j++) {
            longest = fmax(longest, line->moments[j].x);
            highest = fmax(highest, line->moments[j].y);
        }
    }
    longest = longest > first ? longest : first + 1;
    highest = highest > 0 ? highest * air : layout->chart->y_size;
    layout->x = (struct svg_scale){first, longest, LEFT, layout->right};
    layout->y = (struct svg_scale){0, highest, 0, 0};
    layout->x_ticks = ticks_of_x(layout->chart, longest);
    layout->y_ticks = svg_ticks(0, highest / layout->chart->y_size, 7);
}

/* The rows above the plot that names of moments take. */
static int raise_flags(struct layout *layout)
{
    int rows = 0;
    layout->flags = text_allocate((layout->stage_count + 1) * sizeof *layout->flags);
    for (size_t i = 0; i < layout->stage_count; i++) {
        const struct stage *stage = &layout->stages[i];
        double x = svg_place(&layout->x, stage->first);
        double width = FLAG_TEXT + svg_text_width(stage->name, FRAME_SMALL) + FLAG_GAP;
        layout->flags[i] = (struct svg_flag){.x = x, .width = fmin(width, FRAME_WIDTH - x)};
    }
    svg_raise(layout->flags, layout->stage_count, FLAG_ROWS);
    for (size_t i = 0; i < layout->stage_count; i++) {
        rows = layout->flags[i].row >= rows ? layout->flags[i].row + 1 : rows;
    }
    return rows;
}

static void lay_out(struct layout *layout)
{
    const struct chart *chart = layout->chart;
    for (size_t i = 0; i < chart->count; i++) {
        for (size_t j = 0; j < chart->lines[i].moment_count; j++) {
            add_moment(layout, &chart->lines[i].moments[j]);
        }
    }
    if (layout->stage_count > 0) {
        qsort(layout->stages, layout->stage_count, sizeof *layout->stages, compare_stages);
    }
    layout->right = right_of(layout);
    scale_axes(layout);
    layout->top = 24 + raise_flags(layout) * FLAG_HEIGHT;
    double labels = (double)chart->count * LABEL_HEIGHT;
    layout->bottom = layout->top + fmax(PLOT_HEIGHT, labels);
    layout->height = layout->bottom + BOTTOM;
    layout->y.from = layout->bottom;
    layout->y.to = layout->top;
}

static void print_axes(const struct layout *layout)
{
    FILE *out = layout->out;
    for (size_t i = 0; i < layout->y_ticks.count; i++) {
        double value = svg_tick(&layout->y_ticks, i);
        double y = svg_place(&layout->y, value * layout->chart->y_size);
        frame_put_line(out, "grid", LEFT, y, layout->right, y);
        frame_begin_text(out, "tick y", LEFT - 8, y + 4);
        markup_put_number(out, value, layout->y_ticks.decimals);
        frame_end_text(out);
    }
    for (size_t i = 0; i < layout->x_ticks.count; i++) {
        double value = svg_tick(&layout->x_ticks, i), x = svg_place(&layout->x, value);
        frame_put_line(out, "axis", x, layout->bottom, x, layout->bottom + 5);
        frame_begin_text(out, "tick x", x, layout->bottom + 19);
        markup_put_number(out, value, layout->x_ticks.decimals);
        frame_end_text(out);
    }
    frame_put_line(out, "axis", LEFT, layout->bottom, layout->right, layout->bottom);
    frame_begin_text(out, "tick y", LEFT - 8, layout->top - 10);
    markup_put_text(out, layout->chart->y_unit);
    frame_end_text(out);
    frame_begin_text(out, "tick x", (LEFT + layout->right) / 2, layout->bottom + 34);
    markup_put_text(out, layout->chart->x_unit);
    frame_end_text(out);
}

static void print_stage(const struct layout *layout, size_t index)
{
    enum { MARK = 6 }; /* right of the pole */
    FILE *out = layout->out;
    const struct stage *stage = &layout->stages[index];
    const struct svg_flag *flag = &layout->flags[index];
    double first = svg_place(&layout->x, stage->first);
    if (flag->row < 0) {
        frame_put_line(out, "pole", first, layout->top - 4, first, layout->bottom);
        putc('\n', out);
        return;
    }
    double base = 16 + flag->row * FLAG_HEIGHT;
    frame_put_line(out, "pole", first, base - 10, first, layout->bottom);
    frame_begin_mark(out, "mark", index, first + MARK, base - 4);
    fputs("/>", out);
    frame_begin_text(out, "flag", first + FLAG_TEXT, base);
    markup_put_cut(out, stage->name, flag_fit(stage, first));
    frame_end_text(out);
}

static size_t kind_of(const struct layout *layout, const struct chart_moment *moment)
{
    size_t kind = 0;
    while (kind < layout->stage_count && strcmp(layout->stages[kind].name, moment->name) != 0) {
        kind++;
    }
    return kind;
}

static void print_moment(const struct layout *layout, const struct chart_line *line,
                         const struct chart_moment *moment)
{
    FILE *out = layout->out;
    frame_begin_mark(out, "mark", kind_of(layout, moment), svg_place(&layout->x, moment->x),
                     svg_place(&layout->y, moment->y));
    markup_put_value(out, "data-seconds", moment->x);
    markup_put_value(out, "data-value", moment->y);
    fputs("><title>", out);
    markup_put_cut(out, line->name, MARKUP_NAME);
    fputs(", ", out);
    markup_put_text(out, moment->name);
    fputs(": ", out);
    markup_put_number(out, moment->y / layout->chart->y_size, 1);
    fprintf(out, " %s, ", layout->chart->y_unit);
    markup_put_number(out, moment->x, 2);
    fprintf(out, " %s</title></path>\n", layout->chart->x_unit);
}

/* A point that has no name but the number that it stands at. */
static void print_mark(const struct layout *layout, const struct chart_line *line,
                       const struct svg_point *point)
{
    FILE *out = layout->out;
    frame_begin_mark(out, "mark", line->series, svg_place(&layout->x, point->x),
                     svg_place(&layout->y, point->y));
    markup_put_value(out, "data-value", point->y);
    fputs("><title>", out);
    markup_put_cut(out, line->name, MARKUP_NAME);
    fprintf(out, ", %s ", layout->chart->x_unit);
    markup_put_exact(out, point->x);
    fputs(": ", out);
    markup_put_number(out, point->y / layout->chart->y_size, 1);
    fprintf(out, " %s</title></path>\n", layout->chart->y_unit);
}

static void print_line(const struct layout *layout, size_t index)
{
    const struct chart_line *line = &layout->chart->lines[index];
    size_t most = layout->chart->most_points;
    cleanup_free struct svg_point *thinned = text_allocate(most * sizeof *thinned);
    size_t count = svg_thin(line->points, line->count, most, thinned);
    frame_begin_series(layout->out, "line", line->series, line->name);
    fputs("<path d=\"", layout->out);
    svg_put_path(layout->out, thinned, count, &layout->x, &layout->y);
    fputs("\"/>\n", layout->out);
    for (size_t i = 0; i < count && layout->chart->has_marks; i++) {
        print_mark(layout, line, &thinned[i]);
    }
    for (size_t i = 0; i < line->moment_count; i++) {
        print_moment(layout, line, &line->moments[i]);
    }
    frame_end_group(layout->out);
}

/* From the end of the line to its name, with a piece of the line in front of the name. */
static void print_label(const struct layout *layout, size_t index, double centre)
{
    FILE *out = layout->out;
    const struct chart_line *line = &layout->chart->lines[index];
    const struct svg_point *last = &line->points[line->count - 1];
    double x = svg_place(&layout->x, last->x), y = svg_place(&layout->y, last->y);
    double text = layout->right + LABEL_GAP;
    frame_begin_series(out, "line", line->series, line->name);
    frame_put_line(out, "leader", x, y, text - 26, centre);
    frame_put_line(out, "swatch", text - 26, centre, text - 6, centre);
    if (layout->chart->has_marks) {
        frame_begin_mark(out, "mark", line->series, text - 16, centre);
        fputs("/>", out);
    }
    frame_begin_text(out, "label", text, centre + 4);
    markup_put_cut(out, line->name, svg_text_fit(line->name, FRAME_FONT, FRAME_WIDTH - text));
    frame_end_text(out);
    frame_end_group(out);
}

static void print_labels(const struct layout *layout)
{
    const struct chart *chart = layout->chart;
    cleanup_free double *centres = text_allocate(chart->count * sizeof *centres);
    for (size_t i = 0; i < chart->count; i++) {
        const struct chart_line *line = &chart->lines[i];
        centres[i] = svg_place(&layout->y, line->points[line->count - 1].y);
    }
    svg_spread(centres, chart->count, LABEL_HEIGHT, layout->top, layout->bottom);
    for (size_t i = 0; i < chart->count; i++) {
        print_label(layout, i, centres[i]);
    }
}

void chart_print(const struct chart *chart, FILE *out)
{
    struct layout layout = {.chart = chart, .out = out};
    lay_out(&layout);
    frame_begin(out, &chart->frame, "chart", layout.height);
    for (size_t i = 0; i < layout.stage_count; i++) {
        print_stage(&layout, i);
    }
    print_axes(&layout);
    for (size_t i = 0; i < chart->count; i++) {
        print_line(&layout, i);
    }
    print_labels(&layout);
    frame_end(out);
    free(layout.stages);
    free(layout.flags);
}

void chart_line_clear(struct chart_line *line)
{
    for (size_t i = 0; i < line->moment_count; i++) {
        free(line->moments[i].name);
    }
    free(line->moments);
    free(line->points);
    *line = (struct chart_line){0};
}

void chart_clear(struct chart *chart)
{
    for (size_t i = 0; i < chart->count; i++) {
        chart_line_clear(&chart->lines[i]);
    }
    free(chart->lines);
    *chart = (struct chart){0};
}
