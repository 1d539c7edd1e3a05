/* Walking the chunks of a heap of glibc's malloc, and the lists of those that are cached. */
#pragma once

#include "inspect/ptmalloc_arenas.h"
#include "inspect/ptmalloc_set.h"

enum ptmalloc_chunk {
    PTMALLOC_USED, /* handed out, or in a tcache */
    PTMALLOC_FREE, /* in a bin, or in the set of the walk */
    PTMALLOC_TOP,
    PTMALLOC_FENCE, /* what malloc puts at the end of a heap that it cannot extend */
};

struct ptmalloc_walk {
    struct image *image;
    uint64_t at, end; /* the next chunk; where the heap ends */
    uint64_t top;
    struct ptmalloc_set *free; /* also free, though not marked so; or NULL */
    /* Chunks in ascending order, each as long as the way to the next one. */
    void (*visit)(void *context, enum ptmalloc_chunk kind, uint64_t chunk, uint64_t size);
    void *context;
};

enum ptmalloc_walked {
    PTMALLOC_AT_TOP,
    PTMALLOC_AT_FENCE,
    PTMALLOC_BROKEN, /* there is no chunk at `at` */
};

/* Walks from `at` to the top, a fencepost or to where it goes no further; `at` is then behind what
 * was visited. */
enum ptmalloc_walked ptmalloc_walk(struct ptmalloc_walk *walk);

/* The first address from `from` on, in steps of `step`, from which chunks lead to the top or to a
 * fencepost before `end`; or 0. */
uint64_t ptmalloc_find_chunks(struct image *image, uint64_t from, uint64_t end, uint64_t top,
                              uint64_t step);

/* Adds the chunks in an arena's fastbins. */
void ptmalloc_add_fastbins(struct ptmalloc_set *set, struct image *image,
                           const struct ptmalloc_arena *arena);

/* If the chunk (in use) is a thread's tcache, adds the chunks in it to the set, and returns true.
 * An empty tcache is not recognised; it counts as handed out (640 bytes). `key` is what every
 * cached chunk carries in this process, 0 as long as it is not known. */
bool ptmalloc_add_tcache(struct ptmalloc_set *set, const struct ptmalloc_arenas *arenas,
                         struct image *image, uint64_t chunk, uint64_t size, uint64_t *key);
