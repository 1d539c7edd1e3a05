/* summary.csv: every figure of the summary, one per row. */
#pragma once

#include <stdio.h>

#include "report/summary.h"

/* Writes the file anew: run, workload, params, object_allocator, allocator, ok, trials, figure,
 * unit, count, median, low, high, spread, trial. `count` is how many trials have the figure;
 * `trial` is the one that it is of, where it is of one. */
int summary_csv_write(const struct summary *summary, const char *run, const char *path,
                      struct error *err);

/* The same into a stream; check ferror. */
void summary_csv_print(const struct summary *summary, const char *run, FILE *out);
