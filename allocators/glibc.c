/* glibc's own malloc: ptmalloc with arenas, a tcache per thread, and a trim of the heap's top.
 *
 * It has no call that reads a setting back; what was set stands in the trial's environment. */
#include <gnu/libc-version.h>
#include <malloc.h>
#include <stdio.h>

#include "families.h"

static int version(char *text, size_t size)
{
    snprintf(text, size, "%s", gnu_get_libc_version());
    return 0;
}

/* Walks all arenas and gives back whole free pages, but not the top chunk of a thread's arena. */
static void release(void)
{
    malloc_trim(0);
}

static const struct allocator_family glibc = {
    .name = "glibc",
    .version = version,
    .release = release,
};

const struct allocator allocator_glibc = {
    .name = "glibc",
    .summary = "the C library's own malloc, as it comes",
    .family = &glibc,
    .is_stock = 1,
};
