/* A contrast (stats/contrast.h) for a terminal or a pipe: a table per workload, what could not be
 * compared and why, notes, and one line that sums up. */
#pragma once

#include "report/prose.h"
#include "stats/contrast.h"

/* Nothing is wider than prose->width, at least 80 columns, as long as allocators' names have at
 * most 20 characters. Check ferror. */
void contrast_table_print(const struct prose *prose, const struct contrast *contrast,
                          const char *baseline_name, const char *candidate_name);
