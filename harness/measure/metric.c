#include "measure/metric.h"

const struct metric_info metric_table[METRIC_COUNT] = {
    [METRIC_RSS] = {"rss", UNIT_BYTES, BETTER_LESS, "resident memory of the worker"},
    [METRIC_ANON] = {"anon", UNIT_BYTES, BETTER_LESS,
                     "anonymous resident memory without lazily freed pages; what claims use"},
    [METRIC_PHASE_PEAK_RSS] = {"phase_peak_rss", UNIT_BYTES, BETTER_LESS,
                               "highest rss since the last standstill (+-0.3 MiB)"},
    [METRIC_PEAK_RSS] = {"peak_rss", UNIT_BYTES, BETTER_LESS,
                         "highest rss since 'start' (+-0.3 MiB)"},
    [METRIC_PSS] = {"pss", UNIT_BYTES, BETTER_LESS,
                    "resident memory, shared pages divided by the processes that share them"},
    [METRIC_PRIVATE_DIRTY] = {"private_dirty", UNIT_BYTES, BETTER_LESS,
                              "written pages that no other process shares"},
    [METRIC_LAZYFREE] = {"lazyfree", UNIT_BYTES, BETTER_NEITHER,
                         "given back by MADV_FREE, taken by the kernel only when it needs memory"},
    [METRIC_ANON_HUGE] = {"anon_huge", UNIT_BYTES, BETTER_NEITHER,
                          "anonymous memory in transparent huge pages"},
    [METRIC_SWAP] = {"swap", UNIT_BYTES, BETTER_LESS, "anonymous memory in swap, not part of rss"},
    [METRIC_VSZ] = {"vsz", UNIT_BYTES, BETTER_NEITHER, "mapped address space"},
    [METRIC_TREE_PSS] = {"tree_pss", UNIT_BYTES, BETTER_LESS,
                         "pss of the worker and all its descendants"},
    [METRIC_PEAK_TREE_PRIVATE] = {"peak_tree_private", UNIT_BYTES, BETTER_LESS,
                                  "highest private memory of the worker and all its descendants "
                                  "since 'start', sampled; an upper bound, as pages that a fork "
                                  "shares count in each process"},
    [METRIC_PROCESSES] = {"processes", UNIT_OBJECTS, BETTER_NEITHER,
                          "the worker and all its descendants"},
    [METRIC_THREADS] = {"threads", UNIT_OBJECTS, BETTER_NEITHER, "threads of the worker"},
    [METRIC_MINOR_FAULTS] = {"minor_faults", UNIT_OBJECTS, BETTER_LESS,
                             "page faults without input since 'start', standstills left out"},
    [METRIC_MAJOR_FAULTS] = {"major_faults", UNIT_OBJECTS, BETTER_LESS,
                             "page faults with input since 'start', standstills left out"},
    [METRIC_CPU_SECONDS] = {"cpu_seconds", UNIT_SECONDS, BETTER_LESS,
                            "processor time of the worker since 'start', standstills left out"},
    [METRIC_WALL_SECONDS] = {"wall_seconds", UNIT_SECONDS, BETTER_LESS,
                             "time since 'start', standstills left out"},
    [METRIC_ALLOCATED_BLOCKS] = {"allocated_blocks", UNIT_OBJECTS, BETTER_LESS,
                                 "live pymalloc blocks (sys.getallocatedblocks)"},
    [METRIC_TRACKED_OBJECTS] = {"tracked_objects", UNIT_OBJECTS, BETTER_LESS,
                                "objects that the cycle collector tracks"},
    [METRIC_GARBAGE_OBJECTS] = {"garbage_objects", UNIT_OBJECTS, BETTER_LESS,
                                "uncollectable objects (len(gc.garbage))"},
    [METRIC_COLLECTED_OBJECTS] = {"collected_objects", UNIT_OBJECTS, BETTER_NEITHER,
                                  "objects freed by the cycle collector since 'start'"},
};

const char *metric_unit_name(enum metric_unit unit)
{
    static const char *const names[] = {
        [UNIT_BYTES] = "bytes", [UNIT_SECONDS] = "seconds", [UNIT_OBJECTS] = "count"};
    return names[unit];
}
