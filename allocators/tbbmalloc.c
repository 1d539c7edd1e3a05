/* oneTBB's scalable allocator. Its malloc is in libtbbmalloc_proxy.so.2, which stands before
 * libtbbmalloc.so.2; memory goes back only by munmap of regions that are free as a whole. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "families.h"

/* Finds `marker` in a file and copies the line behind it. Read piece by piece into a small buffer,
 * not mapped: this runs in the process that is measured. */
static int find_line(int file, const char *marker, char *text, size_t size)
{
    char buffer[4096];
    size_t kept = 0, length = strlen(marker);
    for (ssize_t got; (got = read(file, buffer + kept, sizeof buffer - kept)) > 0;) {
        size_t filled = kept + (size_t)got;
        const char *found = memmem(buffer, filled, marker, length);
        const char *line = found ? found + length : buffer;
        size_t left = filled - (size_t)(line - buffer);
        if (found && (memchr(line, '\n', left) || memchr(line, '\0', left))) {
            snprintf(text, size, "%.*s", (int)strcspn(line, "\n"), line);
            return 0;
        }
        /* The marker or its line may go on in the next piece. */
        kept = filled < 128 ? filled : 128;
        memmove(buffer, buffer + filled - kept, kept);
    }
    return -1;
}

/* There is no call that tells it; it stands in the text that TBB_VERSION=1 would print at start. */
static int version(char *text, size_t size)
{
    const char *path = allocator_library("scalable_malloc");
    cleanup_close int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    return file < 0 ? -1 : find_line(file, "TBBmalloc: VERSION\t\t", text, size);
}

/* 0 is TBBMALLOC_CLEAN_ALL_BUFFERS (oneapi/tbb/scalable_allocator.h). */
static void release(void)
{
    int (*command)(int, void *) = allocator_symbol("scalable_allocation_command");
    if (command) {
        command(0, NULL);
    }
}

static const struct allocator_knob knobs[] = {
    {"TBB_MALLOC_USE_HUGE_PAGES", NULL},
    {"TBB_MALLOC_SET_HUGE_SIZE_THRESHOLD", NULL},
    {0},
};

static const struct allocator_family tbbmalloc = {
    .name = "tbbmalloc",
    .mark = "__TBB_malloc_proxy",
    .version = version,
    .release = release,
    .check = ALLOCATOR_SILENT,
    .prefix = "TBB_MALLOC_",
    .knobs = knobs,
};

static const char *const sonames[] = {"libtbbmalloc_proxy.so.2", NULL};

const struct allocator allocator_tbbmalloc = {
    .name = "tbbmalloc",
    .summary = "oneTBB's scalable allocator, as it comes",
    .family = &tbbmalloc,
    .sonames = sonames,
    .package = "libtbbmalloc2",
    .is_stock = 1,
};
