/* A run's report: all that any format shows, finished. Whoever prints it computes nothing.
 *
 * It points to the run, which must outlive it; the rest is its own. */
#pragma once

#include "measure/finding.h"
#include "report/headline.h"
#include "report/summary.h"
#include "stats/verdicts.h"
#include "store/store.h"

struct report {
    const struct run_info *info;
    const struct plan *plan;
    const struct record *records;
    size_t record_count;
    struct summary summary;
    struct verdicts verdicts;
    struct headlines headlines;
    struct findings limits; /* of validity.h */
};

void report_make(struct report *report, const struct run_info *info, const struct plan *plan,
                 const struct record *records, size_t count);
void report_clear(struct report *report);
