/* Every figure of a row of the summary by the name that files have it under: summary.csv and
 * report.json walk them, so both have the same ones. results/README.md explains the names. */
#pragma once

#include "report/summary.h"

struct row_figure {
    const char *name; /* "settled.anon", "cause.pymalloc", "end.layer.stacks", ... */
    enum metric_unit unit;
    struct summary_figure figure; /* count 0 and all absent: nobody measured it */
    unsigned trial;               /* the one that it is of; 0: all ok ones of the row */
};

/* In a fixed order. Of standstills that were not read, and of cycles where there is one, there are
 * none. */
void row_figures_each(const struct summary_row *row, unsigned cycles,
                      void (*take)(void *context, const struct row_figure *figure), void *context);
