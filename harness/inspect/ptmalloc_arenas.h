/* Where glibc's malloc keeps its memory: its parameters, its arenas and their heaps.
 *
 * All is found by structure, since programs come without symbols: `main_arena` and `mp_` stand in
 * libc's writable data, every other arena is linked from the first. Layouts are those of glibc 2.36
 * on x86-64 (malloc/malloc.c, malloc/arena.c). */
#pragma once

#include "inspect/image.h"

/* A chunk: prev_size (part of the chunk before it unless that is free), size with flags, payload up
 * to and including the prev_size of the next chunk. */
enum {
    CHUNK_SIZE = 8,     /* offset of the size */
    CHUNK_PAYLOAD = 16, /* offset of what is handed out */
    CHUNK_ALIGN = 16,
    CHUNK_LEAST = 32, /* MINSIZE */
    CHUNK_LINKS = 48, /* sizeof(struct malloc_chunk): what a free chunk needs for itself */
    CHUNK_FENCE = 16, /* size of a fencepost */
    CHUNK_PREV_IN_USE = 1,
    CHUNK_MMAPPED = 2,
    CHUNK_FLAGS = 7,
};

/* struct malloc_state */
enum {
    ARENA_FASTBINS = 16,
    ARENA_FASTBIN_COUNT = 10,
    ARENA_SIZE = 2200,
};

struct ptmalloc_parameters { /* of struct malloc_par, what matters here */
    uint64_t thp_page;       /* granularity of the top where huge pages are asked for; or 0 */
    uint64_t sbrk_base;      /* start of the main heap */
    uint64_t mmapped_count, mmapped_bytes;
};

/* Memory in which chunk follows chunk. */
struct ptmalloc_segment {
    uint64_t start; /* with what stands before the first chunk */
    uint64_t first; /* chunk */
    uint64_t end;   /* of the main heap's last: as far as it is mapped, until it has been walked */
    size_t arena;
};

struct ptmalloc_arena {
    uint64_t address;
    uint64_t top; /* chunk */
    bool is_contiguous;
};

struct ptmalloc_arenas {
    uint64_t data_start, data_end; /* of the data where main_arena was found */
    struct ptmalloc_parameters parameters;
    struct ptmalloc_arena *arenas; /* the first is main_arena */
    size_t arena_count;
    /* All heaps of threads' arenas. The main heap is added while it is walked, for only its chunks
     * tell where other users of sbrk interrupt it. */
    struct ptmalloc_segment *segments;
    size_t segment_count;
};

/* Returns false, and finds nothing, if this is not the malloc of a glibc that is known here. Of
 * the arenas it leaves out those that are not consistent. */
bool ptmalloc_arenas_find(struct ptmalloc_arenas *arenas, struct image *image);
void ptmalloc_arenas_clear(struct ptmalloc_arenas *arenas);

void ptmalloc_arenas_add(struct ptmalloc_arenas *arenas, struct ptmalloc_segment segment);

/* The end of the private anonymous memory of one kind (heap or not) around the address. */
uint64_t ptmalloc_reach(const struct image *image, uint64_t address);

/* Whether the mapping is memory that malloc or others may have asked the kernel for. */
bool ptmalloc_is_anonymous(const struct mapping *mapping);
