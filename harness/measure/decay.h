/* How fast memory goes back by itself: the idle time after the load, on the curve.
 *
 * What is to be given back is the rss at the last 'end' over the one at 'start'. Time runs from
 * that 'end' on, the standstill included: what allocators give back by the clock, they give back
 * then as well. It ends when rss has first fallen so far; what a later request takes again was
 * given back. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "measure/sample.h"

/* What a single run's rss differs by is no memory to be given back: half a MiB would be reached or
 * missed by chance. */
#define DECAY_LEAST 0x1p20

/* Whether the last 'end' stands above 'start' by more than DECAY_LEAST, and 'settled' followed. */
bool decay_is_meant(const struct sample *samples, size_t count);

/* Seconds until `part` of it (0 to 1) was given back; METRIC_ABSENT if that was not before
 * 'settled', or nothing was meant. The curve ascends in time. */
double decay_seconds(const struct sample *samples, size_t count, const struct curve_point *curve,
                     size_t curve_count, double part);

/* Fills METRIC_DECAY_* of the sample 'settled', if there is one. */
void decay_fill(struct sample *samples, size_t count, const struct curve_point *curve,
                size_t curve_count);
