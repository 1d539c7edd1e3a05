/* The comparisons of one run's allocators with each other. */
#pragma once

#include "stats/observations.h"
#include "stats/verdicts.h"

/* Within each workload and object allocator, every allocator against the control, by each figure
 * that every run shows (anon at 'end', 'settled' and 'released', the peak, the times) and each that
 * a gate names. */
void run_comparisons_add(struct verdicts *verdicts, const struct observations_source *source);
