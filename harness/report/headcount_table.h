/* The census on the terminal: a table for each allocator, in the manner of guppy's heap(). */
#pragma once

#include "report/prose.h"
#include "report/summary.h"

/* Prints nothing if there was no census. */
void headcount_table_print(const struct prose *prose, const struct summary_workload *workload);
