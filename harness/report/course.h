/* The course of resident memory for a terminal or a pipe: a sparkline for each allocator.
 *
 * Of each the typical trial (summary.h), as on the page. The sparklines of a group share both
 * scales, which its caption names. */
#pragma once

#include "report/prose.h"
#include "report/summary.h"

/* Of a workload, group by group. Allocators without a point have no line; a group without one, no
 * table. Returns whether there was any. */
bool course_print(const struct prose *prose, const struct summary *summary,
                  const struct summary_workload *workload, const struct record *records,
                  size_t record_count);
