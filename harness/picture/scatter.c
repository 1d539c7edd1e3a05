#include "picture/scatter.h"

#include <math.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "picture/markup.h"
#include "picture/svg.h"

enum {
    LEFT = 56,
    TOP = 26,
    PLOT_HEIGHT = 270,
    BOTTOM = 38,
    LABEL_HEIGHT = 15,
    LABEL_GAP = 34, /* from the plot to the text of a label: a leader and a mark */
    LABEL_WIDEST = 170,
};

struct layout {
    const struct scatter *scatter;
    FILE *out;
    double right, bottom; /* of the plot */
    struct svg_scale x, y;
    struct svg_ticks x_ticks, y_ticks; /* in units */
};

static bool beats(const struct scatter_point *one, const struct scatter_point *other)
{
    return one->x.value <= other->x.value && one->y.value <= other->y.value &&
           (one->x.value < other->x.value || one->y.value < other->y.value);
}

void scatter_front(const struct scatter_point *points, size_t count, bool *is_on)
{
    for (size_t i = 0; i < count; i++) {
        is_on[i] = true;
        for (size_t j = 0; j < count; j++) {
            is_on[i] = is_on[i] && !beats(&points[j], &points[i]);
        }
    }
}

static struct svg_scale scale_of(double low, double high, double size, double from, double to)
{
    svg_reach(&low, &high, size);
    return (struct svg_scale){low, high, from, to};
}

static void lay_out(struct layout *layout)
{
    const struct scatter *scatter = layout->scatter;
    const struct scatter_point *first = &scatter->points[0];
    double widest = 0, size = scatter->y_size;
    struct scatter_figure x = first->x, y = first->y;
    for (size_t i = 0; i < scatter->count; i++) {
        const struct scatter_point *point = &scatter->points[i];
        widest = fmax(widest, svg_text_width(point->name, FRAME_FONT));
        x.low = fmin(x.low, point->x.low);
        x.high = fmax(x.high, point->x.high);
        y.low = fmin(y.low, point->y.low);
        y.high = fmax(y.high, point->y.high);
    }
    layout->right = FRAME_WIDTH - LABEL_GAP - ceil(fmin(widest, LABEL_WIDEST));
    layout->bottom = TOP + fmax(PLOT_HEIGHT, (double)scatter->count * LABEL_HEIGHT);
    layout->x = scale_of(x.low, x.high, 1, LEFT, layout->right);
    layout->y = scale_of(y.low, y.high, size, layout->bottom, TOP);
    layout->x_ticks = svg_ticks(layout->x.low, layout->x.high, 8);
    layout->y_ticks = svg_ticks(layout->y.low / size, layout->y.high / size, 7);
}

static void print_axes(const struct layout *layout)
{
    FILE *out = layout->out;
    for (size_t i = 0; i < layout->y_ticks.count; i++) {
        double value = svg_tick(&layout->y_ticks, i);
        double y = svg_place(&layout->y, value * layout->scatter->y_size);
        frame_put_line(out, "grid", LEFT, y, layout->right, y);
        frame_begin_text(out, "tick y", LEFT - 8, y + 4);
        markup_put_number(out, value, layout->y_ticks.decimals);
        frame_end_text(out);
    }
    for (size_t i = 0; i < layout->x_ticks.count; i++) {
        double value = svg_tick(&layout->x_ticks, i), x = svg_place(&layout->x, value);
        frame_put_line(out, "grid", x, TOP, x, layout->bottom);
        frame_begin_text(out, "tick x", x, layout->bottom + 17);
        markup_put_number(out, value, layout->x_ticks.decimals);
        frame_end_text(out);
    }
    frame_begin_text(out, "tick", 0, 12);
    markup_put_text(out, layout->scatter->y_unit);
    fputs(layout->y.low > 0 ? " (the axis does not begin at 0)" : "", out);
    frame_end_text(out);
    frame_begin_text(out, "tick x", (LEFT + layout->right) / 2, layout->bottom + 33);
    markup_put_text(out, layout->scatter->x_unit);
    fputs(layout->x.low > 0 ? " (the axis does not begin at 0)" : "", out);
    frame_end_text(out);
}

static int compare_points(const void *a, const void *b)
{
    const struct scatter_point *one = *(const struct scatter_point *const *)a;
    const struct scatter_point *other = *(const struct scatter_point *const *)b;
    return (one->x.value > other->x.value) - (one->x.value < other->x.value);
}

static void put_place(FILE *out, char command, double length)
{
    putc(command, out);
    markup_put_exact(out, frame_round(length));
}

/* From the upper edge down to the fastest of the front, along it in steps, and to the right edge:
 * what lies above and right of it is beaten. */
static void print_front(const struct layout *layout)
{
    const struct scatter *scatter = layout->scatter;
    FILE *out = layout->out;
    cleanup_free bool *is_on = text_allocate(scatter->count * sizeof *is_on);
    cleanup_free const struct scatter_point **front =
        text_allocate(scatter->count * sizeof(*front));
    size_t count = 0;
    scatter_front(scatter->points, scatter->count, is_on);
    for (size_t i = 0; i < scatter->count; i++) {
        if (is_on[i]) {
            front[count++] = &scatter->points[i];
        }
    }
    qsort(front, count, sizeof(*front), compare_points);
    fputs("<path class=\"front\" d=\"", out);
    put_place(out, 'M', svg_place(&layout->x, front[0]->x.value));
    fprintf(out, " %d", TOP);
    for (size_t i = 0; i < count; i++) {
        put_place(out, 'H', svg_place(&layout->x, front[i]->x.value));
        put_place(out, 'V', svg_place(&layout->y, front[i]->y.value));
    }
    put_place(out, 'H', layout->right);
    fputs("\"/>\n", out);
}

static void put_figure(FILE *out, const struct scatter_figure *figure, double size, int decimals)
{
    markup_put_number(out, figure->value / size, decimals);
    fputs(" (", out);
    markup_put_number(out, figure->low / size, decimals);
    fputs(" to ", out);
    markup_put_number(out, figure->high / size, decimals);
    putc(')', out);
}

static void print_point(const struct layout *layout, const struct scatter_point *point)
{
    FILE *out = layout->out;
    double x = svg_place(&layout->x, point->x.value), y = svg_place(&layout->y, point->y.value);
    frame_begin_series(out, "runs", point->series, point->name);
    frame_put_line(out, "whisker", svg_place(&layout->x, point->x.low), y,
                   svg_place(&layout->x, point->x.high), y);
    frame_put_line(out, "whisker", x, svg_place(&layout->y, point->y.low), x,
                   svg_place(&layout->y, point->y.high));
    frame_begin_mark(out, "mark", point->series, x, y);
    markup_put_value(out, "data-seconds", point->x.value);
    markup_put_value(out, "data-value", point->y.value);
    fputs("><title>", out);
    markup_put_cut(out, point->name, MARKUP_NAME);
    fprintf(out, ": %s ", layout->scatter->x_unit);
    put_figure(out, &point->x, 1, 3);
    fprintf(out, ", %s ", layout->scatter->y_unit);
    put_figure(out, &point->y, layout->scatter->y_size, 1);
    fputs("</title></path>", out);
    frame_end_group(out);
}

static void print_label(const struct layout *layout, const struct scatter_point *point,
                        double centre)
{
    FILE *out = layout->out;
    double text = layout->right + LABEL_GAP;
    frame_begin_series(out, "runs", point->series, point->name);
    frame_put_line(out, "leader", svg_place(&layout->x, point->x.value),
                   svg_place(&layout->y, point->y.value), text - 20, centre);
    frame_begin_mark(out, "mark", point->series, text - 12, centre);
    fputs("/>", out);
    frame_begin_text(out, "label", text, centre + 4);
    markup_put_cut(out, point->name, svg_text_fit(point->name, FRAME_FONT, FRAME_WIDTH - text));
    frame_end_text(out);
    frame_end_group(out);
}

static void print_labels(const struct layout *layout)
{
    const struct scatter *scatter = layout->scatter;
    cleanup_free double *centres = text_allocate(scatter->count * sizeof *centres);
    for (size_t i = 0; i < scatter->count; i++) {
        centres[i] = svg_place(&layout->y, scatter->points[i].y.value);
    }
    svg_spread(centres, scatter->count, LABEL_HEIGHT, TOP + 4, layout->bottom - 4);
    for (size_t i = 0; i < scatter->count; i++) {
        print_label(layout, &scatter->points[i], centres[i]);
    }
}

void scatter_print(const struct scatter *scatter, FILE *out)
{
    struct layout layout = {.scatter = scatter, .out = out};
    lay_out(&layout);
    frame_begin(out, &scatter->frame, "chart scatter", layout.bottom + BOTTOM);
    print_axes(&layout);
    print_front(&layout);
    print_labels(&layout);
    for (size_t i = 0; i < scatter->count; i++) {
        print_point(&layout, &scatter->points[i]);
        putc('\n', out);
    }
    frame_end(out);
}
