/* Comparisons and claims as rows of one kind: what comparisons.csv and report.json have of them.
 * results/README.md explains each field. */
#pragma once

#include "stats/verdicts.h"

/* Texts may be NULL: there is none. Numbers may be absent, bounds endless. */
struct verdict_row {
    const char *kind; /* "comparison" or "claim" */
    const char *workload, *parameters, *object_allocator, *metric, *unit;
    const char *baseline, *candidate;
    const char *scale; /* NULL: there is no effect, nor what follows up to `visible` */
    size_t n;
    double estimate, lower, upper;
    double alpha, p, adjusted_p, low_edge, high_edge, visible;
    bool is_exact;
    const char *gate, *verdict, *reason, *notes;
    const struct verdicts_claim *claim; /* that it is of, or NULL */
    double baseline_spread, candidate_spread;
};

/* The row and its texts are gone when `take` returns. */
typedef void verdict_row_taker(void *context, const struct verdict_row *row);

void verdict_rows_of_group(const struct verdicts_group *group, verdict_row_taker *take,
                           void *context);
/* A claim that there is nothing to hold against is one row that says why. */
void verdict_rows_of_claim(const struct verdicts_claim *claim, verdict_row_taker *take,
                           void *context);
