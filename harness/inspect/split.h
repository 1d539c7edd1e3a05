/* The second witness: the allocator's own account, held against the reading from outside, and used
 * where only it can tell blocks from what lies between them.
 *
 * A pure function. What it rests on, family by family, stands in results/owners.md. */
#pragma once

#include "measure/metric.h"
#include "measure/wire.h"

/* Fills METRIC_ACCOUNT_*, splits METRIC_OWNER_MALLOC_UNSPLIT where the family tells enough (it is
 * METRIC_ABSENT then), and fills what follows from the owners: live_bytes where malloc was split,
 * releasable_bytes, pinned_bytes, forecast_bytes unless it is known, fragmentation_ratio and
 * owner_unexplained.
 *
 * `seen` is what was seen from outside of the account's `live`: blocks handed out and those in
 * threads' caches, headers included, touched or not; METRIC_ABSENT if nothing like it was. Returns
 * the disagreement of the two witnesses in words if it is beyond the account's known error, or
 * NULL; the caller frees it. */
char *inspect_split(const char *family, const struct wire_account *account, double seen,
                    double values[METRIC_COUNT]);
