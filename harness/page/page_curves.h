/* The chart of memory over time of one workload: for each allocator the trial that stands for it.
 */
#pragma once

#include <stdio.h>

#include "page/page.h"
#include "page/page_region.h"

/* How many points a line of the page may have: all lines share what a page has room for. */
size_t page_curves_share(const struct summary *summary, enum page_detail detail);

/* `id` is unique in the page. Prints nothing if no trial has a curve. */
void page_curves_print(FILE *out, const struct report *report,
                       const struct summary_workload *workload, const struct summary_group *group,
                       const char *id, enum page_detail detail);
