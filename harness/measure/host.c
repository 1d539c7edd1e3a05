#include "measure/host.h"

#include <fcntl.h>
#include <gnu/libc-version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"

void host_add(struct host *host, const char *name, const char *value)
{
    cleanup_free char *tame = text_copy(value);
    text_tame(tame);
    text_list_add(&host->names, name);
    text_list_add(&host->values, tame);
}

const char *host_value(const struct host *host, const char *name)
{
    for (size_t i = 0; i < host->names.count; i++) {
        if (strcmp(host->names.items[i], name) == 0) {
            return host->values.items[i];
        }
    }
    return NULL;
}

static void add_format(struct host *host, const char *name, const char *format, double value)
{
    char text[64];
    snprintf(text, sizeof text, format, value);
    host_add(host, name, text);
}

/* A file of one line, such as /proc/sys/kernel/randomize_va_space. */
static void add_line(struct host *host, const char *name, const char *path)
{
    char text[256];
    if (file_read_at(AT_FDCWD, path, text, sizeof text) > 0) {
        text[strcspn(text, "\n")] = '\0';
        host_add(host, name, text);
    }
}

/* The chosen one of "always [madvise] never". */
static void add_choice(struct host *host, const char *name, const char *path)
{
    char text[256];
    if (file_read_at(AT_FDCWD, path, text, sizeof text) <= 0) {
        return;
    }
    char *open = strchr(text, '['), *close = open ? strchr(open, ']') : NULL;
    if (close) {
        *close = '\0';
        host_add(host, name, open + 1);
    }
}

static void add_processor(struct host *host)
{
    char text[4096];
    if (file_read_at(AT_FDCWD, "/proc/cpuinfo", text, sizeof text) > 0) {
        char *model = strstr(text, "model name");
        char *value = model ? strstr(model, ": ") : NULL;
        if (value) {
            value[strcspn(value, "\n")] = '\0';
            host_add(host, "processor", value + 2);
        }
    }
    add_format(host, "processors", "%.0f", (double)sysconf(_SC_NPROCESSORS_ONLN));
}

/* Version 1 says "no limit" by a number near 2^63. */
static void add_limit(struct host *host, const char *path)
{
    char text[64];
    double bytes;
    if (file_read_at(AT_FDCWD, path, text, sizeof text) <= 0) {
        return;
    }
    text[strcspn(text, "\n")] = '\0';
    bool is_limited = text_parse_number(text, 0, &bytes) == 0 && bytes < 0x1p60;
    if (is_limited) {
        add_format(host, "cgroup memory limit", "%.0f MiB", bytes / 0x1p20);
    } else {
        host_add(host, "cgroup memory limit", "none");
    }
}

/* The tightest limit that stands in this process's own cgroup, version 2 or 1. */
static void add_cgroup_limit(struct host *host)
{
    char text[4096];
    if (file_read_at(AT_FDCWD, "/proc/self/cgroup", text, sizeof text) <= 0) {
        return;
    }
    char *save = NULL;
    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        bool is_v2 = text_starts_with(line, "0::"), is_v1 = strstr(line, ":memory:") != NULL;
        if (!is_v2 && !is_v1) {
            continue;
        }
        const char *group = strrchr(line, ':') + 1;
        cleanup_free char *path =
            is_v2 ? text_format("/sys/fs/cgroup%s/memory.max", group)
                  : text_format("/sys/fs/cgroup/memory%s/memory.limit_in_bytes", group);
        add_limit(host, path);
    }
}

void host_read(struct host *host)
{
    *host = (struct host){0};
    struct utsname system;
    if (uname(&system) == 0) {
        host_add(host, "machine", system.machine);
        host_add(host, "kernel", system.release);
    }
    add_processor(host);
    struct sysinfo memory;
    if (sysinfo(&memory) == 0) {
        double unit = memory.mem_unit;
        add_format(host, "memory", "%.0f MiB", (double)memory.totalram * unit / 0x1p20);
        add_format(host, "swap", "%.0f MiB", (double)memory.totalswap * unit / 0x1p20);
    }
    add_format(host, "page size", "%.0f bytes", (double)sysconf(_SC_PAGESIZE));
    add_choice(host, "huge pages", "/sys/kernel/mm/transparent_hugepage/enabled");
    add_choice(host, "huge pages defrag", "/sys/kernel/mm/transparent_hugepage/defrag");
    add_line(host, "address randomisation", "/proc/sys/kernel/randomize_va_space");
    add_line(host, "overcommit", "/proc/sys/vm/overcommit_memory");
    add_cgroup_limit(host);
    host_add(host, "glibc", gnu_get_libc_version());
}

void host_clear(struct host *host)
{
    text_list_clear(&host->names);
    text_list_clear(&host->values);
}
