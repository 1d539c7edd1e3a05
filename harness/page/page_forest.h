/* The verdicts of one workload and object allocator as a forest plot. */
#pragma once

#include <stdio.h>

#include "page/page_region.h"
#include "report/summary.h"
#include "stats/verdicts.h"

/* `id` is unique in the page. Prints nothing if nothing was compared. Its figures are those of the
 * table that page_verdicts prints. */
void page_forest_print(FILE *out, const struct verdicts *verdicts,
                       const struct summary_workload *workload, const struct summary_group *group,
                       const char *id, enum page_detail detail);
