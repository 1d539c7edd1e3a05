#include "picture/dots.h"

#include <math.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "picture/markup.h"
#include "picture/svg.h"

enum {
    NAME_WIDEST = 170,
    NAME_GAP = 12, /* between a name and the plot, and between the plot and the text */
    ROW = 28,
    TICK = 12, /* half of a median's tick */
    DOT = 6,   /* dots nearer than this would cover each other */
    LANE = 4,  /* how far they step aside; less, where there are so many that they leave the row */
    LEGEND = 20,
    AXIS = 22,
    GROUND = 16,
};

struct layout {
    const struct dots *dots;
    FILE *out;
    double right, top, bottom; /* of the plot */
    struct svg_scale x;
    struct svg_ticks ticks; /* in units */
};

struct place {
    double x;
    size_t index;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *one = a, *other = b;
    if (one->x != other->x) {
        return one->x < other->x ? -1 : 1;
    }
    return (one->index > other->index) - (one->index < other->index);
}

/* The lanes from the middle one outwards: 0, 1, -1, 2, -2, ... */
static int lane_of(size_t order)
{
    int distance = (int)(order + 1) / 2;
    return order % 2 ? distance : -distance;
}

int dots_stagger(const double *places, size_t count, double width, int *lanes)
{
    cleanup_free struct place *sorted = text_allocate((count + 1) * sizeof *sorted);
    cleanup_free double *ends = text_allocate((count + 1) * sizeof *ends);
    size_t known = 0, used = 0;
    for (size_t i = 0; i < count; i++) {
        lanes[i] = 0;
        if (!isnan(places[i])) {
            sorted[known++] = (struct place){places[i], i};
        }
    }
    if (known > 0) {
        qsort(sorted, known, sizeof *sorted, compare_places);
    }
    for (size_t i = 0; i < known; i++) {
        size_t lane = 0;
        while (lane < used && ends[lane] > sorted[i].x) {
            lane++;
        }
        used = lane == used ? used + 1 : used;
        ends[lane] = sorted[i].x + width;
        lanes[sorted[i].index] = lane_of(lane);
    }
    return (int)used / 2;
}

/* "310.2 → 204.5" */
static void put_medians(FILE *out, const struct dots *dots, const struct dots_row *row)
{
    markup_put_number(out, row->medians[0] / dots->size, 1);
    fputs(" \xE2\x86\x92 ", out);
    markup_put_number(out, row->medians[1] / dots->size, 1);
}

static double width_of_medians(const struct dots *dots, const struct dots_row *row)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) {
        return 0;
    }
    put_medians(out, dots, row);
    fclose(out);
    double width = svg_text_width(text, FRAME_SMALL);
    free(text);
    return width;
}

static void lay_out(struct layout *layout)
{
    const struct dots *dots = layout->dots;
    double name = 0, text = 0, low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < dots->count; i++) {
        const struct dots_row *row = &dots->rows[i];
        name = fmax(name, svg_text_width(row->name, FRAME_FONT));
        text = fmax(text, width_of_medians(dots, row));
        for (size_t j = 0; j < row->count * DOTS_FIGURES; j++) {
            double value = row->values[j % DOTS_FIGURES][j / DOTS_FIGURES];
            low = fmin(low, value); /* ignores a NAN */
            high = fmax(high, value);
        }
    }
    if (low > high) {
        low = high = 0;
    }
    svg_reach(&low, &high, dots->size);
    double left = ceil(fmin(name, NAME_WIDEST)) + NAME_GAP;
    layout->right = FRAME_WIDTH - NAME_GAP - ceil(text);
    layout->x = (struct svg_scale){low, high, left, layout->right};
    layout->ticks = svg_ticks(low / dots->size, high / dots->size, 7);
    layout->top = LEGEND + AXIS;
    layout->bottom = layout->top + (double)dots->count * ROW;
}

static void begin_dot(const struct layout *layout, size_t figure, size_t series, double x, double y)
{
    frame_begin_mark(layout->out, figure == 0 ? "mark hollow" : "mark", series, x, y);
}

/* Which figure is hollow, and what the texts at the right are. */
static void print_legend(const struct layout *layout)
{
    FILE *out = layout->out;
    double x = layout->x.from;
    for (size_t i = 0; i < DOTS_FIGURES; i++) {
        begin_dot(layout, i, 0, x + 4, 10);
        fputs("/>", out);
        frame_begin_text(out, "tick", x + 14, 14);
        markup_put_text(out, layout->dots->figures[i]);
        frame_end_text(out);
        x += 14 + svg_text_width(layout->dots->figures[i], FRAME_SMALL) + 18;
    }
    frame_begin_text(out, "tick y", FRAME_WIDTH, 14);
    fprintf(out, "medians, %s", layout->dots->unit);
    frame_end_text(out);
}

static void print_axis(const struct layout *layout)
{
    FILE *out = layout->out;
    for (size_t i = 0; i < layout->ticks.count; i++) {
        double value = svg_tick(&layout->ticks, i);
        double x = svg_place(&layout->x, value * layout->dots->size);
        frame_put_line(out, "grid", x, layout->top - 4, x, layout->bottom + 4);
        frame_begin_text(out, "tick x", x, layout->bottom + 18);
        markup_put_number(out, value, layout->ticks.decimals);
        frame_end_text(out);
    }
    frame_begin_text(out, "tick x", (layout->x.from + layout->right) / 2, layout->bottom + 33);
    fputs(layout->dots->unit, out);
    fputs(layout->x.low > 0 ? " (the axis does not begin at 0)" : "", out);
    frame_end_text(out);
}

static void print_dot(const struct layout *layout, const struct dots_row *row, size_t figure,
                      size_t run, double y)
{
    FILE *out = layout->out;
    double value = row->values[figure][run];
    begin_dot(layout, figure, row->series, svg_place(&layout->x, value), y);
    markup_put_value(out, "data-value", value);
    fputs("><title>", out);
    markup_put_cut(out, row->name, MARKUP_NAME);
    fprintf(out, ", trial %u: ", row->runs[run]);
    markup_put_number(out, value / layout->dots->size, 1);
    fprintf(out, " %s</title></path>\n", layout->dots->unit);
}

/* Of both figures together: they may lie on each other as well. */
static void print_dots(const struct layout *layout, const struct dots_row *row, double centre)
{
    size_t count = row->count * DOTS_FIGURES;
    cleanup_free double *places = text_allocate((count + 1) * sizeof *places);
    cleanup_free int *lanes = text_allocate((count + 1) * sizeof *lanes);
    for (size_t i = 0; i < count; i++) {
        places[i] = svg_place(&layout->x, row->values[i % DOTS_FIGURES][i / DOTS_FIGURES]);
    }
    int most = dots_stagger(places, count, DOT, lanes);
    double step = most > 0 ? fmin(LANE, (ROW - DOT - 2.0) / 2 / most) : 0;
    for (size_t i = 0; i < count; i++) {
        if (!isnan(places[i])) {
            print_dot(layout, row, i % DOTS_FIGURES, i / DOTS_FIGURES, centre + lanes[i] * step);
        }
    }
}

static void print_medians(const struct layout *layout, const struct dots_row *row, double centre)
{
    FILE *out = layout->out;
    double places[DOTS_FIGURES];
    for (size_t i = 0; i < DOTS_FIGURES; i++) {
        places[i] = svg_place(&layout->x, row->medians[i]);
    }
    if (!isnan(places[0]) && !isnan(places[1])) {
        frame_put_line(out, "link", places[0], centre, places[1], centre);
    }
    for (size_t i = 0; i < DOTS_FIGURES; i++) {
        if (!isnan(places[i])) {
            fputs("<g", out);
            markup_put_value(out, "data-value", row->medians[i]);
            putc('>', out);
            frame_put_line(out, "median", places[i], centre - TICK, places[i], centre + TICK);
            fputs("</g>", out);
        }
    }
}

static void print_row(const struct layout *layout, const struct dots_row *row, double centre)
{
    FILE *out = layout->out;
    double left = layout->x.from;
    frame_begin_series(out, "runs", row->series, row->name);
    frame_begin_text(out, "label y", left - NAME_GAP, centre + 4);
    markup_put_cut(out, row->name, svg_text_fit(row->name, FRAME_FONT, left - NAME_GAP));
    frame_end_text(out);
    print_medians(layout, row, centre);
    putc('\n', out);
    print_dots(layout, row, centre);
    frame_begin_text(out, "tick words y", FRAME_WIDTH, centre + 4);
    put_medians(out, layout->dots, row);
    frame_end_text(out);
    frame_end_group(out);
}

void dots_print(const struct dots *dots, FILE *out)
{
    struct layout layout = {.dots = dots, .out = out};
    lay_out(&layout);
    frame_begin(out, &dots->frame, "chart dots", layout.bottom + AXIS + GROUND);
    print_legend(&layout);
    print_axis(&layout);
    for (size_t i = 0; i < dots->count; i++) {
        print_row(&layout, &dots->rows[i], layout.top + ((double)i + 0.5) * ROW);
    }
    frame_end(out);
}
