/* The tables of figures of one workload: memory, memory over the cycles, objects and time. */
#pragma once

#include "report/prose.h"
#include "report/summary.h"

/* Each table takes the roomiest form that fits the width. Where there is no room for a spread
 * beside each figure, the largest spread of each column stands below. */
void figures_print(const struct prose *prose, const struct summary_workload *workload,
                   unsigned cycles);
