/* The page's section of the census of one workload: a table for each allocator. */
#pragma once

#include <stdio.h>

#include "report/summary.h"

/* Prints nothing if there was no census. */
void page_headcount_print(FILE *out, const struct summary_workload *workload);
