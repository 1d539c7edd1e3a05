/* What a reader must know before believing the figures of a workload: trials that were not ok, with
 * the end of what the first one said, and warnings. */
#pragma once

#include "report/prose.h"
#include "report/summary.h"

/* Prints nothing if there was none. */
void trouble_print(const struct prose *prose, const struct summary_workload *workload);
