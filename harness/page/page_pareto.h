/* Time against memory of one workload: what an allocator's memory costs. */
#pragma once

#include <stdio.h>

#include "page/page_region.h"
#include "report/summary.h"

/* `id` is unique in the page. Prints nothing unless two allocators have both figures. */
void page_pareto_print(FILE *out, const struct summary_workload *workload,
                       const struct summary_group *group, const char *id, enum page_detail detail);
