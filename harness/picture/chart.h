/* A chart of lines over time, or over numbers such as cycles, as an SVG: a name at the end of each
 * line, and named moments.
 *
 * A moment is something that each line comes to at its own time, such as a phase: a dot on the
 * line, and one band, named, from the first line's to the last one's. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "picture/frame.h"
#include "picture/svg.h"

struct chart_moment {
    char *name;
    double x, y;
};

struct chart_line {
    const char *name;
    size_t series;            /* whose line it is: its color and dashes (frame.h) */
    struct svg_point *points; /* sorted by x; finite */
    size_t count;             /* at least 1 */
    struct chart_moment *moments;
    size_t moment_count;
};

struct chart {
    struct frame frame;
    const char *x_unit, *y_unit; /* "seconds", "MiB" */
    double y_size;               /* how much of y one unit is: 0x1p20 for MiB */
    double x_first;              /* where x begins; 0 for time */
    bool is_whole;               /* x are whole numbers, and so are their ticks */
    bool has_marks;              /* every point of a line has a mark of its series */
    size_t most_points;          /* of a line that are drawn: at least 4 */
    struct chart_line *lines;
    size_t count; /* at least 1 */
};

void chart_print(const struct chart *chart, FILE *out);

/* Frees what a line owns. */
void chart_line_clear(struct chart_line *line);

/* Frees the lines and what they own. */
void chart_clear(struct chart *chart);
