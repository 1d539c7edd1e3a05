#include "picture/bars.h"

#include <math.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "picture/markup.h"
#include "picture/svg.h"

enum {
    INSIDE = 9, /* font of labels in a bar */
    NAME_WIDEST = 120,
    NAME_GAP = 8, /* between a bar's name and the bar, and between the bar and its text */
    BAR = 13,
    BAR_PITCH = 16,
    GROUP_HEAD = 21,
    OVERHANG = 1, /* of a letter such as j, to the left of where its text begins */
    GROUP_GAP = 9,
    LEGEND_ROW = 18,
    SWATCH = 14,
    AXIS = 22, /* the texts of an axis; there is one above and one below */
    GROUND = 16,
    TEXTURED = 2,   /* what is narrower shows no texture */
    TICK_ROOM = 24, /* for half of the last tick's text */
};

struct layout {
    const struct bars *bars;
    FILE *out;
    bool is_used[BARS_LAYERS]; /* by any bar */
    double legend_x[BARS_LAYERS], legend_y[BARS_LAYERS];
    double top, bottom, height; /* of the plot; of the picture */
    struct svg_scale x;
    struct svg_ticks ticks; /* in units */
};

size_t bars_stack(const struct bars_bar *bar, size_t layer_count, struct bars_stretch *stretches)
{
    size_t count = 0;
    double sum = 0;
    for (size_t i = 0; i < layer_count; i++) {
        if (bar->parts[i] > 0) { /* not if absent */
            stretches[count++] = (struct bars_stretch){i, sum, sum + bar->parts[i], false};
            sum += bar->parts[i];
        }
    }
    for (size_t i = 0; i < layer_count; i++) {
        if (bar->parts[i] < 0) {
            stretches[count++] = (struct bars_stretch){i, sum + bar->parts[i], sum, true};
            sum += bar->parts[i];
        }
    }
    return count;
}

/* The value at which the bar, drawn, ends. */
static double end_of(const struct bars_bar *bar, size_t layer_count)
{
    double sum = 0;
    for (size_t i = 0; i < layer_count; i++) {
        sum += bar->parts[i] > 0 ? bar->parts[i] : 0;
    }
    return fmax(sum, bar->whole);
}

/* "412.3", with what can hardly be seen: "412.3 (unexplained -1.2, peak 430.1)". */
static void put_value(FILE *out, const struct bars *bars, const struct bars_bar *bar)
{
    const double visible = 0.05 * bars->size;
    const char *before = " (";
    markup_put_number(out, bar->whole / bars->size, 1);
    for (size_t i = 0; i < bars->layer_count; i++) {
        if (bar->parts[i] <= -visible) {
            fprintf(out, "%s%s ", before, bars->layers[i].name);
            markup_put_number(out, bar->parts[i] / bars->size, 1);
            before = ", ";
        }
    }
    if (fabs(bar->mark - bar->whole) >= visible) {
        fprintf(out, "%s%s ", before, bar->mark_name);
        markup_put_number(out, bar->mark / bars->size, 1);
        before = ", ";
    }
    fputs(before[0] == ',' ? ")" : "", out);
}

static double value_width(const struct bars *bars, const struct bars_bar *bar)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) {
        return 0;
    }
    put_value(out, bars, bar);
    fclose(out);
    double width = svg_text_width(text, FRAME_SMALL);
    free(text);
    return width;
}

/* The value up to which something of the bar is drawn. */
static double reach_of(const struct bars_bar *bar, size_t layer_count)
{
    return fmax(end_of(bar, layer_count), bar->mark); /* ignores a NAN */
}

/* As wide as the text behind each bar lets it be. */
static double units_per_value(const struct bars *bars, double left, double most)
{
    double units = (FRAME_WIDTH - left - TICK_ROOM) / most;
    for (size_t i = 0; i < bars->count; i++) {
        for (size_t j = 0; j < bars->groups[i].count; j++) {
            const struct bars_bar *bar = &bars->groups[i].bars[j];
            double reach = bar->is_known ? reach_of(bar, bars->layer_count) : 0;
            if (reach > 0) {
                double room = FRAME_WIDTH - left - NAME_GAP - value_width(bars, bar);
                units = fmin(units, room / reach);
            }
        }
    }
    return units;
}

/* Names left of the bars; the values behind them. */
static void scale_plot(struct layout *layout)
{
    const struct bars *bars = layout->bars;
    double name = 0, most = 0;
    for (size_t i = 0; i < bars->count; i++) {
        for (size_t j = 0; j < bars->groups[i].count; j++) {
            const struct bars_bar *bar = &bars->groups[i].bars[j];
            name = fmax(name, svg_text_width(bar->name, FRAME_SMALL));
            most = fmax(most, bar->is_known ? reach_of(bar, bars->layer_count) : 0);
        }
    }
    most = most > 0 ? most : bars->size;
    double left = ceil(fmin(name, NAME_WIDEST)) + NAME_GAP;
    layout->x = (struct svg_scale){0, most, left, left + most * units_per_value(bars, left, most)};
    layout->ticks = svg_ticks(0, most / bars->size, 9);
}

static void find_used(struct layout *layout)
{
    const struct bars *bars = layout->bars;
    for (size_t i = 0; i < bars->count; i++) {
        for (size_t j = 0; j < bars->groups[i].count; j++) {
            const struct bars_bar *bar = &bars->groups[i].bars[j];
            for (size_t k = 0; bar->is_known && k < bars->layer_count; k++) {
                layout->is_used[k] = layout->is_used[k] || fabs(bar->parts[k]) > 0;
            }
        }
    }
}

/* Row by row. Returns the height. */
static double place_legend(struct layout *layout)
{
    double x = 0, y = 0;
    for (size_t i = 0; i < layout->bars->layer_count; i++) {
        if (!layout->is_used[i]) {
            continue;
        }
        double width = SWATCH + 5 + svg_text_width(layout->bars->layers[i].name, FRAME_SMALL);
        if (x > 0 && x + width > FRAME_WIDTH) {
            x = 0;
            y += LEGEND_ROW;
        }
        layout->legend_x[i] = x;
        layout->legend_y[i] = y;
        x += width + 12;
    }
    return y + LEGEND_ROW;
}

static void lay_out(struct layout *layout)
{
    const struct bars *bars = layout->bars;
    find_used(layout);
    scale_plot(layout);
    layout->top = place_legend(layout) + 8 + AXIS;
    layout->bottom = layout->top;
    for (size_t i = 0; i < bars->count; i++) {
        layout->bottom += GROUP_HEAD + (double)bars->groups[i].count * BAR_PITCH + GROUP_GAP;
    }
    layout->height = layout->bottom + AXIS + GROUND;
}

/* A box of a layer; leaves the tag open. Ends are rounded, not widths: what is stacked leaves no
 * gaps. */
static void begin_box(FILE *out, size_t layer, double from, double to, double y, double height)
{
    fprintf(out, "<rect class=\"b%zu\"", layer);
    markup_put_value(out, "x", frame_round(from));
    markup_put_value(out, "y", y);
    markup_put_value(out, "width", frame_round(frame_round(to) - frame_round(from)));
    markup_put_value(out, "height", height);
}

/* Lines along a box, on and off by turns: as thick as the box is high they are upright lines. So a
 * texture needs no pattern, which a page would have to refer to by a URL. */
struct strokes {
    size_t count;
    double width, on, off; /* a width of 0 is the height of the box; `off` 0: unbroken */
};

static void print_strokes(FILE *out, const struct strokes *strokes, double from, double to,
                          double y, double height)
{
    if (strokes->count == 0) {
        return;
    }
    fputs("<path class=\"texture\"", out);
    markup_put_value(out, "stroke-width", strokes->width > 0 ? strokes->width : height);
    if (strokes->off > 0) {
        fputs(" stroke-dasharray=\"", out);
        markup_put_exact(out, strokes->on);
        putc(' ', out);
        markup_put_exact(out, strokes->off);
        putc('"', out);
    }
    fputs(" d=\"", out);
    for (size_t i = 0; i < strokes->count; i++) {
        putc('M', out);
        markup_put_exact(out, frame_round(from));
        putc(' ', out);
        markup_put_exact(out, frame_round(y + height * ((double)i + 0.5) / (double)strokes->count));
        putc('h', out);
        markup_put_exact(out, frame_round(frame_round(to) - frame_round(from)));
    }
    fputs("\"/>", out);
}

static void print_texture(const struct layout *layout, size_t layer, double from, double to,
                          double y, double height)
{
    static const struct strokes textures[BARS_TEXTURES][2] = {
        [BARS_DENSE] = {{1, 0, 0.8, 3.2}},    [BARS_SPARSE] = {{1, 0, 0.8, 9.2}},
        [BARS_LEVEL] = {{3, 0.8, 0, 0}},      [BARS_CROSSED] = {{1, 0, 0.8, 4.2}, {2, 0.8, 0, 0}},
        [BARS_DOTTED] = {{3, 1.2, 1.2, 3.8}}, [BARS_DASHED] = {{2, 1.2, 5, 4}},
    };
    const struct strokes *strokes = textures[layout->bars->layers[layer].texture];
    print_strokes(layout->out, &strokes[0], from, to, y, height);
    print_strokes(layout->out, &strokes[1], from, to, y, height);
}

static void print_legend(const struct layout *layout)
{
    for (size_t i = 0; i < layout->bars->layer_count; i++) {
        if (layout->is_used[i]) {
            double x = layout->legend_x[i], y = layout->legend_y[i];
            begin_box(layout->out, i, x, x + SWATCH, y + 2, SWATCH - 3);
            fputs("/>", layout->out);
            print_texture(layout, i, x, x + SWATCH, y + 2, SWATCH - 3);
            frame_begin_text(layout->out, "tick", x + SWATCH + 5, y + SWATCH - 3);
            markup_put_text(layout->out, layout->bars->layers[i].name);
            fputs("</text>\n", layout->out);
        }
    }
}

/* Above and below, as there may be more bars than fit a screen. */
static void print_axis(const struct layout *layout)
{
    FILE *out = layout->out;
    for (size_t i = 0; i < layout->ticks.count; i++) {
        double value = svg_tick(&layout->ticks, i);
        double x = frame_round(svg_place(&layout->x, value * layout->bars->size));
        fputs("<path class=\"grid\" d=\"M", out);
        markup_put_exact(out, x);
        fprintf(out, " %.0fV%.0f\"/>", layout->top - 4, layout->bottom + 4);
        const double ys[] = {layout->top - 9, layout->bottom + 17};
        for (size_t j = 0; j < 2; j++) {
            frame_begin_text(out, "tick x", x, ys[j]);
            markup_put_number(out, value, layout->ticks.decimals);
            fputs("</text>", out);
        }
        putc('\n', out);
    }
    frame_begin_text(out, "tick x", (layout->x.from + layout->x.to) / 2, layout->bottom + 32);
    markup_put_text(out, layout->bars->unit);
    fputs("</text>\n", out);
}

/* What a reader sees who points at it. */
static void put_title(const struct layout *layout, const char *name, double value)
{
    FILE *out = layout->out;
    fputs("<title>", out);
    markup_put_text(out, name);
    fputs(": ", out);
    markup_put_number(out, value / layout->bars->size, 1);
    fprintf(out, " %s</title>", layout->bars->unit);
}

static void print_stretch(const struct layout *layout, const struct bars_stretch *stretch,
                          const struct bars_bar *bar, double y)
{
    FILE *out = layout->out;
    const struct bars_layer *layer = &layout->bars->layers[stretch->layer];
    double from = svg_place(&layout->x, stretch->from), to = svg_place(&layout->x, stretch->to);
    double value = bar->parts[stretch->layer];
    begin_box(out, stretch->layer, from, to, y, BAR);
    markup_put_value(out, "data-value", value);
    putc('>', out);
    put_title(layout, layer->name, value);
    fputs("</rect>", out);
    if (to - from >= TEXTURED) {
        print_texture(layout, stretch->layer, from, to, y, BAR);
    }
    putc('\n', out);
    /* Of a part that is partly covered the label stands in what can be seen. */
    double seen = fmin(to, svg_place(&layout->x, bar->whole));
    if (!stretch->is_negative && svg_text_width(layer->label, INSIDE) + 4 <= seen - from) {
        frame_begin_text(out, "inside", (from + seen) / 2, y + BAR - 3.5);
        markup_put_text(out, layer->label);
        fputs("</text>\n", out);
    }
}

static void print_mark(const struct layout *layout, const struct bars_bar *bar, double y)
{
    FILE *out = layout->out;
    fputs("<path class=\"peak\" d=\"M", out);
    markup_put_exact(out, frame_round(svg_place(&layout->x, bar->mark)));
    fprintf(out, " %.0fv%d\"", y - 2, BAR + 4);
    markup_put_value(out, "data-value", bar->mark);
    putc('>', out);
    put_title(layout, bar->mark_name, bar->mark);
    fputs("</path>\n", out);
}

static void print_bar(const struct layout *layout, const struct bars_bar *bar, double y)
{
    FILE *out = layout->out;
    struct bars_stretch stretches[BARS_LAYERS];
    double left = layout->x.from;
    frame_begin_text(out, "tick y", left - NAME_GAP, y + BAR - 3);
    markup_put_cut(out, bar->name, svg_text_fit(bar->name, FRAME_SMALL, left - NAME_GAP));
    fputs("</text>\n", out);
    if (!bar->is_known) {
        frame_begin_text(out, "tick", left, y + BAR - 3);
        fputs("not read</text>\n", out);
        return;
    }
    size_t count = bars_stack(bar, layout->bars->layer_count, stretches);
    for (size_t i = 0; i < count; i++) {
        print_stretch(layout, &stretches[i], bar, y);
    }
    if (!isnan(bar->mark)) {
        print_mark(layout, bar, y);
    }
    fputs("<text class=\"tick\"", out);
    markup_put_value(
        out, "x",
        frame_round(svg_place(&layout->x, reach_of(bar, layout->bars->layer_count)) + NAME_GAP));
    markup_put_value(out, "y", y + BAR - 3);
    markup_put_value(out, "data-value", bar->whole);
    putc('>', out);
    put_value(out, layout->bars, bar);
    fputs("</text>\n", out);
}

static void print_group(const struct layout *layout, const struct bars_group *group, double y)
{
    FILE *out = layout->out;
    size_t fit = svg_text_fit(group->name, FRAME_FONT, FRAME_WIDTH / 2.0);
    double note = fmin(svg_text_width(group->name, FRAME_FONT), FRAME_WIDTH / 2.0) + 14;
    frame_begin_text(out, "group", OVERHANG, y + FRAME_FONT + 2);
    markup_put_cut(out, group->name, fit);
    fputs("</text>", out);
    frame_begin_text(out, "tick", note, y + FRAME_FONT + 2);
    markup_put_cut(out, group->note, svg_text_fit(group->note, FRAME_SMALL, FRAME_WIDTH - note));
    fputs("</text>\n", out);
    for (size_t i = 0; i < group->count; i++) {
        print_bar(layout, &group->bars[i], y + GROUP_HEAD + (double)i * BAR_PITCH);
    }
}

void bars_print(const struct bars *bars, FILE *out)
{
    struct layout layout = {.bars = bars, .out = out};
    lay_out(&layout);
    frame_begin(out, &bars->frame, "chart bars", layout.height);
    print_legend(&layout);
    print_axis(&layout);
    double y = layout.top;
    for (size_t i = 0; i < bars->count; i++) {
        print_group(&layout, &bars->groups[i], y);
        y += GROUP_HEAD + (double)bars->groups[i].count * BAR_PITCH + GROUP_GAP;
    }
    frame_end(out);
}
