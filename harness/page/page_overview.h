/* The way through a page of several workloads: a row for each, with what each allocator holds of it
 * beside the control. */
#pragma once

#include <stdio.h>

#include "report/report.h"

/* Prints nothing of one workload. */
void page_overview_print(FILE *out, const struct report *report);
