/* The course of a value that is still coming in, in bounded memory: a trial may last for hours and
 * tells a hundred values a second.
 *
 * Time is divided into stretches, of each the highest value is kept; when there are too many, each
 * two become one. */
#pragma once

#include <stddef.h>

#include "picture/svg.h"

enum { HISTORY_MOST = 64 };

/* All 0 is an empty one. */
struct history {
    struct svg_point points[HISTORY_MOST]; /* ascending in x, which is seconds */
    size_t count;
    double step; /* seconds of a stretch; 0: not begun */
};

/* Seconds ascend from one call to the next. */
void history_add(struct history *history, double seconds, double value);
