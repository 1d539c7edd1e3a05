/* The metric table: everything that a trial measures, in one place.
 *
 * Tables, CSV files, help and statistics walk it, so a new metric is one row here and one line
 * where it is read. A value that was not measured is METRIC_ABSENT, never 0. */
#pragma once

#include <math.h>
#include <stdbool.h>

enum metric {
    METRIC_RSS,
    METRIC_ANON,
    METRIC_PHASE_PEAK_RSS,
    METRIC_PEAK_RSS,
    METRIC_PSS,
    METRIC_PRIVATE_DIRTY,
    METRIC_LAZYFREE,
    METRIC_ANON_HUGE,
    METRIC_SWAP,
    METRIC_VSZ,
    METRIC_TREE_PSS,
    METRIC_PEAK_TREE_PRIVATE,
    METRIC_PROCESSES,
    METRIC_THREADS,
    METRIC_MINOR_FAULTS,
    METRIC_MAJOR_FAULTS,
    METRIC_CPU_SECONDS,
    METRIC_WALL_SECONDS,
    METRIC_ALLOCATED_BLOCKS,
    METRIC_TRACKED_OBJECTS,
    METRIC_GARBAGE_OBJECTS,
    METRIC_COLLECTED_OBJECTS,
    /* Where every byte is: the owners of resident memory, from METRIC_OWNER_FIRST to
     * METRIC_OWNER_LAST, each counted positively. With METRIC_OWNER_UNEXPLAINED they sum to rss. */
    METRIC_OWNER_FILE_CLEAN,
    METRIC_OWNER_FILE_PRIVATE,
    METRIC_OWNER_SHARED,
    METRIC_OWNER_BSS,
    METRIC_OWNER_MAIN_STACK,
    METRIC_OWNER_THREAD_STACKS,
    METRIC_OWNER_PYMALLOC_LIVE,
    METRIC_OWNER_PYMALLOC_FREE_BLOCKS,
    METRIC_OWNER_PYMALLOC_FREE_POOLS,
    METRIC_OWNER_PYMALLOC_HEADERS,
    METRIC_OWNER_MALLOC_IN_USE,
    METRIC_OWNER_MALLOC_RELEASABLE,
    METRIC_OWNER_MALLOC_PINNED,
    METRIC_OWNER_MALLOC_METADATA,
    METRIC_OWNER_MALLOC_UNSPLIT,
    METRIC_OWNER_LAZYFREE,
    METRIC_OWNER_HUGE_SLACK,
    METRIC_OWNER_OTHER,
    METRIC_OWNER_UNEXPLAINED,
    /* Over the owners. */
    METRIC_LIVE_BYTES,
    METRIC_RELEASABLE_BYTES,
    METRIC_PINNED_BYTES,
    METRIC_FORECAST_BYTES,
    METRIC_RELEASED_BYTES,
    METRIC_FRAGMENTATION_RATIO,
    METRIC_UNCOLLECTABLE_BYTES,
    /* The allocator's own account. */
    METRIC_ACCOUNT_LIVE,
    METRIC_ACCOUNT_RELEASABLE,
    METRIC_ACCOUNT_PINNED,
    METRIC_ACCOUNT_METADATA,
    METRIC_ACCOUNT_RESIDENT,
    /* The same for all descendants together; only what no other process shares. */
    METRIC_CHILDREN_ANON,
    METRIC_CHILDREN_LIVE,
    METRIC_CHILDREN_PYMALLOC_FREE,
    METRIC_CHILDREN_RELEASABLE,
    METRIC_CHILDREN_PINNED,
    METRIC_CHILDREN_UNSPLIT,
    /* How fast memory goes back by itself; at 'settled'. */
    METRIC_DECAY_50_SECONDS,
    METRIC_DECAY_90_SECONDS,
    METRIC_COUNT,
    METRIC_OWNER_FIRST = METRIC_OWNER_FILE_CLEAN,
    METRIC_OWNER_LAST = METRIC_OWNER_OTHER,
};

enum metric_unit { UNIT_BYTES, UNIT_SECONDS, UNIT_OBJECTS, UNIT_RATIO };
enum metric_better { BETTER_LESS, BETTER_NEITHER };

struct metric_info {
    const char *name;
    enum metric_unit unit;
    enum metric_better better;
    const char *meaning; /* one line, no full stop */
};

extern const struct metric_info metric_table[METRIC_COUNT];

/* "bytes", "seconds", "count" or "ratio". */
const char *metric_unit_name(enum metric_unit unit);

#define METRIC_ABSENT ((double)NAN)

static inline bool metric_is_absent(double value)
{
    return isnan(value);
}
