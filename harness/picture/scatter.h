/* Two figures of which less is better against each other, as an SVG: a mark per allocator with the
 * range of its runs, and the Pareto front: whoever is not on it is beaten in one figure and at best
 * equal in the other.
 *
 * Names stand in a column at the right, each with its mark and a line to it: they never meet, even
 * if all marks lie on one point. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "picture/frame.h"

struct scatter_figure {
    double value, low, high; /* finite; low <= value <= high */
};

struct scatter_point {
    const char *name;
    size_t series; /* whose it is (frame.h) */
    struct scatter_figure x, y;
};

struct scatter {
    struct frame frame;
    const char *x_unit, *y_unit; /* with what they are of: "cpu at end, seconds" */
    double y_size;               /* how much of y one unit is: 0x1p20 for MiB; x is in units */
    const struct scatter_point *points;
    size_t count; /* at least 1 */
};

/* Who is on the front: there is no other point that is at most as large in both figures, and less
 * in one. Points that are equal in both are on it together. */
void scatter_front(const struct scatter_point *points, size_t count, bool *is_on);

void scatter_print(const struct scatter *scatter, FILE *out);
