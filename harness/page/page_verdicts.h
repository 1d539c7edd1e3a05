/* Every comparison of a workload: size, interval, p, n, spread and outcome, one table for each
 * control.
 */
#pragma once

#include <stdio.h>

#include "page/page_region.h"
#include "report/summary.h"
#include "stats/verdicts.h"

/* The comparisons of a group that there is room for: points to them, and the caller frees the array
 * alone. */
struct verdicts_group page_verdicts_choose(const struct verdicts_group *group,
                                           enum page_detail detail);

void page_verdicts_print(FILE *out, const struct verdicts *verdicts,
                         const struct summary_workload *workload, const struct summary_group *group,
                         enum page_detail detail);
