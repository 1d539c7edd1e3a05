#include "run/stacks.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "measure/procfs.h"
#include "measure/worker_exit.h"
#include "run/keeper.h"

/* The command line with its NULs as spaces, shortened. */
static void read_command(pid_t pid, char *text, size_t size)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
    ssize_t length = file_read_at(AT_FDCWD, path, text, size);
    for (ssize_t i = 0; i + 1 < length; i++) {
        if (text[i] == '\0') {
            text[i] = ' ';
        }
    }
    if (length <= 0) {
        text_place(text, size, "(ended, not yet reaped)");
    }
    text_tame(text);
}

static void add_process(struct text_list *parts, pid_t pid, pid_t worker)
{
    char command[256];
    read_command(pid, command, sizeof command);
    cleanup_free char *threads = procfs_threads(pid);
    cleanup_free char *part = pid == worker
                                  ? text_format("worker %d\n%s", pid, threads)
                                  : text_format("process %d: %s\n%s", pid, command, threads);
    text_list_add(parts, part);
}

/* The workload may have closed the descriptor and opened a file of its own there. */
static bool still_has_descriptor(pid_t worker, int descriptor)
{
    char path[64];
    struct stat theirs, ours;
    snprintf(path, sizeof path, "/proc/%d/fd/%d", worker, KEEPER_STACKS);
    return stat(path, &theirs) == 0 && fstat(descriptor, &ours) == 0 &&
           theirs.st_ino == ours.st_ino && theirs.st_dev == ours.st_dev;
}

/* The dump is over when it has stopped growing for a while. */
static void wait_for_dump(int descriptor)
{
    off_t size = 0;
    int quiet = 0;
    for (int i = 0; i < 100 && quiet < 5; i++) {
        usleep(10000);
        struct stat status;
        if (fstat(descriptor, &status) == 0 && status.st_size > 0) {
            quiet = status.st_size == size ? quiet + 1 : 0;
            size = status.st_size;
        }
    }
}

static char *python_stacks(pid_t worker, int descriptor)
{
    if (!still_has_descriptor(worker, descriptor) || kill(worker, WORKER_DUMP_SIGNAL)) {
        return text_copy("");
    }
    wait_for_dump(descriptor);
    static const size_t limit = 65536;
    char *text = text_allocate(limit + 1);
    ssize_t length = pread(descriptor, text, limit, 0);
    text[length > 0 ? length : 0] = '\0';
    return text;
}

char *stacks_collect(pid_t root, pid_t worker, int descriptor)
{
    struct text_list parts = {0};
    struct procfs_tree tree = {0};
    procfs_descendants(root, &tree);
    for (unsigned i = 0; i < tree.count; i++) {
        add_process(&parts, tree.pids[i], worker);
    }
    procfs_tree_clear(&tree);
    cleanup_free char *python = python_stacks(worker, descriptor);
    if (python[0]) {
        text_list_add(&parts, "Python stacks of the worker:\n");
        text_list_add(&parts, python);
    }
    char *joined = text_join(&parts, "");
    text_list_clear(&parts);
    return joined;
}
