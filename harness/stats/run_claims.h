/* The claims of one run, held against what it measured. */
#pragma once

#include "stats/observations.h"
#include "stats/verdicts.h"

/* Each claim on each workload, object allocator and allocator that it speaks of. */
void run_claims_add(struct verdicts *verdicts, const struct observations_source *source);
