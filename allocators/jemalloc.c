/* jemalloc. Freed pages decay: they are given back some time after they were freed, but the clock
 * is looked at only when the arena is used, or by a background thread where one is switched on.
 * That thread does not survive fork(). */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "families.h"
#include "residency.h"

typedef int mallctl_function(const char *, void *, size_t *, void *, size_t);

static int version(char *text, size_t size)
{
    mallctl_function *control = allocator_symbol("mallctl");
    const char *value;
    size_t length = sizeof value;
    if (!control || control("version", &value, &length, NULL, 0)) {
        return -1;
    }
    snprintf(text, size, "%s", value);
    return 0;
}

static void show_flag(char *text, size_t size, mallctl_function *control, const char *name,
                      const char *shown)
{
    bool value;
    size_t length = sizeof value;
    if (control(name, &value, &length, NULL, 0) == 0) {
        allocator_setting(text, size, shown, value);
    }
}

static void settings(char *text, size_t size)
{
    mallctl_function *control = allocator_symbol("mallctl");
    if (!control) {
        return;
    }
    unsigned arenas;
    size_t length = sizeof arenas;
    if (control("opt.narenas", &arenas, &length, NULL, 0) == 0) {
        allocator_setting(text, size, "narenas", arenas);
    }
    show_flag(text, size, control, "background_thread", "background_thread");
    static const char *const decays[][2] = {{"opt.dirty_decay_ms", "dirty_decay_ms"},
                                            {"opt.muzzy_decay_ms", "muzzy_decay_ms"}};
    for (size_t i = 0; i < sizeof decays / sizeof *decays; i++) {
        ssize_t milliseconds;
        length = sizeof milliseconds;
        if (control(decays[i][0], &milliseconds, &length, NULL, 0) == 0) {
            allocator_setting(text, size, decays[i][1], milliseconds);
        }
    }
    show_flag(text, size, control, "opt.tcache", "tcache");
    show_flag(text, size, control, "opt.retain", "retain");
}

/* 4096 is MALLCTL_ARENAS_ALL. */
static void release(void)
{
    mallctl_function *control = allocator_symbol("mallctl");
    if (control) {
        control("thread.tcache.flush", NULL, NULL, NULL, 0);
        control("arena.4096.purge", NULL, NULL, NULL, 0);
    }
}

static size_t size_of(mallctl_function *control, const char *name)
{
    size_t value, length = sizeof value;
    return control(name, &value, &length, NULL, 0) ? 0 : value;
}

static size_t size_of_arena(mallctl_function *control, unsigned arena, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "stats.arenas.%u.%s", arena, name);
    return size_of(control, path);
}

/* ---- what of it is resident ----
 *
 * jemalloc counts free pages and its metadata whether or not they were ever touched: of the 2.5 MiB
 * of metadata that it starts with, 0.25 MiB are, and the tail of a block that was rounded up to its
 * size class is untouched when it is free again. So its own lists are read, beginning at
 * the one address that it tells (experimental.arenas.<i>.pactivep, within struct arena). The
 * layout is that of 5.3.0 on 64 bits (edata.h, eset.h, base.h), is never relied on without proof,
 * and is read so that a wrong address cannot crash. */

enum {
    PAGE = 4096,
    HUGE_PAGE = 2 * 1024 * 1024,
    EDATA_WORDS = 9,          /* of a struct edata, as far as read */
    EDATA_ADDRESS = 1,        /* word: e_addr */
    EDATA_SIZE = 2,           /* word: e_size_esn, a serial number in the bits below a page */
    EDATA_NEXT = 8,           /* word: the next one of an inactive list, which is a ring */
    ESETS_REACH = 128 * 1024, /* bytes behind pactivep that hold the arena's sets of free extents */
    PIECE_WORDS = 128,
    MOST_BLOCKS = 4096,
};

/* Resident bytes of a ring of free extents if it holds just so many pages; -1 if it does not. */
static int64_t resident_of_ring(uintptr_t first, size_t pages)
{
    uint64_t edata[EDATA_WORDS];
    size_t counted = 0;
    int64_t resident = 0;
    uintptr_t at = first;
    do {
        if (!residency_peek(at, edata, sizeof edata)) {
            return -1;
        }
        size_t size = edata[EDATA_SIZE] / PAGE * PAGE;
        counted += size / PAGE;
        if (size == 0 || counted > pages) {
            return -1;
        }
        int64_t added = residency_of(edata[EDATA_ADDRESS], size);
        if (added < 0) {
            return -1;
        }
        resident += added;
        at = edata[EDATA_NEXT];
    } while (at != first);
    return counted == pages ? resident : -1;
}

/* The set with so many pages: its list's head and the number stand side by side (eset.h: lru,
 * npages). Returns what of it is resident, or -1 if no such pair heads a ring that adds up. */
static int64_t find_set(uintptr_t arena, size_t pages)
{
    uint64_t piece[PIECE_WORDS + 1]; /* one word into the next piece: a pair may be cut */
    for (size_t at = 0; at < ESETS_REACH; at += PIECE_WORDS * sizeof *piece) {
        if (!residency_peek(arena + at, piece, sizeof piece)) {
            return -1;
        }
        for (int i = 0; i < PIECE_WORDS; i++) {
            if (piece[i + 1] == pages && piece[i] > PAGE) {
                int64_t resident = resident_of_ring(piece[i], pages);
                if (resident >= 0) {
                    return resident;
                }
            }
        }
    }
    return -1;
}

static int64_t resident_free(uintptr_t arena, size_t pages)
{
    return pages == 0 ? 0 : find_set(arena, pages);
}

/* The blocks of an arena's metadata, newest first, each at a multiple of 2 MiB, with {size, next}
 * at its beginning; the oldest holds the arena, and the list's head within its first KiB
 * (base.h). Returns what of them is resident, or -1 if `newest` heads no such list. */
static int64_t resident_blocks(uintptr_t newest, uintptr_t oldest)
{
    int64_t resident = 0;
    uintptr_t at = newest;
    for (int i = 0; i < MOST_BLOCKS; i++) {
        uint64_t header[2];
        if (at == 0 || at % HUGE_PAGE || !residency_peek(at, header, sizeof header) ||
            header[0] == 0 || header[0] % HUGE_PAGE) {
            return -1;
        }
        int64_t added = residency_of(at, header[0]);
        if (added < 0) {
            return -1;
        }
        resident += added;
        if (at == oldest) {
            return header[1] == 0 ? resident : -1;
        }
        at = header[1];
    }
    return -1;
}

static int64_t resident_metadata(uintptr_t arena)
{
    enum { BEHIND_HEADER = 18 }; /* word: struct base_block is {size, next, edata of 128 bytes} */
    uint64_t head[PIECE_WORDS];
    uintptr_t oldest = arena / HUGE_PAGE * HUGE_PAGE;
    if (!residency_peek(oldest, head, sizeof head)) {
        return -1;
    }
    for (int i = BEHIND_HEADER; i < PIECE_WORDS; i++) {
        int64_t resident = resident_blocks(head[i], oldest);
        if (resident >= 0) {
            return resident;
        }
    }
    return -1;
}

/* An address within an arena's struct, or 0. */
static uintptr_t locate_arena(mallctl_function *control, unsigned arena)
{
    char path[64];
    void *address;
    size_t length = sizeof address;
    snprintf(path, sizeof path, "experimental.arenas.%u.pactivep", arena);
    return control(path, &address, &length, NULL, 0) ? 0 : (uintptr_t)address;
}

static bool is_initialized(mallctl_function *control, unsigned arena)
{
    char path[64];
    bool value;
    size_t length = sizeof value;
    snprintf(path, sizeof path, "arena.%u.initialized", arena);
    return control(path, &value, &length, NULL, 0) == 0 && value;
}

static int64_t known_or(int64_t value, size_t otherwise)
{
    return value >= 0 ? value : (int64_t)otherwise;
}

/* Where the lists cannot be found, what jemalloc counts, touched or not. */
static void add_arena(mallctl_function *control, unsigned arena, struct allocator_account *account)
{
    size_t dirty = size_of_arena(control, arena, "pdirty");
    size_t muzzy = size_of_arena(control, arena, "pmuzzy");
    uintptr_t address = locate_arena(control, arena);
    int64_t free_dirty = address ? resident_free(address, dirty) : -1;
    int64_t free_muzzy = address ? resident_free(address, muzzy) : -1;
    int64_t metadata = address ? resident_metadata(address) : -1;
    account->releasable += known_or(free_dirty, dirty * PAGE) + known_or(free_muzzy, muzzy * PAGE);
    account->metadata += known_or(metadata, size_of_arena(control, arena, "base")) +
                         (int64_t)size_of_arena(control, arena, "internal");
}

/* stats.allocated counts the blocks in threads' caches as live. What jemalloc allocated for itself
 * in its own pages ("internal") is active, and metadata. 4096 is MALLCTL_ARENAS_ALL. */
static void account(struct allocator_account *account)
{
    mallctl_function *control = allocator_symbol("mallctl");
    uint64_t epoch = 1;
    unsigned arenas;
    size_t epoch_length = sizeof epoch, arenas_length = sizeof arenas;
    bool has_stats = false;
    size_t flag_length = sizeof has_stats;
    if (!control || control("config.stats", &has_stats, &flag_length, NULL, 0) || !has_stats ||
        control("epoch", &epoch, &epoch_length, &epoch, sizeof epoch) ||
        control("arenas.narenas", &arenas, &arenas_length, NULL, 0)) {
        return;
    }
    account->live = (int64_t)size_of(control, "stats.allocated") -
                    (int64_t)size_of(control, "stats.arenas.4096.tcache_bytes");
    account->pinned = (int64_t)size_of(control, "stats.active") - account->live -
                      (int64_t)size_of(control, "stats.arenas.4096.internal");
    account->resident = (int64_t)size_of(control, "stats.resident");
    account->releasable = account->metadata = 0;
    for (unsigned i = 0; i < arenas; i++) {
        if (is_initialized(control, i)) {
            add_arena(control, i, account);
        }
    }
}

static void write_text(void *context, const char *text)
{
    (void)!write(*(int *)context, text, strlen(text));
}

static void dump(int descriptor)
{
    void (*print)(void (*)(void *, const char *), void *, const char *) =
        allocator_symbol("malloc_stats_print");
    if (print) {
        print(write_text, &descriptor, NULL);
    }
}

/* The pairs of MALLOC_CONF are wrong one by one; the others of the same text still count. */
static const struct allocator_knob knobs[] = {{"MALLOC_CONF", "NAME:VALUE"}, {0}};

static const char *const complaints[] = {"Invalid conf", "Out-of-range conf", "Malformed conf",
                                         "Conf string ends", NULL};

/* opt.* of jemalloc 5.3.0. */
static const char *const options[] = {"abort",
                                      "abort_conf",
                                      "background_thread",
                                      "bin_shards",
                                      "cache_oblivious",
                                      "confirm_conf",
                                      "dirty_decay_ms",
                                      "dss",
                                      "hpa",
                                      "junk",
                                      "lg_extent_max_active_fit",
                                      "lg_prof_interval",
                                      "lg_prof_sample",
                                      "lg_tcache_max",
                                      "lg_tcache_nslots_mul",
                                      "max_background_threads",
                                      "metadata_thp",
                                      "muzzy_decay_ms",
                                      "mutex_max_spin",
                                      "narenas",
                                      "narenas_ratio",
                                      "oversize_threshold",
                                      "percpu_arena",
                                      "prof",
                                      "prof_accum",
                                      "prof_active",
                                      "prof_final",
                                      "prof_gdump",
                                      "prof_leak",
                                      "prof_prefix",
                                      "retain",
                                      "stats_interval",
                                      "stats_print",
                                      "stats_print_opts",
                                      "tcache",
                                      "tcache_max",
                                      "thp",
                                      "trust_madvise",
                                      "utrace",
                                      "xmalloc",
                                      "zero",
                                      "zero_realloc",
                                      NULL};

static const struct allocator_family jemalloc = {
    .name = "jemalloc",
    .mark = "mallctlbymib",
    .version = version,
    .settings = settings,
    .release = release,
    .account = account,
    .dump = dump,
    .check = ALLOCATOR_COMPLAINS,
    .prefix = "MALLOC_",
    .knobs = knobs,
    .options = options,
    .complaints = complaints,
};

static const char *const sonames[] = {"libjemalloc.so.2", NULL};

const struct allocator allocator_jemalloc = {
    .name = "jemalloc",
    .summary = "jemalloc, as it comes: gives back 10 s after, if it is called then",
    .family = &jemalloc,
    .sonames = sonames,
    .package = "libjemalloc2",
    .is_stock = 1,
};

static const char *const background[] = {
    "MALLOC_CONF=background_thread:true,dirty_decay_ms:2000,muzzy_decay_ms:0", NULL};

const struct allocator allocator_jemalloc_background = {
    .name = "jemalloc-background",
    .summary = "jemalloc with a thread that gives freed pages back after 2 s",
    .family = &jemalloc,
    .sonames = sonames,
    .package = "libjemalloc2",
    .environment = background,
};
