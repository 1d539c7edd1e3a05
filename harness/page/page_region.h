/* What the parts of the page share: regions that scroll by themselves and are reached by keyboard,
 * tables in them, and how much there is room for. */
#pragma once

#include <stdio.h>

#include "report/summary.h"
#include "stats/verdicts.h"

/* How much of it a page has room for: each leaves out what those before it do, and more. */
enum page_detail {
    PAGE_WHOLE,
    PAGE_NO_TABLES,    /* without what repeats the CSV files: tables behind pictures, the files */
    PAGE_ONE_BAR,      /* owners at one standstill, 'settled' */
    PAGE_FEW_FIGURES,  /* comparisons of memory after the load and of time, and what is gated */
    PAGE_FEW_PICTURES, /* neither every run as a dot nor time against memory; coarser curves */
    PAGE_NO_OWNERS,    /* not where memory is */
    PAGE_DETAILS,
};

/* "what of <workload>, pymalloc" is the region's name; of the run, where both are NULL. */
void page_region_begin(FILE *out, const char *what, const struct summary_workload *workload,
                       const struct summary_group *group);
void page_region_end(FILE *out);

/* " (objects by malloc)" behind a caption, where that is not plain. */
void page_region_put_group(FILE *out, const struct summary_workload *workload,
                           const struct summary_group *group);

/* A region with a table: leaves it open behind its caption. */
void page_region_begin_table(FILE *out, const char *class, const char *caption,
                             const struct summary_workload *workload,
                             const struct summary_group *group);
void page_region_end_table(FILE *out);

/* The head of a row: "<tr><th scope=row>name</th>". */
void page_region_begin_row(FILE *out, const char *name);

/* The class of a cell that tells a verdict: "less", "more", "same", "unknown", or "absent" if it
 * was not measured. */
const char *page_region_verdict_class(const struct verdicts_comparison *comparison);

/* A p in a cell: "0.0312", "< 0.0001". */
void page_region_put_p(FILE *out, double p);

/* A number in a cell, in units of `size`, with its exact value; an en dash if it is absent. */
void page_region_put_cell(FILE *out, double value, double size, int decimals);
