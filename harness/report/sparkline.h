/* A sparkline: values over time as one line of text, a character for each stretch of time.
 *
 * Each cell shows the highest that the line through the points comes to in its stretch, so no peak
 * is lost however few cells there are. A cell wholly before the first point or behind the last one
 * is blank; every other one has a mark, be the value 0: blank is not measured. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "picture/svg.h"

/* Shared by all sparklines that are to be compared: both axes begin at 0. */
struct sparkline_scale {
    double end; /* of time */
    double top; /* of values; what is above it is drawn as it */
};

/* Makes a scale reach what the points reach. A scale that is all 0 is a good beginning. */
void sparkline_reach(struct sparkline_scale *scale, const struct svg_point *points, size_t count);

/* Exactly `cells` characters of one column each, of eight heights: block elements (UTF-8), or with
 * `ascii` marks of growing weight. Points are finite, not below 0 and sorted by x. The caller frees
 * it. */
char *sparkline_text(const struct svg_point *points, size_t count,
                     const struct sparkline_scale *scale, size_t cells, bool ascii);
