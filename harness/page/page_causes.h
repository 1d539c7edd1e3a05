/* Why memory is held, for the page: the same as causes.h has for the terminal, of one group. */
#pragma once

#include <stdio.h>

#include "page/page_region.h"
#include "report/summary.h"

void page_causes_print(FILE *out, const struct summary *summary,
                       const struct summary_workload *workload, const struct summary_group *group,
                       enum page_detail detail);
