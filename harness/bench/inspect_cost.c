/* What it costs to tell where every byte of a process is.
 *
 *   membench-inspect-cost PID [REPEATS]
 *
 * Reads a process that stands still and writes one line: its rss, the median time of a reading, of
 * it the time that smaps_rollup takes alone, what changed in the process (rss, page faults), and
 * how much memory the reader needed at most beyond what it had. inspect_cost.py starts processes
 * for it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "inspect/inspect.h"
#include "measure/procfs.h"

enum { MOST_REPEATS = 101 };

static int compare(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;
    return (difference > 0) - (difference < 0);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

struct state {
    struct procfs_rollup rollup;
    struct procfs_faults faults;
};

static int read_state(int process, struct state *state)
{
    return procfs_rollup(process, &state->rollup) || procfs_faults(process, &state->faults);
}

/* One reading as a sample makes it. */
static int read_once(pid_t pid, int process, double *whole, double *rollup_alone)
{
    double values[METRIC_COUNT] = {0}, malloc_seen;
    struct procfs_rollup rollup;
    struct error err;
    double began = clock_now();
    if (procfs_rollup(process, &rollup)) {
        return -1;
    }
    *rollup_alone = clock_now() - began;
    values[METRIC_RSS] = (double)rollup.rss;
    if (inspect_process(pid, "glibc", values, &malloc_seen, &err)) {
        error_print(&err, stderr);
        return -1;
    }
    *whole = clock_now() - began;
    return 0;
}

static uint64_t own_peak(int self)
{
    struct procfs_status status = {0};
    procfs_status(self, &status);
    return status.peak_rss;
}

int main(int argc, char **argv)
{
    pid_t pid = argc > 1 ? atoi(argv[1]) : 0;
    int repeats = argc > 2 ? atoi(argv[2]) : 5;
    int process = procfs_open(pid), self = procfs_open(getpid());
    struct state before, after;
    if (repeats < 1 || repeats > MOST_REPEATS || read_state(process, &before)) {
        fprintf(stderr, "usage: membench-inspect-cost PID [REPEATS]\n");
        return 2;
    }
    double whole[MOST_REPEATS], alone[MOST_REPEATS];
    procfs_reset_peak(self);
    uint64_t had = own_peak(self);
    for (int i = 0; i < repeats; i++) {
        if (read_once(pid, process, &whole[i], &alone[i])) {
            return 1;
        }
    }
    uint64_t peak = own_peak(self);
    read_state(process, &after);
    printf("rss_mib=%.0f ms=%.1f rollup_ms=%.1f added_rss_kib=%" PRId64 " added_faults=%" PRIu64
           " reader_kib=%" PRIu64 "\n",
           (double)before.rollup.rss / 0x1p20, 1e3 * median(whole, (size_t)repeats),
           1e3 * median(alone, (size_t)repeats),
           (int64_t)(after.rollup.rss - before.rollup.rss) / 1024,
           after.faults.minor - before.faults.minor, (peak - had) / 1024);
    return 0;
}
