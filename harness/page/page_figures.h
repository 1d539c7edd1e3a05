/* The tables of figures of one workload and object allocator as HTML. */
#pragma once

#include <stdio.h>

#include "report/summary.h"

void page_figures_print(FILE *out, const struct summary_workload *workload,
                        const struct summary_group *group);

/* The cell of a figure in units of that size, with its exact values and its spread. */
void page_figures_put(FILE *out, const struct summary_figure *figure, double size, int decimals);
/* The same of one value. */
void page_figures_put_value(FILE *out, double value, double size, int decimals);
