/* The tables of figures of one workload. Each takes the roomiest form that fits the width; where
 * there is no room for a spread beside each figure, the largest one of each column stands below. */
#pragma once

#include "report/prose.h"
#include "report/summary.h"

/* Memory, and if there are several cycles, memory at the end of each; or that no run was ok. */
void figures_memory(const struct prose *prose, const struct summary_workload *workload,
                    unsigned cycles);

/* Objects and time; nothing if no run was ok. */
void figures_objects(const struct prose *prose, const struct summary_workload *workload);
