/* A contrast built by hand, for tests of what shows it: of each standing one row or more, and a
 * hostile name. */
#pragma once

#include "stats/contrast.h"

/* `name` is the workload's. */
void contrasts_init(struct contrast *contrast, const char *name);

/* Adds a row of the first group; `missing` may be NULL. `values` of both sides are repeated thrice.
 */
void contrasts_add(struct contrast *contrast, const char *allocator, const char *phase,
                   enum metric metric, enum gate_level level, double before, double now,
                   const char *missing);
