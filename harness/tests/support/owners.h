/* Samples with owners, built by hand. */
#pragma once

#include "measure/sample.h"

/* Sets owner number i (from METRIC_OWNER_FIRST) to (i + 1) * unit bytes, but those of malloc that a
 * family may not tell to METRIC_ABSENT if `is_split` is false; and rss to their sum and
 * `unexplained` bytes. */
void owners_set(struct sample *sample, double unit, bool is_split, double unexplained);
