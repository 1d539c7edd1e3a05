/* Memory at the end of each cycle of one workload, and how much it grows by the cycle. */
#pragma once

#include <stdio.h>

#include "page/page_region.h"
#include "report/summary.h"

/* `id` is unique in the page. Prints nothing of a run of one cycle. */
void page_cycles_print(FILE *out, const struct summary *summary,
                       const struct summary_workload *workload, const struct summary_group *group,
                       const char *id, enum page_detail detail);
