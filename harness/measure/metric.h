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
    METRIC_COUNT,
};

enum metric_unit { UNIT_BYTES, UNIT_SECONDS, UNIT_OBJECTS };
enum metric_better { BETTER_LESS, BETTER_NEITHER };

struct metric_info {
    const char *name;
    enum metric_unit unit;
    enum metric_better better;
    const char *meaning; /* one line, no full stop */
};

extern const struct metric_info metric_table[METRIC_COUNT];

/* "bytes", "seconds" or "count". */
const char *metric_unit_name(enum metric_unit unit);

#define METRIC_ABSENT ((double)NAN)

static inline bool metric_is_absent(double value)
{
    return isnan(value);
}
