/* Why memory is held, for the terminal: one line per allocator, what follows from it once for all
 * that it holds for, and how fast memory went back by itself. */
#pragma once

#include "report/prose.h"
#include "report/summary.h"

/* Prints nothing of a group whose trials were not inspected; and no times unless the idle time was
 * SUMMARY_DECAY_SETTLE or more. */
void causes_print(const struct prose *prose, const struct summary *summary,
                  const struct summary_workload *workload);
