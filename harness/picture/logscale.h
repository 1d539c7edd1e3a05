/* A scale of ratios: equal factors are equal lengths, so half and double lie equally far from 1. */
#pragma once

#include <stddef.h>

struct logscale {
    double low, high; /* ratios; 0 < low < high */
    double from, to;  /* where they lie */
};

/* What lies beyond an end of the scale is placed at that end, 0 and INFINITY too. */
double logscale_place(const struct logscale *scale, double ratio);

enum { LOGSCALE_MOST = 16 };

/* Ratios that are fit for ticks, at most `most` (3 to LOGSCALE_MOST) and as many as that allows;
 * 1 is among them if it lies on the scale. Returns how many. Of a short scale they are at a round
 * step, of a long one 1, 2, 5, ... times a power of ten. */
size_t logscale_ticks(const struct logscale *scale, size_t most, double *ticks);
