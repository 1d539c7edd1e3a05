/* Reading one worker from outside: samples at its standstills, the curve between them.
 *
 * A standstill costs the worker time, processor time and faults that are membench's, not the
 * workload's: they are left out of wall_seconds, cpu_seconds and the faults. */
#pragma once

#include <stdbool.h>

#include "measure/procfs.h"
#include "measure/sample.h"
#include "measure/wire.h"

struct reading {
    pid_t root; /* whose descendants are the trial's tree */
    pid_t worker;
    int process; /* /proc/PID of the worker */
    int statm;
    double started; /* on the monotonic clock, when the worker was started */
    struct procfs_tree tree;
    const char *family;   /* who serves malloc, once the worker has proved it; until then NULL */
    char *cannot_inspect; /* why owners cannot be told, once that has failed; or NULL */

    double phase_peak, peak, peak_tree_private; /* bytes */
    double last_high_water;                     /* VmHWM as last read, bytes */
    bool can_reset_peak;

    struct {
        double wall, cpu, minor, major;
    } used, resumed_at; /* used since 'start', and the meters when the worker last went on */
    bool has_started;
    double collected_at_start;
    double rss_collected; /* at 'collected', bytes; METRIC_ABSENT before */
    double malloc_seen;   /* of this sample, for inspect_split, or METRIC_ABSENT */
};

/* Opens the worker's files. Returns 0, or -1 with errno set if it is gone. */
int reading_open(struct reading *reading, pid_t root, pid_t worker, double started);
void reading_close(struct reading *reading);

/* One point of the curve. Returns 0, or -1 if the worker is gone. */
int reading_take_point(struct reading *reading, struct curve_point *point);

/* All that is read from outside while the worker stands still at sample->phase. Fills everything
 * but the counts. Returns 0, or -1 if the worker is gone. */
int reading_take_sample(struct reading *reading, struct sample *sample);

/* What the worker answered for. Returns how its allocator's account disagrees with what was read
 * from outside, in words, or NULL; the caller frees it. */
char *reading_add_counts(struct reading *reading, struct sample *sample,
                         const struct wire_counts *counts);

/* The last thing before "go on": a new peak and new meters. */
void reading_resume(struct reading *reading);

/* Resident memory of the whole tree now, shared pages divided; bytes. Slow: 10 us per MiB. */
double reading_tree_pss(struct reading *reading);
