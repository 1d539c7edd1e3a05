/* Whether memory keeps growing from cycle to cycle, and how fast.
 *
 * A leak takes the same with each cycle, for ever. What only looks like one: memory that fills up
 * to a level takes much with the first cycle and less with each later one (servers' memory grew for
 * 6 to 12 bursts of requests and then stayed), and readings scatter. So the first cycle is warm-up,
 * its end the base of all others, and memory is growing if, of the cycles' ends,
 *
 * - of all pairs of two, in at least TREND_ORDERED the later one is higher: of 3 or 4 all, of 8
 *   four of 28 may be out of order. Without any trend that happens by chance once in 6 trials of 3
 *   cycles, but once in 24 of 4 and once in 141 of 8;
 * - the last is above the first by more than `noise`;
 * - the slope over the last half is at least TREND_LASTING of the slope over the first half. What
 *   comes to its level exponentially within the time of 6 cycles or faster is told from a leak by 3
 *   cycles; what ends linearly after 12 only by 5. Fewer cycles cannot tell more.
 *
 * In doubt memory is held, and not growing. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { TREND_LEAST = 3 }; /* cycles */
#define TREND_ORDERED 0.85
#define TREND_LASTING 0.85

struct trend {
    double slope; /* per cycle, the median over all pairs of cycles (Theil-Sen); or METRIC_ABSENT */
    bool is_growing;
};

/* Of the values at the ends of the cycles, in order; those that are METRIC_ABSENT are left out. */
void trend_find(struct trend *trend, const double *values, size_t count, double noise);
