/* Other processes as the kernel shows them, read from outside.
 *
 * Everything here takes a descriptor of /proc/PID, opened once: if the process dies, reads fail
 * with ESRCH, and a recycled pid can never be read by mistake. Sizes are bytes.
 *
 * Exactness: smaps_rollup is exact at any time; statm is exact on kernels from 6.16, before that
 * off by up to 64 pages per thread (< 6.2) or per processor (Linux commit 82241a83cd15); VmHWM is
 * low by up to 0.3 MiB. ru_maxrss is not used: a child inherits its parent's peak across exec. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Opens /proc/PID. Returns a descriptor, or -1 with errno set. */
int procfs_open(pid_t pid);

struct procfs_rollup {
    uint64_t rss, pss, anonymous, private_dirty, lazyfree, anon_huge, swap;
};

/* From smaps_rollup; costs about 10 us per MiB. Returns 0 or -1. */
int procfs_rollup(int process, struct procfs_rollup *rollup);

struct procfs_status {
    uint64_t vsz, peak_rss; /* VmSize; VmHWM: highest rss since exec or procfs_reset_peak */
    unsigned threads;
};

int procfs_status(int process, struct procfs_status *status);

struct procfs_faults {
    uint64_t minor, major;
};

int procfs_faults(int process, struct procfs_faults *faults);

/* Sets VmHWM back to the present rss (clear_refs 5). Needs the same user; since Linux 4.0. */
int procfs_reset_peak(int process);

struct procfs_statm {
    uint64_t resident, shared; /* shared: file and shmem pages */
};

/* `statm` is a descriptor of /proc/PID/statm that is kept open: 1 us per read. */
int procfs_statm(int statm, struct procfs_statm *memory);

/* Processor time of a process, all its threads, also those that have ended; seconds, or -1. */
double procfs_cpu_seconds(pid_t pid);

struct procfs_tree {
    pid_t *pids;
    unsigned count;
};

/* All living descendants of `root`, without it, children after their parents. What is forked while
 * this runs may be missed. The array is reused by the next call; free it by procfs_tree_clear. */
int procfs_descendants(pid_t root, struct procfs_tree *tree);
void procfs_tree_clear(struct procfs_tree *tree);

/* What each thread of a process waits in: a line per thread, "  TID NAME STATE WCHAN". */
char *procfs_threads(pid_t pid);

/* Processes killed by the kernel for want of memory since boot, on the whole machine; or 0. */
uint64_t procfs_oom_kills(void);

/* MemAvailable, bytes; or 0 if unknown. */
uint64_t procfs_available_memory(void);
