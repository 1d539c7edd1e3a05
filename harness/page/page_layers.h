/* Where the resident memory is, of one workload: bars, the live and free memory, and every owner.
 */
#pragma once

#include <stdio.h>

#include "page/page_region.h"
#include "report/summary.h"

/* `id` is unique in the page. Prints nothing if nobody looked whose memory is whose. */
void page_layers_print(FILE *out, const struct summary_workload *workload,
                       const struct summary_group *group, const char *id, enum page_detail detail);

/* Why a figure of it may be missing: what the links of page_layers_print lead to. */
void page_layers_print_reason(FILE *out, const struct summary *summary);
