/* Stacked horizontal bars as an SVG: groups of bars, all on one scale, each divided into layers.
 *
 * It carries its own title, description and legend, and no colours: layer N has the class "bN", for
 * which a style sheet has BARS_LAYERS colours. Colour is never alone: layers differ in their
 * texture too, have their name in them where there is room, and a title that tells the value.
 *
 * A part may be negative, if the others are more than the whole: it is drawn over the end of the
 * bar, from the whole to where the others end, and the text behind the bar names it. So it does a
 * mark that is not at the whole. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "picture/frame.h"

enum { BARS_LAYERS = 13 };

enum bars_texture {
    BARS_PLAIN,
    BARS_DENSE,   /* upright lines */
    BARS_SPARSE,  /* upright lines, far apart */
    BARS_LEVEL,   /* lines along the bar */
    BARS_CROSSED, /* both */
    BARS_DOTTED,
    BARS_DASHED,
    BARS_TEXTURES,
};

struct bars_layer {
    const char *name;  /* for the legend */
    const char *label; /* for the inside of a bar: short */
    enum bars_texture texture;
};

struct bars_bar {
    const char *name;
    bool is_known;       /* otherwise "not read" stands in its place */
    const double *parts; /* one per layer, NAN where unknown; they sum to the whole */
    double whole;        /* at least 0 */
    double mark;         /* a value to be marked on it, or NAN */
    const char *mark_name;
};

struct bars_group {
    const char *name;
    const char *note; /* behind the name, or "" */
    struct bars_bar *bars;
    size_t count;
};

struct bars {
    struct frame frame;
    const char *unit; /* "MiB" */
    double size;      /* of one unit: 0x1p20 for MiB */
    const struct bars_layer *layers;
    size_t layer_count; /* at most BARS_LAYERS */
    struct bars_group *groups;
    size_t count;
};

/* Where a part lies, in values. */
struct bars_stretch {
    size_t layer;
    double from, to;  /* from < to */
    bool is_negative; /* lies over the others */
};

/* Stacks a bar's parts, those that are absent or 0 left out; returns how many stretches there are.
 * `stretches` has room for one per layer. */
size_t bars_stack(const struct bars_bar *bar, size_t layer_count, struct bars_stretch *stretches);

void bars_print(const struct bars *bars, FILE *out);
