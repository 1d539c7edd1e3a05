/* Every run as a dot, as an SVG: a row per allocator, two figures on one scale.
 *
 * Medians hide that runs have two modes; dots do not. Those of the first figure are hollow, those
 * of the second filled; where dots would cover each other they step aside, up and down. A tick
 * stands at each median, and a line leads from one to the other. The medians' text is at the end of
 * the row. */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "picture/frame.h"

enum { DOTS_FIGURES = 2 };

struct dots_row {
    const char *name;
    size_t series;                      /* whose row it is (frame.h) */
    const unsigned *runs;               /* their numbers, by which titles call them */
    const double *values[DOTS_FIGURES]; /* one per run, NAN where it has none */
    size_t count;                       /* runs */
    double medians[DOTS_FIGURES];       /* NAN if no run has one */
};

struct dots {
    struct frame frame;
    const char *figures[DOTS_FIGURES]; /* their names, for the legend */
    const char *unit;                  /* "MiB" */
    double size;                       /* of one unit: 0x1p20 for MiB */
    const struct dots_row *rows;
    size_t count; /* at least 1 */
};

/* Gives each of these places, in any order, the lane nearest to the middle one in which it has no
 * neighbour nearer than `width`: 0, 1, -1, 2, -2, ... NAN gets lane 0 and is in nobody's way.
 * Returns the largest lane. */
int dots_stagger(const double *places, size_t count, double width, int *lanes);

void dots_print(const struct dots *dots, FILE *out);
