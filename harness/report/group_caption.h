/* Captions of tables of which a workload may have several: one for each object allocator. */
#pragma once

#include "report/prose.h"
#include "report/summary.h"

/* An empty line, then `what`, and whose objects it is about where that is not plain. */
void group_caption(const struct prose *prose, const struct summary_workload *workload,
                   const struct summary_group *group, const char *what);
