/* Every comparison of a workload: size, interval, p, n, spread and outcome, one table for each
 * control.
 */
#pragma once

#include <stdio.h>

#include "report/summary.h"
#include "stats/verdicts.h"

void page_verdicts_print(FILE *out, const struct verdicts *verdicts,
                         const struct summary_workload *workload,
                         const struct summary_group *group);
