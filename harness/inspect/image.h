/* A process's memory as it stands, seen from outside: what is mapped, what of it is resident, what
 * it holds.
 *
 * Nothing runs in the process and nothing of it changes: only resident pages are read, so no page
 * is faulted in. The process must stand still while it is read; what has changed meanwhile shows as
 * bytes that nobody explains. Only the live process is a source today; a core file can be another
 * one, since everything else of this folder knows the image alone.
 *
 * Residency comes from PAGEMAP_SCAN (Linux 6.7), before that from /proc/PID/pagemap. The zero page
 * is no resident memory: the scan tells it, pagemap does not, so on older kernels a mapping that
 * was only read may count too much (it shows as unexplained, negative). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

enum { IMAGE_PAGE = 4096 };

struct mapping {
    uint64_t start, end, offset;
    bool is_readable, is_writable, is_executable, is_shared;
    const char *path; /* "" for anonymous memory; "[heap]", "[stack]", "[vdso]", or a file's */
};

enum resident_kind {
    RESIDENT_ANON,
    RESIDENT_FILE,       /* also shared memory */
    RESIDENT_BORROWED,   /* anonymous, also another process's: readable, but not counted */
    RESIDENT_HUGE_SLACK, /* anonymous, part of a huge page, nothing but zeros */
};

/* Neighbouring resident pages of one kind, ascending; may go across mappings that touch. */
struct resident_run {
    uint64_t start, end;
    enum resident_kind kind;
};

struct image {
    struct mapping *mappings; /* ascending */
    size_t mapping_count;
    struct resident_run *runs;
    size_t run_count;
    size_t run_at; /* where the last look-up ended: look-ups are mostly ascending */
    struct image_source *source;
};

/* Which pages of a process count. */
enum image_pages {
    IMAGE_ALL,
    IMAGE_EXCLUSIVE, /* of anonymous memory only what no other process maps: of a fork's child, what
                      * it has written since; the rest is RESIDENT_BORROWED */
};

/* Opens the memory of a living process that stands still. Needs the right to trace it. */
int image_open_process(struct image *image, pid_t pid, enum image_pages pages, struct error *err);
void image_close(struct image *image);

/* The directory below which the files behind mappings are found: another one in a container. */
const char *image_root(const struct image *image);

/* The mapping that holds the address, or NULL. */
const struct mapping *image_find(const struct image *image, uint64_t address);

/* Resident bytes of one kind in [start, end), to the byte. Cheap where calls ascend. */
uint64_t image_resident(struct image *image, uint64_t start, uint64_t end, enum resident_kind kind);

/* Copies memory; pages that are not resident read as zeros. Returns 0, or -1 if a part of it is not
 * mapped or cannot be read. For single looks, as at headers. */
int image_read(struct image *image, uint64_t address, void *buffer, size_t size);

/* The same by a cache, for walks: a pointer to `size` bytes (at most IMAGE_VIEW_MOST), valid until
 * the next call; NULL if it cannot be read. */
enum { IMAGE_VIEW_MOST = 4096 };
const void *image_view(struct image *image, uint64_t address, size_t size);

/* The number there, or 0 if it cannot be read. */
uint64_t image_word(struct image *image, uint64_t address);
