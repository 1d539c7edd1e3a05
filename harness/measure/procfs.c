#include "measure/procfs.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"

int procfs_open(pid_t pid)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%d", pid);
    return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* The number behind "\nKEY:" in a file of "KEY:   NUMBER kB" lines. */
static int find_number(const char *text, const char *key, uint64_t *number)
{
    size_t length = strlen(key);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, length) == 0 && line[length] == ':') {
            *number = strtoull(line + length + 1, NULL, 10);
            return 0;
        }
    }
    return -1;
}

static int find_kibibytes(const char *text, const char *key, uint64_t *bytes)
{
    if (find_number(text, key, bytes)) {
        return -1;
    }
    *bytes *= 1024;
    return 0;
}

int procfs_rollup(int process, struct procfs_rollup *rollup)
{
    char text[4096];
    if (file_read_at(process, "smaps_rollup", text, sizeof text) < 0) {
        return -1;
    }
    return find_kibibytes(text, "Rss", &rollup->rss) || find_kibibytes(text, "Pss", &rollup->pss) ||
                   find_kibibytes(text, "Anonymous", &rollup->anonymous) ||
                   find_kibibytes(text, "Private_Dirty", &rollup->private_dirty) ||
                   find_kibibytes(text, "LazyFree", &rollup->lazyfree) ||
                   find_kibibytes(text, "AnonHugePages", &rollup->anon_huge) ||
                   find_kibibytes(text, "Swap", &rollup->swap)
               ? -1
               : 0;
}

int procfs_status(int process, struct procfs_status *status)
{
    char text[8192];
    uint64_t threads;
    if (file_read_at(process, "status", text, sizeof text) < 0 ||
        find_kibibytes(text, "VmSize", &status->vsz) ||
        find_kibibytes(text, "VmHWM", &status->peak_rss) ||
        find_number(text, "Threads", &threads)) {
        return -1;
    }
    status->threads = (unsigned)threads;
    return 0;
}

int procfs_faults(int process, struct procfs_faults *faults)
{
    char text[1024];
    if (file_read_at(process, "stat", text, sizeof text) < 0) {
        return -1;
    }
    /* The name in parentheses may hold anything, so the fields are counted from the last ')'. */
    const char *fields = strrchr(text, ')');
    unsigned long long minor, major;
    if (!fields ||
        sscanf(fields, ") %*c %*d %*d %*d %*d %*d %*u %llu %*u %llu", &minor, &major) != 2) {
        return -1;
    }
    *faults = (struct procfs_faults){.minor = minor, .major = major};
    return 0;
}

int procfs_reset_peak(int process)
{
    cleanup_close int descriptor = openat(process, "clear_refs", O_WRONLY | O_CLOEXEC);
    return descriptor >= 0 && write(descriptor, "5", 1) == 1 ? 0 : -1;
}

int procfs_statm(int statm, struct procfs_statm *memory)
{
    char text[128];
    ssize_t length = pread(statm, text, sizeof text - 1, 0);
    if (length <= 0) {
        return -1;
    }
    text[length] = '\0';
    unsigned long long resident, shared;
    if (sscanf(text, "%*u %llu %llu", &resident, &shared) != 2) {
        return -1;
    }
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    *memory = (struct procfs_statm){.resident = resident * page, .shared = shared * page};
    return 0;
}

double procfs_cpu_seconds(pid_t pid)
{
    clockid_t clock;
    struct timespec used;
    if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &used)) {
        return -1;
    }
    return clock_seconds(used);
}

static void add_pid(struct procfs_tree *tree, pid_t pid)
{
    /* Grows in steps of 64, so that sampling a steady tree allocates nothing. */
    if (tree->count % 64 == 0) {
        tree->pids = text_grow(tree->pids, tree->count + 64, sizeof *tree->pids);
    }
    tree->pids[tree->count++] = pid;
}

/* A thread's children stand in /proc/PID/task/TID/children (CONFIG_PROC_CHILDREN, on in the kernels
 * of all large distributions). */
static void add_children_of_thread(int tasks, const char *thread, struct procfs_tree *tree)
{
    char path[64], text[65536];
    snprintf(path, sizeof path, "%.20s/children", thread);
    if (file_read_at(tasks, path, text, sizeof text) < 0) {
        return;
    }
    char *next = text;
    for (;;) {
        long pid = strtol(next, &next, 10);
        /* A list that does not fit may end within a number, which would be another process. */
        if (pid <= 0 || *next != ' ') {
            return;
        }
        add_pid(tree, (pid_t)pid);
    }
}

static void add_children(pid_t pid, struct procfs_tree *tree)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *tasks = opendir(path);
    if (!tasks) {
        return;
    }
    for (struct dirent *entry; (entry = readdir(tasks));) {
        if (isdigit((unsigned char)entry->d_name[0])) {
            add_children_of_thread(dirfd(tasks), entry->d_name, tree);
        }
    }
    closedir(tasks);
}

int procfs_descendants(pid_t root, struct procfs_tree *tree)
{
    tree->count = 0;
    add_children(root, tree);
    for (unsigned i = 0; i < tree->count; i++) {
        add_children(tree->pids[i], tree);
    }
    return 0;
}

void procfs_tree_clear(struct procfs_tree *tree)
{
    free(tree->pids);
    *tree = (struct procfs_tree){0};
}

static char *thread_line(int tasks, const char *thread)
{
    char path[64], name[64] = "?", waits[128] = "?", stat[1024] = "";
    snprintf(path, sizeof path, "%.20s/comm", thread);
    if (file_read_at(tasks, path, name, sizeof name) > 0) {
        name[strcspn(name, "\n")] = '\0';
        text_tame(name);
    }
    snprintf(path, sizeof path, "%.20s/wchan", thread);
    file_read_at(tasks, path, waits, sizeof waits);
    snprintf(path, sizeof path, "%.20s/stat", thread);
    file_read_at(tasks, path, stat, sizeof stat);
    const char *state = strrchr(stat, ')');
    bool running = strcmp(waits, "0") == 0;
    return text_format("  thread %s '%s' state %c %s%s\n", thread, name,
                       state && state[1] ? state[2] : '?', running ? "" : "waits in ",
                       running ? "runs" : waits);
}

char *procfs_threads(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *tasks = opendir(path);
    if (!tasks) {
        return text_copy("");
    }
    struct text_list lines = {0};
    for (struct dirent *entry; (entry = readdir(tasks));) {
        if (isdigit((unsigned char)entry->d_name[0])) {
            cleanup_free char *line = thread_line(dirfd(tasks), entry->d_name);
            text_list_add(&lines, line);
        }
    }
    closedir(tasks);
    char *joined = text_join(&lines, "");
    text_list_clear(&lines);
    return joined;
}

uint64_t procfs_oom_kills(void)
{
    char text[32768];
    if (file_read_at(AT_FDCWD, "/proc/vmstat", text, sizeof text) < 0) {
        return 0;
    }
    const char *found = strstr(text, "\noom_kill ");
    return found ? strtoull(found + strlen("\noom_kill "), NULL, 10) : 0;
}

uint64_t procfs_available_memory(void)
{
    char text[4096];
    uint64_t bytes;
    if (file_read_at(AT_FDCWD, "/proc/meminfo", text, sizeof text) < 0 ||
        find_kibibytes(text, "MemAvailable", &bytes)) {
        return 0;
    }
    return bytes;
}
