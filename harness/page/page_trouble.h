/* What a reader must know before believing the figures of a workload, as HTML: trials that were not
 * ok, with what the first one said, and warnings. */
#pragma once

#include <stdio.h>

#include "page/page_region.h"
#include "report/summary.h"

/* Prints nothing if there was none. */
void page_trouble_print(FILE *out, const struct summary_workload *workload,
                        enum page_detail detail);
