#include "run/reading.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "inspect/inspect.h"

static double larger(double a, double b)
{
    return a > b ? a : b;
}

int reading_open(struct reading *reading, pid_t root, pid_t worker, double started)
{
    *reading = (struct reading){.root = root,
                                .worker = worker,
                                .started = started,
                                .statm = -1,
                                .rss_collected = METRIC_ABSENT,
                                .malloc_seen = METRIC_ABSENT};
    reading->process = procfs_open(worker);
    if (reading->process >= 0) {
        reading->statm = openat(reading->process, "statm", O_RDONLY | O_CLOEXEC);
    }
    return reading->statm < 0 ? -1 : 0;
}

void reading_close(struct reading *reading)
{
    if (reading->process >= 0) {
        close(reading->process);
    }
    if (reading->statm >= 0) {
        close(reading->statm);
    }
    procfs_tree_clear(&reading->tree);
    free(take_pointer(reading->cannot_inspect));
    reading->process = reading->statm = -1;
}

/* Private memory of a process that is not the worker, from statm: an upper bound. */
static double private_memory(pid_t pid)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/statm", pid);
    cleanup_close int statm = open(path, O_RDONLY | O_CLOEXEC);
    struct procfs_statm memory;
    if (statm < 0 || procfs_statm(statm, &memory)) {
        return 0;
    }
    return (double)(memory.resident - memory.shared);
}

int reading_take_point(struct reading *reading, struct curve_point *point)
{
    struct procfs_statm memory;
    if (procfs_statm(reading->statm, &memory)) {
        return -1;
    }
    *point = (struct curve_point){.elapsed = clock_now() - reading->started,
                                  .rss = (double)memory.resident,
                                  .tree_private = (double)(memory.resident - memory.shared)};
    procfs_descendants(reading->root, &reading->tree);
    for (unsigned i = 0; i < reading->tree.count; i++) {
        if (reading->tree.pids[i] != reading->worker) {
            point->tree_private += private_memory(reading->tree.pids[i]);
        }
    }
    point->processes = reading->tree.count;
    reading->phase_peak = larger(reading->phase_peak, point->rss);
    if (reading->has_started) {
        reading->peak_tree_private = larger(reading->peak_tree_private, point->tree_private);
    }
    return 0;
}

/* Sums over the processes that can be read: those that have ended have no memory. */
static unsigned sum_tree(struct reading *reading, double *pss)
{
    unsigned processes = 0;
    *pss = 0;
    procfs_descendants(reading->root, &reading->tree);
    for (unsigned i = 0; i < reading->tree.count; i++) {
        cleanup_close int process = procfs_open(reading->tree.pids[i]);
        struct procfs_rollup rollup;
        if (process >= 0 && procfs_rollup(process, &rollup) == 0) {
            *pss += (double)rollup.pss;
            processes++;
        }
    }
    return processes;
}

double reading_tree_pss(struct reading *reading)
{
    double pss;
    sum_tree(reading, &pss);
    return pss;
}

static void read_meters(const struct reading *reading, double *wall, double *cpu, double *minor,
                        double *major)
{
    struct procfs_faults faults = {0};
    *wall = clock_now();
    *cpu = procfs_cpu_seconds(reading->worker);
    procfs_faults(reading->process, &faults);
    *minor = (double)faults.minor;
    *major = (double)faults.major;
}

static void stop_meters(struct reading *reading, double values[METRIC_COUNT])
{
    double wall, cpu, minor, major;
    read_meters(reading, &wall, &cpu, &minor, &major);
    if (reading->has_started) {
        reading->used.wall += wall - reading->resumed_at.wall;
        reading->used.cpu += cpu - reading->resumed_at.cpu;
        reading->used.minor += minor - reading->resumed_at.minor;
        reading->used.major += major - reading->resumed_at.major;
    }
    values[METRIC_WALL_SECONDS] = reading->used.wall;
    values[METRIC_CPU_SECONDS] = reading->used.cpu;
    values[METRIC_MINOR_FAULTS] = reading->used.minor;
    values[METRIC_MAJOR_FAULTS] = reading->used.major;
}

/* VmHWM is low by up to 0.3 MiB and never above the truth, so the highest of all sources holds. If
 * it cannot be reset, it tells of this phase only when it has grown. */
static void add_peaks(struct reading *reading, double rss, double high_water,
                      double values[METRIC_COUNT])
{
    if (reading->can_reset_peak || !reading->has_started || high_water > reading->last_high_water) {
        reading->phase_peak = larger(reading->phase_peak, high_water);
    }
    reading->last_high_water = high_water;
    reading->phase_peak = larger(reading->phase_peak, rss);
    /* What the interpreter needed to start is no part of the workload's peak. */
    reading->peak = larger(reading->peak, reading->has_started ? reading->phase_peak : rss);
    values[METRIC_PHASE_PEAK_RSS] = reading->phase_peak;
    values[METRIC_PEAK_RSS] = reading->peak;
}

/* What the release between the last two standstills gave back. */
static void add_released(struct reading *reading, struct sample *sample)
{
    double rss = sample->values[METRIC_RSS];
    if (strcmp(sample->phase, PHASE_COLLECTED) == 0) {
        reading->rss_collected = rss;
    } else if (strcmp(sample->phase, PHASE_RELEASED) == 0) {
        sample->values[METRIC_RELEASED_BYTES] = reading->rss_collected - rss;
    }
}

/* Of processes that cannot be read, or are gone, the owners stay absent. The tree is the one that
 * sum_tree found. */
static void inspect_tree(struct reading *reading, double values[METRIC_COUNT])
{
    struct error err;
    if (!reading->family || reading->cannot_inspect) {
        return;
    }
    if (inspect_process(reading->worker, reading->family, values, &reading->malloc_seen, &err)) {
        reading->cannot_inspect = text_copy(err.message);
        return;
    }
    for (unsigned i = 0; i < reading->tree.count; i++) {
        if (reading->tree.pids[i] != reading->worker) {
            inspect_child(reading->tree.pids[i], reading->family, values, &err);
        }
    }
}

int reading_take_sample(struct reading *reading, struct sample *sample)
{
    double *values = sample->values;
    for (int i = 0; i < METRIC_COUNT; i++) {
        values[i] = METRIC_ABSENT;
    }
    stop_meters(reading, values);
    struct curve_point point;
    struct procfs_rollup rollup;
    struct procfs_status status;
    struct procfs_statm after;
    if (reading_take_point(reading, &point) || procfs_rollup(reading->process, &rollup) ||
        procfs_status(reading->process, &status)) {
        return -1;
    }
    values[METRIC_PROCESSES] = sum_tree(reading, &values[METRIC_TREE_PSS]);
    values[METRIC_RSS] = (double)rollup.rss;
    values[METRIC_LAZYFREE] = (double)rollup.lazyfree;
    inspect_tree(reading, values);
    if (procfs_statm(reading->statm, &after)) {
        return -1;
    }
    sample->elapsed = point.elapsed;
    sample->moved = (double)after.resident - point.rss;
    values[METRIC_ANON] = (double)rollup.anonymous - (double)rollup.lazyfree;
    values[METRIC_PSS] = (double)rollup.pss;
    values[METRIC_PRIVATE_DIRTY] = (double)rollup.private_dirty;
    values[METRIC_ANON_HUGE] = (double)rollup.anon_huge;
    values[METRIC_SWAP] = (double)rollup.swap;
    values[METRIC_VSZ] = (double)status.vsz;
    values[METRIC_THREADS] = status.threads;
    values[METRIC_PEAK_TREE_PRIVATE] = larger(reading->peak_tree_private, point.tree_private);
    add_peaks(reading, (double)rollup.rss, (double)status.peak_rss, values);
    add_released(reading, sample);
    return 0;
}

static double count_or_absent(int64_t count)
{
    return count < 0 ? METRIC_ABSENT : (double)count;
}

/* A thread of the allocator's own may give memory back while the program stands still (jemalloc's
 * background thread: 1.3 MiB seen between the two readings). It was releasable at the first. */
static char *hear_account(const struct reading *reading, struct sample *sample,
                          struct wire_account account)
{
    struct procfs_statm now;
    if (metric_is_absent(sample->values[METRIC_OWNER_UNEXPLAINED])) {
        return NULL;
    }
    if (account.releasable >= 0 && procfs_statm(reading->statm, &now) == 0) {
        account.releasable += (int64_t)larger(sample->values[METRIC_RSS] - (double)now.resident, 0);
    }
    return inspect_split(reading->family, &account, reading->malloc_seen, sample->values);
}

char *reading_add_counts(struct reading *reading, struct sample *sample,
                         const struct wire_counts *counts)
{
    if (!reading->has_started) {
        reading->collected_at_start = count_or_absent(counts->collected_objects);
    }
    double *values = sample->values;
    values[METRIC_ALLOCATED_BLOCKS] = count_or_absent(counts->allocated_blocks);
    values[METRIC_TRACKED_OBJECTS] = count_or_absent(counts->tracked_objects);
    values[METRIC_GARBAGE_OBJECTS] = count_or_absent(counts->garbage_objects);
    values[METRIC_COLLECTED_OBJECTS] =
        count_or_absent(counts->collected_objects) - reading->collected_at_start;
    return hear_account(reading, sample, counts->account);
}

void reading_resume(struct reading *reading)
{
    reading->has_started = true;
    reading->phase_peak = 0;
    read_meters(reading, &reading->resumed_at.wall, &reading->resumed_at.cpu,
                &reading->resumed_at.minor, &reading->resumed_at.major);
    reading->can_reset_peak = procfs_reset_peak(reading->process) == 0;
}
