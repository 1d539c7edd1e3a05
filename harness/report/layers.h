/* The table of where resident memory is, of one workload: a row per allocator, a column per layer.
 *
 * It is of the trial that stands for the row, at 'settled'; the layers of a row sum to its rss.
 * Layers that nobody has are left out. Where there is no room for all of them, the smallest are one
 * column, "rest", which a line below explains; what is unexplained is never among them. */
#pragma once

#include "report/prose.h"
#include "report/summary.h"

/* Prints nothing for object allocators under which nobody looked whose memory is whose. */
void layers_print(const struct prose *prose, const struct summary_workload *workload);
