/* The tables of figures of one workload and object allocator as HTML. */
#pragma once

#include <stdio.h>

#include "report/summary.h"

void page_figures_print(FILE *out, const struct summary_workload *workload,
                        const struct summary_group *group, unsigned cycles);
