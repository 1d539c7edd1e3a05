/* Where every byte of a standing process is: the owners of its resident memory, and what follows.
 *
 * Two steps, since the allocator is asked only after the process has been read from outside:
 * inspect_process fills what can be seen, inspect_split takes the allocator's own account and
 * splits what only it can tell apart. What cannot be known stays METRIC_ABSENT, never 0; which
 * figure that is under which malloc, and why, stands in results/owners.md. */
#pragma once

#include <sys/types.h>

#include "base/error.h"
#include "inspect/survey.h"
#include "measure/metric.h"
#include "measure/wire.h"

/* Goes over an image with all that know a kind of memory, each in its turn. */
void inspect_survey(struct survey *survey, double lazyfree);

/* Reads a process that stands still. `family` serves malloc there ("glibc", "tcmalloc", ...).
 * `values` must hold METRIC_RSS and METRIC_LAZYFREE; fills the owners and, where they can be seen
 * from outside, live_bytes and forecast_bytes. `malloc_seen` is for inspect_split. Returns 0, or -1
 * if the process cannot be read: then nothing is filled. */
int inspect_process(pid_t pid, const char *family, double values[METRIC_COUNT], double *malloc_seen,
                    struct error *err);

/* The same for a descendant, added up into METRIC_CHILDREN_*: only pages that it shares with
 * nobody. The first call turns absent into numbers. */
int inspect_child(pid_t pid, const char *family, double values[METRIC_COUNT], struct error *err);

/* Computes owner_unexplained again, from rss and the owners. */
void inspect_conclude(double values[METRIC_COUNT]);

/* Takes the allocator's account (split.c): fills METRIC_ACCOUNT_*, splits
 * METRIC_OWNER_MALLOC_UNSPLIT where the family tells enough (it is METRIC_ABSENT then), and fills
 * what follows: live_bytes where malloc was split, releasable_bytes, pinned_bytes, forecast_bytes
 * unless it is known, fragmentation_ratio, owner_unexplained.
 *
 * `seen` is what was seen from outside of what the account calls live: blocks handed out and those
 * in threads' caches, headers included, touched or not; METRIC_ABSENT if that was not seen. Returns
 * the disagreement of the two witnesses in words if it is beyond the account's known error, or
 * NULL; the caller frees it. */
char *inspect_split(const char *family, const struct wire_account *account, double seen,
                    double values[METRIC_COUNT]);
