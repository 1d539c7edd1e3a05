#include "inspect/pagemap.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cleanup.h"

/* From linux/fs.h of Linux 6.7; Debian 12's headers are older. */
struct scan_region {
    uint64_t start, end, categories;
};

struct scan_order {
    uint64_t size, flags, start, end, walk_end, regions, region_count, most_pages;
    uint64_t inverted, required, any_of, returned;
};

#define SCAN _IOWR('f', 16, struct scan_order)
enum { SCAN_FILE = 1 << 2, SCAN_PRESENT = 1 << 3, SCAN_ZERO = 1 << 5, SCAN_HUGE = 1 << 6 };

/* Bits of an entry of /proc/PID/pagemap (Documentation/admin-guide/mm/pagemap.rst). */
static const uint64_t entry_exclusive = 1ULL << 56, entry_file = 1ULL << 61,
                      entry_present = 1ULL << 63;

/* The lower half of the address space; vsyscall, above it, is no memory of the process. */
static const uint64_t user_end = 1ULL << 47;

struct joiner {
    struct pagemap_run run; /* not told yet; empty at first */
    pagemap_found *found;
    void *context;
};

static void tell(struct joiner *joiner)
{
    if (joiner->run.end > joiner->run.start) {
        joiner->found(joiner->context, &joiner->run);
    }
}

static void join(struct joiner *joiner, struct pagemap_run run)
{
    struct pagemap_run *last = &joiner->run;
    if (last->end == run.start && last->is_file == run.is_file && last->is_huge == run.is_huge &&
        last->is_borrowed == run.is_borrowed) {
        last->end = run.end;
        return;
    }
    tell(joiner);
    *last = run;
}

/* Trap: with more regions than fit, walk_end may lie far before the last region that was told (seen
 * on 6.18), so the scan is resumed from that region's end. */
static int scan(int pagemap, struct joiner *joiner)
{
    enum { REGIONS = 512 };
    struct scan_region regions[REGIONS];
    struct scan_order order = {
        .size = sizeof order,
        .end = user_end - IMAGE_PAGE,
        .regions = (uint64_t)(uintptr_t)regions,
        .region_count = REGIONS,
        .inverted = SCAN_ZERO,
        .required = SCAN_PRESENT | SCAN_ZERO,
        .returned = SCAN_FILE | SCAN_HUGE,
    };
    int count;
    do {
        count = ioctl(pagemap, SCAN, &order);
        if (count < 0) {
            return -1;
        }
        for (int i = 0; i < count; i++) {
            join(joiner, (struct pagemap_run){.start = regions[i].start,
                                              .end = regions[i].end,
                                              .is_file = regions[i].categories & SCAN_FILE,
                                              .is_huge = regions[i].categories & SCAN_HUGE});
            order.start = regions[i].end;
        }
    } while (count == REGIONS);
    return 0;
}

static struct pagemap_run page_run(uint64_t start, uint64_t entry, enum image_pages pages)
{
    return (struct pagemap_run){.start = start,
                                .end = start + IMAGE_PAGE,
                                .is_file = entry & entry_file,
                                .is_borrowed =
                                    pages == IMAGE_EXCLUSIVE && !(entry & entry_exclusive)};
}

/* Page by page: what only the entries tell, and everything where there is no scan. */
static int read_entries(struct joiner *joiner, int pagemap, uint64_t start, uint64_t end,
                        enum image_pages pages)
{
    enum { ENTRIES = 4096 };
    uint64_t entries[ENTRIES];
    uint64_t at = start;
    while (at < end) {
        uint64_t left = (end - at) / IMAGE_PAGE;
        size_t size = (left < ENTRIES ? left : ENTRIES) * sizeof *entries;
        ssize_t length = pread(pagemap, entries, size, (off_t)(at / IMAGE_PAGE * sizeof *entries));
        if (length <= 0) {
            return -1;
        }
        for (size_t i = 0; i < (size_t)length / sizeof *entries; i++, at += IMAGE_PAGE) {
            if (entries[i] & entry_present) {
                join(joiner, page_run(at, entries[i], pages));
            }
        }
    }
    return 0;
}

/* Mallocs and sanitizers reserve terabytes that nobody may touch: hours of entries. */
static const uint64_t reserved_least = 1ULL << 32;

static int read_mappings(struct joiner *joiner, int pagemap, const struct mapping *mappings,
                         size_t count, enum image_pages pages)
{
    for (size_t i = 0; i < count; i++) {
        const struct mapping *mapping = &mappings[i];
        bool is_reserved = !mapping->is_readable && !mapping->is_writable &&
                           mapping->end - mapping->start >= reserved_least;
        if (!is_reserved && mapping->end <= user_end &&
            read_entries(joiner, pagemap, mapping->start, mapping->end, pages)) {
            return -1;
        }
    }
    return 0;
}

/* Of what a scan has found, the entries tell which pages no other process maps. */
struct refiner {
    struct joiner joiner;
    int pagemap;
    bool has_failed;
};

static void refine(void *context, const struct pagemap_run *run)
{
    struct refiner *refiner = context;
    if (run->is_file) {
        join(&refiner->joiner, *run);
    } else if (read_entries(&refiner->joiner, refiner->pagemap, run->start, run->end,
                            IMAGE_EXCLUSIVE)) {
        refiner->has_failed = true;
    }
}

static int scan_exclusive(int pagemap, pagemap_found *found, void *context)
{
    struct refiner refiner = {.joiner = {.found = found, .context = context}, .pagemap = pagemap};
    struct joiner joiner = {.found = refine, .context = &refiner};
    if (scan(pagemap, &joiner)) {
        return -1;
    }
    tell(&joiner);
    tell(&refiner.joiner);
    return refiner.has_failed ? -1 : 0;
}

static int scan_all(int pagemap, pagemap_found *found, void *context)
{
    struct joiner joiner = {.found = found, .context = context};
    if (scan(pagemap, &joiner)) {
        return -1;
    }
    tell(&joiner);
    return 0;
}

int pagemap_each_run(int process, const struct mapping *mappings, size_t count,
                     enum image_pages pages, pagemap_found *found, void *context)
{
    cleanup_close int pagemap = openat(process, "pagemap", O_RDONLY | O_CLOEXEC);
    if (pagemap < 0) {
        return -1;
    }
    if ((pages == IMAGE_ALL ? scan_all : scan_exclusive)(pagemap, found, context) == 0) {
        return 0;
    }
    /* Before Linux 6.7 there is no such request; then nothing has been told yet. */
    if (errno != ENOTTY && errno != EINVAL) {
        return -1;
    }
    struct joiner joiner = {.found = found, .context = context};
    int failed = read_mappings(&joiner, pagemap, mappings, count, pages);
    tell(&joiner);
    return failed;
}
