/* Every run of one workload as a dot: the peak and what is held after the load, per allocator. */
#pragma once

#include <stdio.h>

#include "page/page_region.h"
#include "report/summary.h"

/* `id` is unique in the page. Prints nothing if no trial has either figure. */
void page_dots_print(FILE *out, const struct summary_workload *workload,
                     const struct summary_group *group, const char *id, enum page_detail detail);
