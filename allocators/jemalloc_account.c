#include "jemalloc_account.h"

#include <stdbool.h>
#include <stdio.h>

#include "residency.h"

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

static size_t size_of_bin(mallctl_function *control, const char *table, unsigned bin,
                          const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "%s.%u.%s", table, bin, name);
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
static int64_t resident_of_ring(const struct residency *residency, uintptr_t first, size_t pages)
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
        int64_t added = residency_of(residency, edata[EDATA_ADDRESS], size);
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
static int64_t find_set(const struct residency *residency, uintptr_t arena, size_t pages)
{
    uint64_t piece[PIECE_WORDS + 1]; /* one word into the next piece: a pair may be cut */
    for (size_t at = 0; at < ESETS_REACH; at += PIECE_WORDS * sizeof *piece) {
        if (!residency_peek(arena + at, piece, sizeof piece)) {
            return -1;
        }
        for (int i = 0; i < PIECE_WORDS; i++) {
            if (piece[i + 1] == pages && piece[i] > PAGE) {
                int64_t resident = resident_of_ring(residency, piece[i], pages);
                if (resident >= 0) {
                    return resident;
                }
            }
        }
    }
    return -1;
}

static int64_t resident_free(const struct residency *residency, uintptr_t arena, size_t pages)
{
    return pages == 0 ? 0 : find_set(residency, arena, pages);
}

/* The blocks of an arena's metadata, newest first, each at a multiple of 2 MiB, with {size, next}
 * at its beginning; the oldest holds the arena, and the list's head within its first KiB
 * (base.h). Returns what of them is resident, or -1 if `newest` heads no such list. */
static int64_t resident_blocks(const struct residency *residency, uintptr_t newest,
                               uintptr_t oldest)
{
    int64_t resident = 0;
    uintptr_t at = newest;
    for (int i = 0; i < MOST_BLOCKS; i++) {
        uint64_t header[2];
        if (at == 0 || at % HUGE_PAGE || !residency_peek(at, header, sizeof header) ||
            header[0] == 0 || header[0] % HUGE_PAGE) {
            return -1;
        }
        int64_t added = residency_of(residency, at, header[0]);
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

static int64_t resident_metadata(const struct residency *residency, uintptr_t arena)
{
    enum { BEHIND_HEADER = 18 }; /* word: struct base_block is {size, next, edata of 128 bytes} */
    uint64_t head[PIECE_WORDS];
    uintptr_t oldest = arena / HUGE_PAGE * HUGE_PAGE;
    if (!residency_peek(oldest, head, sizeof head)) {
        return -1;
    }
    for (int i = BEHIND_HEADER; i < PIECE_WORDS; i++) {
        int64_t resident = resident_blocks(residency, head[i], oldest);
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
static void add_arena(mallctl_function *control, unsigned arena, const struct residency *residency,
                      struct allocator_account *account)
{
    size_t dirty = size_of_arena(control, arena, "pdirty");
    size_t muzzy = size_of_arena(control, arena, "pmuzzy");
    uintptr_t address = locate_arena(control, arena);
    int64_t free_dirty = address ? resident_free(residency, address, dirty) : -1;
    int64_t free_muzzy = address ? resident_free(residency, address, muzzy) : -1;
    int64_t metadata = address ? resident_metadata(residency, address) : -1;
    account->releasable += known_or(free_dirty, dirty * PAGE) + known_or(free_muzzy, muzzy * PAGE);
    account->metadata += known_or(metadata, size_of_arena(control, arena, "base")) +
                         (int64_t)size_of_arena(control, arena, "internal");
}

/* ---- the calling thread's cache ----
 *
 * release() flushes it: blocks from 16 KiB on become free extents, smaller ones free their slab
 * where nothing else of it is live. The bins of the cache follow one another in the thread's data,
 * behind the address that thread.allocatedp tells, and their stacks of pointers lie in one piece
 * (cache_bin.h): that each begins where the one before it ends is the proof that they are they. */

struct cache_bin {
    uint64_t head; /* the newest pointer */
    uint64_t requests;
    uint16_t low_water, full, empty; /* low bits of addresses: the stack's last place, its end */
    uint16_t unused;
};

enum {
    MOST_CACHE_BINS = 48, /* 36 small and 5 large ones */
    CACHE_REACH = 512,    /* bytes behind the address that hold the first bin */
    MOST_CACHED = 512,    /* pointers of a bin that are looked at */
};

static unsigned count_of(mallctl_function *control, const char *name)
{
    unsigned value;
    size_t length = sizeof value;
    return control(name, &value, &length, NULL, 0) ? 0 : value;
}

static bool are_cache_bins(const struct cache_bin *bins, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint16_t room = (uint16_t)(bins[i].empty - bins[i].full);
        uint16_t used = (uint16_t)(bins[i].empty - bins[i].head);
        if (bins[i].head == 0 || used > room || room % sizeof(void *) || used % sizeof(void *) ||
            (i > 0 && bins[i].full != bins[i - 1].empty)) {
            return false;
        }
    }
    return true;
}

static bool find_cache_bins(mallctl_function *control, struct cache_bin *bins, unsigned count)
{
    uint64_t *address;
    size_t length = sizeof address;
    if (control("thread.allocatedp", &address, &length, NULL, 0)) {
        return false;
    }
    for (uintptr_t at = 0; at < CACHE_REACH; at += sizeof *address) {
        if (residency_peek((uintptr_t)address + at, bins, count * sizeof *bins) &&
            are_cache_bins(bins, count)) {
            return true;
        }
    }
    return false;
}

/* Free regions of the slab that holds a block, and all of its regions. */
static bool ask_slab(mallctl_function *control, uint64_t block, size_t *free, size_t *regions)
{
    struct {
        uint64_t current, free, regions, size, bin_free, bin_regions;
    } answer;
    size_t length = sizeof answer;
    if (control("experimental.utilization.query", &answer, &length, &block, sizeof block)) {
        return false;
    }
    *free = answer.free;
    *regions = answer.regions;
    return true;
}

/* In place: qsort may allocate. A bin holds some hundred at most. */
static void sort(uint64_t *blocks, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        uint64_t block = blocks[i];
        size_t at = i;
        for (; at > 0 && blocks[at - 1] > block; at--) {
            blocks[at] = blocks[at - 1];
        }
        blocks[at] = block;
    }
}

/* A slab's address is not told, so cached blocks within a slab's length of each other that answer
 * alike are taken for neighbours. */
static int64_t slabs_of(mallctl_function *control, const struct residency *residency,
                        uint64_t *blocks, size_t count, size_t slab)
{
    int64_t sum = 0;
    sort(blocks, count);
    for (size_t i = 0; i < count;) {
        size_t free, regions, together = 1, next_free, next_regions;
        if (!ask_slab(control, blocks[i], &free, &regions)) {
            return sum;
        }
        while (i + together < count && blocks[i + together] < blocks[i] + slab &&
               together + free < regions &&
               ask_slab(control, blocks[i + together], &next_free, &next_regions) &&
               next_free == free) {
            together++;
        }
        if (together + free == regions) {
            int64_t resident = residency_of(residency, blocks[i] / PAGE * PAGE, slab);
            sum += resident > 0 ? resident : 0;
        }
        i += together;
    }
    return sum;
}

/* A large block has a page more than its size, in which its beginning is put at random. */
static int64_t extents_of(const struct residency *residency, const uint64_t *blocks, size_t count,
                          size_t size)
{
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t resident = residency_of(residency, blocks[i] / PAGE * PAGE, size + PAGE);
        sum += resident > 0 ? resident : 0;
    }
    return sum;
}

/* Resident bytes that a flush frees; 0 if the cache cannot be found. */
static int64_t flushable(mallctl_function *control, const struct residency *residency)
{
    struct cache_bin bins[MOST_CACHE_BINS];
    uint64_t blocks[MOST_CACHED];
    unsigned small = count_of(control, "arenas.nbins"), all = count_of(control, "arenas.nhbins");
    int64_t sum = 0;
    if (small == 0 || all < small || all > MOST_CACHE_BINS ||
        !find_cache_bins(control, bins, all)) {
        return 0;
    }
    for (unsigned i = 0; i < all; i++) {
        size_t count = (uint16_t)(bins[i].empty - bins[i].head) / sizeof *blocks;
        count = count < MOST_CACHED ? count : MOST_CACHED;
        if (count == 0 || !residency_peek(bins[i].head, blocks, count * sizeof *blocks)) {
            continue;
        }
        if (i < small) {
            size_t slab = size_of_bin(control, "arenas.bin", i, "slab_size");
            sum += slabs_of(control, residency, blocks, count, slab);
        } else {
            size_t size = size_of_bin(control, "arenas.lextent", i - small, "size");
            sum += extents_of(residency, blocks, count, size);
        }
    }
    return sum;
}

/* A bin hands out the regions of a new slab from its beginning, so of one slab per bin and arena
 * the end may never have been touched; the same goes for regions that a thread's cache took in
 * advance.
 */
static int64_t fresh_regions(mallctl_function *control, unsigned arenas)
{
    unsigned bins;
    size_t length = sizeof bins, sum = size_of(control, "stats.arenas.4096.tcache_bytes");
    if (control("arenas.nbins", &bins, &length, NULL, 0)) {
        return (int64_t)sum;
    }
    for (unsigned i = 0; i < bins; i++) {
        size_t slabs = size_of_bin(control, "stats.arenas.4096.bins", i, "curslabs");
        size_t used = size_of_bin(control, "stats.arenas.4096.bins", i, "curregs") *
                      size_of_bin(control, "arenas.bin", i, "size");
        size_t slab = size_of_bin(control, "arenas.bin", i, "slab_size");
        size_t unused = slabs * slab > used ? slabs * slab - used : 0;
        size_t current = (slabs < arenas ? slabs : arenas) * slab;
        sum += unused < current ? unused : current;
    }
    return (int64_t)sum;
}

/* stats.allocated counts the blocks in threads' caches as live. What jemalloc allocated for itself
 * in its own pages ("internal") is active, and metadata. 4096 is MALLCTL_ARENAS_ALL. */
void jemalloc_account(struct allocator_account *account)
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
    struct residency residency;
    unsigned used = 0;
    residency_open(&residency);
    for (unsigned i = 0; i < arenas; i++) {
        if (is_initialized(control, i)) {
            add_arena(control, i, &residency, account);
            used++;
        }
    }
    int64_t flushed = flushable(control, &residency);
    residency_close(&residency);
    account->releasable += flushed;
    account->pinned -= flushed < account->pinned ? flushed : account->pinned;
    account->fresh = fresh_regions(control, used);
}
