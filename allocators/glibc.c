/* glibc's own malloc: ptmalloc with arenas, a tcache per thread, and a trim of the heap's top.
 *
 * It has no call that reads a setting back, but ld.so lists the tunables and what the environment
 * makes of them (plan/knobs.c). */
#include <gnu/libc-version.h>
#include <malloc.h>
#include <stdio.h>
#include <unistd.h>

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

/* uordblks counts what lies in threads' caches as live, and headers: 16 bytes a block at most.
 * fordblks is no answer to what is releasable: after malloc_trim it still counts the pages that
 * went (measured: 194 MB free, 5 MB resident). Walks every free chunk, which takes 0.4 us each. */
static void account(struct allocator_account *account)
{
    struct mallinfo2 info = mallinfo2();
    account->live = (int64_t)(info.uordblks + info.hblkhd);
    account->resident = (int64_t)(info.arena + info.hblkhd);
}

static void dump(int descriptor)
{
    FILE *stream = fdopen(dup(descriptor), "w");
    if (stream) {
        malloc_info(0, stream);
        fclose(stream);
    }
}

/* The variables and the tunables that they stand for (glibc 2.36, elf/dl-tunables.list).
 * MALLOC_CHECK_ and MALLOC_TRACE are not among them: since 2.34 only libc_malloc_debug.so reads
 * them (NEWS). */
static const struct allocator_knob knobs[] = {
    {"MALLOC_ARENA_MAX", "arena_max"},
    {"MALLOC_ARENA_TEST", "arena_test"},
    {"MALLOC_MMAP_MAX_", "mmap_max"},
    {"MALLOC_MMAP_THRESHOLD_", "mmap_threshold"},
    {"MALLOC_PERTURB_", "perturb"},
    {"MALLOC_TOP_PAD_", "top_pad"},
    {"MALLOC_TRIM_THRESHOLD_", "trim_threshold"},
    {0},
};

static const struct allocator_family glibc = {
    .name = "glibc",
    .version = version,
    .release = release,
    .account = account,
    .dump = dump,
    .check = ALLOCATOR_TUNABLES,
    .prefix = "MALLOC_",
    .knobs = knobs,
};

const struct allocator allocator_glibc = {
    .name = "glibc",
    .summary = "the C library's own malloc, as it comes",
    .family = &glibc,
    .is_stock = 1,
};

static const char *const arena1[] = {"MALLOC_ARENA_MAX=1", NULL};

const struct allocator allocator_glibc_arena1 = {
    .name = "glibc-arena1",
    .summary = "glibc with one arena, which all threads share",
    .family = &glibc,
    .environment = arena1,
};

/* A threshold that is set also stops glibc from raising it when a large block is freed (mallopt).
 */
static const char *const tuned[] = {"MALLOC_ARENA_MAX=2", "MALLOC_MMAP_THRESHOLD_=65536",
                                    "MALLOC_TRIM_THRESHOLD_=65536", NULL};

const struct allocator allocator_glibc_tuned = {
    .name = "glibc-tuned",
    .summary = "glibc as servers tune it: two arenas, blocks from 64 KiB given back when freed",
    .family = &glibc,
    .environment = tuned,
};
