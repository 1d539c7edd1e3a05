/* From a run to a baseline: what it measured of the figures that gates speak of. */
#pragma once

#include "store/baseline.h"
#include "store/store.h"

/* Everything is copied. The gates are the run's own; `gates` says which figures are taken, those
 * of the run (NULL), or another baseline's. A configuration without a trial that is ok has no list.
 */
void extract_baseline(struct baseline *baseline, const struct stored_run *run,
                      const struct gate *gates, size_t gate_count);
