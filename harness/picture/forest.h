/* A forest plot as an SVG: ratios with their intervals on a scale of logarithms, row by row, with
 * the band within which a difference does not matter, a line at 1, and the figures in words.
 *
 * An estimate is a square on its interval, an exact one a diamond without. An arrow stands where a
 * bound, or the estimate itself, lies beyond the axis. What cannot be drawn has its words only.
 * Colour is never alone: the words of a row say where it went. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "picture/frame.h"

enum forest_tone { FOREST_OPEN, FOREST_LESS, FOREST_MORE }; /* the colours of less and more */

struct forest_row {
    char *name;
    char *words;                /* "0.62 [0.61, 0.64] ↓ better" */
    bool is_drawn;              /* the figures below are those of a ratio */
    bool is_exact;              /* the bounds are the estimate */
    double estimate;            /* above 0 */
    double low, high;           /* 0 and INFINITY where there is no bound */
    double low_edge, high_edge; /* of the band; both 1: there is none */
    enum forest_tone tone;
};

struct forest_group {
    char *name; /* "": the picture has one group, without a heading */
    struct forest_row *rows;
    size_t count;
};

struct forest {
    struct frame frame;
    char *title, *description; /* of the frame, which points to them */
    char *unit;                /* "ratio to glibc" */
    char *note;                /* below the rows, or "" */
    struct forest_group *groups;
    size_t count;
};

void forest_print(const struct forest *forest, FILE *out);

/* Frees what it owns: all texts but the frame's id, and groups and rows. */
void forest_clear(struct forest *forest);
