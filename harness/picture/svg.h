/* What every picture needs: scales, ticks, paths, and places for labels. Pure functions.
 *
 * Lengths are user units of the SVG, y downwards. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct svg_point {
    double x, y;
};

/* A straight line from values to lengths. */
struct svg_scale {
    double low, high; /* values; low < high */
    double from, to;  /* where they lie */
};

double svg_place(const struct svg_scale *scale, double value);

/* Widens [low, high] to the stretch of an axis that shows it: from 0, unless that would leave half
 * of it empty, with a little air; `size` long if there is nothing but zeros. */
void svg_reach(double *low, double *high, double size);

/* Values at a step of 1, 2 or 5 times a power of ten. */
struct svg_ticks {
    double first, step;
    size_t count;
    int decimals; /* that their texts need */
};

/* The finest that has at most `most` (at least 2) ticks within [low, high]; low < high. */
struct svg_ticks svg_ticks(double low, double high, size_t most);
double svg_tick(const struct svg_ticks *ticks, size_t index);

/* Thins points that are sorted by x to at most `most` (at least 4), such that nothing is lost that
 * can be seen: the first, the last, and the lowest and the highest of each stretch of equal width.
 * Returns how many stand in `thinned`, which has room for `most`. */
size_t svg_thin(const struct svg_point *points, size_t count, size_t most,
                struct svg_point *thinned);

/* Writes the path data of the line through the points; a point that bends nothing is left out. */
void svg_put_path(FILE *out, const struct svg_point *points, size_t count,
                  const struct svg_scale *x, const struct svg_scale *y);

/* Moves label centres as little as possible such that they are at least `height` apart and within
 * [low, high]; closer if there is no room. Their order stays. */
void svg_spread(double *centres, size_t count, double height, double low, double high);

struct svg_flag {
    double x, width; /* where its pole stands; how wide the text right of it is */
    int row;         /* from 0, the highest; -1: there is no room for it */
};

/* Gives each flag, sorted by x, the highest of `rows` rows in which neither its text nor its pole,
 * which stands on the ground below all rows, meets another one. */
void svg_raise(struct svg_flag *flags, size_t count, int rows);

/* About how wide a text is in a sans-serif font of that size, on the safe side. */
double svg_text_width(const char *text, double size);

/* How many characters of a text fit into a width, with room for an ellipsis if it is not all. */
size_t svg_text_fit(const char *text, double size, double width);
