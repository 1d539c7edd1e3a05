#include "stats/threshold.h"

/* Less than 3 % of a process's memory decides nothing, and on one thread the noise is 0.1 %. */
#define MEMORY_RATIO 0.03
/* A chunk of a heap's growth more or less is 16 pages of 4 KiB: layout, not consumption. */
#define MEMORY_QUANTUM (64 * 1024)
/* Time varies by 6 to 50 % on a machine that does other work. */
#define TIME_RATIO 0.10

struct threshold threshold_of(enum metric metric)
{
    /* Faults are counted, but what is counted is memory; objects are what a program holds. */
    if (metric == METRIC_MINOR_FAULTS || metric == METRIC_MAJOR_FAULTS) {
        return (struct threshold){.ratio = MEMORY_RATIO};
    }
    switch (metric_table[metric].unit) {
    case UNIT_BYTES:
        return (struct threshold){.ratio = MEMORY_RATIO, .quantum = MEMORY_QUANTUM};
    case UNIT_SECONDS:
        return (struct threshold){.ratio = TIME_RATIO};
    case UNIT_RATIO:
        return (struct threshold){.ratio = MEMORY_RATIO};
    case UNIT_OBJECTS:
        break;
    }
    return (struct threshold){.ratio = 0};
}
