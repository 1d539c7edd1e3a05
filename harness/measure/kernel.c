#include "measure/kernel.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "measure/procfs.h"
#include "measure/specimen.h"

/* ---- trying ---- */

static bool is_listed(pid_t pid)
{
    struct procfs_tree tree = {0};
    bool found = false;
    procfs_descendants(getpid(), &tree);
    for (unsigned i = 0; i < tree.count; i++) {
        found |= tree.pids[i] == pid;
    }
    procfs_tree_clear(&tree);
    return found;
}

/* "0" if the kernel does not tell, or if the child is not yet on its way back to sleep. */
static bool has_wait_channel(int process)
{
    enum { ATTEMPTS = 100, MICROSECONDS = 1000 };
    char text[128];
    for (int i = 0; i < ATTEMPTS; i++) {
        if (file_read_at(process, "wchan", text, sizeof text) > 0 && strcmp(text, "0") != 0) {
            return true;
        }
        usleep(MICROSECONDS);
    }
    return false;
}

/* As the inspection reads: see inspect/image.c. */
static bool can_read_memory(const struct specimen *specimen, int process)
{
    unsigned char byte = 0;
    cleanup_close int memory = openat(process, "mem", O_RDONLY | O_CLOEXEC);
    return memory >= 0 && pread(memory, &byte, 1, (off_t)(uintptr_t)specimen->memory) == 1 &&
           byte == SPECIMEN_FILL;
}

static void compare_while_it_holds(struct kernel_trial *trial, int process, uint64_t before,
                                   uint64_t *highest)
{
    struct procfs_rollup rollup = {0};
    struct procfs_statm memory = {0};
    cleanup_close int statm = openat(process, "statm", O_RDONLY | O_CLOEXEC);
    if (procfs_statm(statm, &memory) || procfs_rollup(process, &rollup)) {
        trial->has_rollup = false;
        return;
    }
    trial->rollup_error = (int64_t)rollup.anonymous - (int64_t)before - SPECIMEN_BYTES;
    trial->statm_error = (int64_t)memory.resident - (int64_t)rollup.rss;
    *highest = rollup.rss;
}

static void compare_peaks(struct kernel_trial *trial, int process, uint64_t highest)
{
    struct procfs_status status;
    if (procfs_status(process, &status) == 0) {
        trial->high_water_error = (int64_t)status.peak_rss - (int64_t)highest;
    }
    trial->resets_peak = procfs_reset_peak(process) == 0 && procfs_status(process, &status) == 0 &&
                         status.peak_rss + SPECIMEN_BYTES / 2 < highest;
}

static void try_on(struct kernel_trial *trial, struct specimen *specimen)
{
    cleanup_close int process = procfs_open(specimen->pid);
    struct procfs_rollup start = {0};
    uint64_t highest = 0;
    /* Its first word comes when it stands still. */
    trial->fixes_layout = specimen_fix_layout(specimen);
    trial->has_rollup = procfs_rollup(process, &start) == 0;
    if (!specimen_hold(specimen)) {
        return;
    }
    trial->has_children = is_listed(specimen->pid);
    trial->has_memory = can_read_memory(specimen, process);
    compare_while_it_holds(trial, process, start.anonymous, &highest);
    trial->has_wait_channel = has_wait_channel(process);
    if (specimen_drop(specimen)) {
        compare_peaks(trial, process, highest);
    }
}

int kernel_try(struct kernel_trial *trial, struct error *err)
{
    *trial = (struct kernel_trial){0};
    struct specimen specimen;
    if (specimen_start(&specimen, err)) {
        return -1;
    }
    try_on(trial, &specimen);
    specimen_end(&specimen);
    return 0;
}

/* ---- judging ---- */

enum {
    KIBIBYTE = 1024,
    CLOSE = 64 * KIBIBYTE,
    /* VmHWM follows counters that are summed up later: low by up to 0.3 MiB. */
    CLOSE_PEAK = 512 * KIBIBYTE,
};

static double kibibytes(int64_t bytes)
{
    return (double)bytes / KIBIBYTE;
}

static void judge_resident(const struct kernel_trial *trial, struct findings *findings)
{
    static const char rollup[] = "smaps_rollup", statm[] = "statm";
    if (!trial->has_rollup) {
        findings_add(findings, FINDING_FAIL, rollup,
                     "it needs Linux 4.14 and a /proc that shows your own processes",
                     "cannot be read: no anon, pss or swap");
        return;
    }
    if (llabs(trial->rollup_error) > CLOSE) {
        findings_add(findings, FINDING_FAIL, rollup,
                     "a sandbox that imitates /proc? measure on Linux itself",
                     "a child touched 32 MiB, and it is off by %+.0f KiB",
                     kibibytes(trial->rollup_error));
    } else {
        findings_ok(findings, rollup, "32 MiB of a child are shown, off by %+.0f KiB",
                    kibibytes(trial->rollup_error));
    }
    if (llabs(trial->statm_error) > CLOSE) {
        findings_add(findings, FINDING_WARN, statm, "it is exact from Linux 6.16",
                     "off by %+.0f KiB: so are the curve and sampled peaks",
                     kibibytes(trial->statm_error));
    } else {
        findings_ok(findings, statm, "agrees with smaps_rollup, off by %+.0f KiB",
                    kibibytes(trial->statm_error));
    }
}

static void judge_peak(const struct kernel_trial *trial, struct findings *findings)
{
    if (!trial->resets_peak) {
        findings_add(findings, FINDING_WARN, "peak reset",
                     "it needs CONFIG_PROC_PAGE_MONITOR and a /proc that can be written",
                     "clear_refs does not reset VmHWM: phase_peak_rss is sampled only");
    } else {
        findings_ok(findings, "peak reset", "clear_refs resets VmHWM");
    }
    if (llabs(trial->high_water_error) > CLOSE_PEAK) {
        findings_add(findings, FINDING_WARN, "VmHWM", "do not rely on peaks to less than that",
                     "off by %+.0f KiB", kibibytes(trial->high_water_error));
    } else {
        findings_ok(findings, "VmHWM", "off by %+.0f KiB", kibibytes(trial->high_water_error));
    }
}

static void judge_ability(struct findings *findings, bool is_there, const char *subject,
                          const char *can, const char *cannot, const char *hint)
{
    if (is_there) {
        findings_ok(findings, subject, "%s", can);
    } else {
        findings_add(findings, FINDING_WARN, subject, hint, "%s", cannot);
    }
}

void kernel_judge(const struct kernel_trial *trial, struct findings *findings)
{
    judge_resident(trial, findings);
    if (trial->has_rollup) {
        judge_peak(trial, findings);
    }
    judge_ability(findings, trial->has_children, "child processes", "are found below a process",
                  "cannot be found: only the worker itself is measured, not what it starts",
                  "it needs a kernel with CONFIG_PROC_CHILDREN");
    judge_ability(findings, trial->has_wait_channel, "wait channel",
                  "wchan names what a thread waits in",
                  "wchan tells nothing: the stacks of a timed-out trial lack what they wait in",
                  "a container hides it: run membench as root or on the machine itself");
    judge_ability(findings, trial->has_memory, "memory access",
                  "the memory of a child can be read from outside",
                  "the memory of a child cannot be read from outside",
                  "sysctl kernel.yama.ptrace_scope=1; for a container --cap-add SYS_PTRACE");
    judge_ability(findings, trial->fixes_layout, "fixed layout",
                  "the randomisation of addresses can be switched off",
                  "the randomisation of addresses cannot be switched off: no --layout fixed",
                  "for a container --security-opt seccomp=unconfined");
}
