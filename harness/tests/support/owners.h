/* Samples with owners, built by hand. */
#pragma once

#include "measure/sample.h"

/* Sets owner number i (from METRIC_OWNER_FIRST) to (i + 1) * unit bytes, and rss to their sum and
 * `unexplained` bytes. As inspect_split does, it leaves owner_malloc_unsplit absent if `is_split`,
 * and otherwise what is split of malloc. */
void owners_set(struct sample *sample, double unit, bool is_split, double unexplained);
