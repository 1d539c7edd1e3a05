/* The growth of a process's anonymous and shared memory between two standstills, divided among its
 * causes.
 *
 * Owners that shrank are netted, so that the parts are never negative and sum to the growth: what a
 * layer (pymalloc, malloc, the descendants) lost in one owner is taken from what the same layer
 * gained in its others, since memory that was free at first is what was used first; what is then
 * left over is taken from all parts. Each time in proportion to their bytes: nobody knows which of
 * them took it. */
#pragma once

#include <stdbool.h>

#include "measure/sample.h"

enum cause_kind {
    CAUSE_UNCOLLECTABLE,     /* only gc.garbage holds it */
    CAUSE_UNCOLLECTED,       /* garbage that one gc.collect() frees */
    CAUSE_LIVE,              /* live objects and blocks */
    CAUSE_PYMALLOC,          /* free memory in pymalloc's arenas */
    CAUSE_MALLOC_RELEASABLE, /* free memory of malloc in whole pages */
    CAUSE_MALLOC_PINNED,     /* free memory of malloc that live blocks hold */
    CAUSE_MALLOC_UNSPLIT,    /* memory of a malloc that does not tell which */
    CAUSE_LAZYFREE,          /* lazily freed: the kernel takes it when it needs it */
    CAUSE_HUGE_PAGES,        /* untouched parts of huge pages */
    CAUSE_STACKS,            /* thread stacks */
    CAUSE_SHARED,            /* mapped to be shared: shm, memfd, mmap.mmap(-1, ...) */
    CAUSE_OTHER,             /* metadata, static data, the unexplained */
    CAUSE_KINDS,
};

struct division_span {
    const struct sample *from, *to;
    /* The later standstills that tell garbage from live objects, and what a release gives; or NULL.
     */
    const struct sample *collected, *released;
};

struct division {
    bool is_known;             /* both ends were inspected */
    double total;              /* bytes; may be negative */
    double children;           /* bytes of it that descendants hold */
    double bytes[CAUSE_KINDS]; /* 0 or more; all 0 if the total is not above 0 */
    bool is_garbage_unsized;   /* gc.garbage holds objects of unknown size: they count as live */
};

/* Anonymous memory of the process and its descendants, lazily freed pages included, bytes; or
 * METRIC_ABSENT. */
double division_size(const struct sample *sample);

/* Divides the growth over a span.
 *
 * - Uncollectable is what gc.garbage held in addition, at `to` or at `collected`: the list fills
 *   when the collector runs.
 * - Uncollected is what the live memory fell by up to `collected`, if that collection freed an
 *   object at all.
 * - Where malloc does not tell live blocks from free ones, garbage is what its memory fell by up to
 *   `collected`, under the same condition, and releasable what it fell by up to `released` else;
 *   the rest is unsplit. Free memory that such a malloc keeps of collected garbage until its
 *   release passes for releasable. */
void division_make(struct division *division, const struct division_span *span);
