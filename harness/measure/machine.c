#include "measure/machine.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "measure/host.h"
#include "measure/procfs.h"

/* ---- reading ---- */

static int read_number(const char *path)
{
    char text[64];
    return file_read_at(AT_FDCWD, path, text, sizeof text) > 0 ? atoi(text) : -1;
}

static void read_kernel(struct machine *machine)
{
    struct utsname system;
    if (uname(&system)) {
        return;
    }
    text_place(machine->kernel, sizeof machine->kernel, system.release);
    text_place(machine->name, sizeof machine->name, system.machine);
    sscanf(system.release, "%u.%u", &machine->kernel_major, &machine->kernel_minor);
}

static void read_memory(struct machine *machine)
{
    struct sysinfo memory;
    if (sysinfo(&memory) == 0) {
        machine->swap = (uint64_t)memory.totalswap * memory.mem_unit;
        machine->swap_used = machine->swap - (uint64_t)memory.freeswap * memory.mem_unit;
    }
    machine->memory = procfs_available_memory();
}

/* "max" in version 2, about 2^63 in version 1: no limit. */
static void read_from_host(struct machine *machine)
{
    enum { HUGE_SHIFT = 60 };
    struct host host;
    host_read(&host);
    const char *pages = host_value(&host, "huge pages");
    const char *limit = host_value(&host, "cgroup memory limit");
    text_place(machine->huge_pages, sizeof machine->huge_pages, pages ? pages : "");
    uint64_t bytes = limit ? strtoull(limit, NULL, 10) : 0;
    machine->group_limit = bytes >> HUGE_SHIFT ? 0 : bytes;
    host_clear(&host);
}

void machine_read(struct machine *machine)
{
    cpu_set_t allowed;
    *machine = (struct machine){0};
    read_kernel(machine);
    read_memory(machine);
    read_from_host(machine);
    machine->randomisation = read_number("/proc/sys/kernel/randomize_va_space");
    machine->ptrace_scope = read_number("/proc/sys/kernel/yama/ptrace_scope");
    machine->online = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    machine->processors = sched_getaffinity(0, sizeof allowed, &allowed) == 0
                              ? (unsigned)CPU_COUNT(&allowed)
                              : machine->online;
}

/* ---- judging ---- */

static const double mebibyte = 0x1p20;

static void judge_kernel(const struct machine *machine, struct findings *findings)
{
    /* pidfd_open, by which children are waited for, is of 5.3. */
    enum { MAJOR = 5, MINOR = 3 };
    bool is_old = machine->kernel_major < MAJOR ||
                  (machine->kernel_major == MAJOR && machine->kernel_minor < MINOR);
    if (is_old) {
        findings_add(findings, FINDING_FAIL, "kernel", "membench needs Linux 5.3",
                     "Linux %s is too old", machine->kernel);
    } else {
        findings_ok(findings, "kernel", "Linux %s, %s", machine->kernel, machine->name);
    }
}

static void judge_processors(const struct machine *machine, struct findings *findings)
{
    if (machine->processors < 2) {
        findings_add(findings, FINDING_WARN, "processors",
                     "memory figures hold; do not judge times",
                     "%u of %u: membench and what it measures share one", machine->processors,
                     machine->online);
    } else if (machine->processors < machine->online) {
        findings_ok(findings, "processors", "%u of %u: some mallocs make fewer arenas",
                    machine->processors, machine->online);
    } else {
        findings_ok(findings, "processors", "%u", machine->processors);
    }
}

static void judge_memory(const struct machine *machine, struct findings *findings)
{
    enum { LITTLE = 1 << 30 };
    double available = (double)machine->memory / mebibyte;
    double limit = (double)machine->group_limit / mebibyte;
    if (machine->memory < LITTLE) {
        findings_add(findings, FINDING_WARN, "memory", "give small workloads, by -p NAME=VALUE",
                     "%.0f MiB available", available);
    } else if (machine->group_limit > 0 && machine->group_limit < machine->memory) {
        cleanup_free char *hint = text_format("give --memory-limit %.0fMiB", limit * 0.8);
        findings_add(findings, FINDING_WARN, "memory", hint,
                     "%.0f MiB available, but the cgroup allows %.0f MiB: the kernel kills what "
                     "needs more",
                     available, limit);
    } else {
        findings_ok(findings, "memory", "%.0f MiB available, %s", available,
                    machine->group_limit ? "less than the limit of the cgroup"
                                         : "no limit by a cgroup");
    }
}

static void judge_swap(const struct machine *machine, struct findings *findings)
{
    double swap = (double)machine->swap / mebibyte, used = (double)machine->swap_used / mebibyte;
    if (machine->swap_used > 0) {
        findings_add(findings, FINDING_WARN, "swap",
                     "swapoff -a, or distrust samples whose metric 'swap' is not 0",
                     "%.0f of %.0f MiB in use: what is swapped out is not in rss", used, swap);
    } else if (machine->swap > 0) {
        findings_ok(findings, "swap", "%.0f MiB, none in use", swap);
    } else {
        findings_ok(findings, "swap", "none");
    }
}

static void judge_huge_pages(const struct machine *machine, struct findings *findings)
{
    if (strcmp(machine->huge_pages, "always") == 0) {
        findings_add(findings, FINDING_WARN, "huge pages", "measure with --thp off",
                     "always: a byte that is touched may weigh 2 MiB");
    } else {
        findings_ok(findings, "huge pages", "%s",
                    machine->huge_pages[0] ? machine->huge_pages : "none in this kernel");
    }
}

static void judge_randomisation(const struct machine *machine, struct findings *findings)
{
    if (machine->randomisation == 0) {
        findings_add(findings, FINDING_WARN, "random layout", "sysctl kernel.randomize_va_space=2",
                     "addresses are not randomised: --layout random varies less than elsewhere");
    } else {
        findings_ok(findings, "random layout", "addresses are randomised");
    }
}

static void judge_ptrace(const struct machine *machine, struct findings *findings)
{
    enum { NOBODY = 3, ADMIN = 2 };
    if (machine->ptrace_scope >= ADMIN) {
        findings_add(findings, FINDING_WARN, "ptrace", "sysctl kernel.yama.ptrace_scope=1",
                     "%s may trace processes (ptrace_scope %d): no debugger on a trial",
                     machine->ptrace_scope == NOBODY ? "nobody" : "only root",
                     machine->ptrace_scope);
    } else if (machine->ptrace_scope < 0) {
        findings_ok(findings, "ptrace", "not restricted by Yama");
    } else {
        findings_ok(findings, "ptrace", "ptrace_scope %d", machine->ptrace_scope);
    }
}

void machine_judge(const struct machine *machine, struct findings *findings)
{
    judge_kernel(machine, findings);
    judge_processors(machine, findings);
    judge_memory(machine, findings);
    judge_swap(machine, findings);
    judge_huge_pages(machine, findings);
    judge_randomisation(machine, findings);
    judge_ptrace(machine, findings);
}
