#include "inspect/ptmalloc_arenas.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

/* struct malloc_state, in bytes from its start */
enum {
    ARENA_FLAGS = 4,
    ARENA_TOP = 96,
    ARENA_BINS = 112,
    ARENA_NEXT = 2160,
    ARENA_SYSTEM_MEM = 2184,
    ARENA_MAX_SYSTEM_MEM = 2192,
    ARENA_NONCONTIGUOUS = 2, /* in its flags */
    ARENA_LAST_BIN = 127,
    ARENAS_MOST = 1 << 16, /* far above 8 per processor; only against a list that has no end */
};

/* struct malloc_par */
enum {
    PAR_THP_PAGESIZE = 40,
    PAR_HP_PAGESIZE = 48,
    PAR_N_MMAPS = 60,
    PAR_MAX_N_MMAPS = 68,
    PAR_NO_DYN_THRESHOLD = 72,
    PAR_MMAPPED_MEM = 80,
    PAR_MAX_MMAPPED_MEM = 88,
    PAR_SBRK_BASE = 96,
    PAR_TCACHE_BINS = 104,
    PAR_TCACHE_MAX_BYTES = 112,
    PAR_TCACHE_COUNT = 120,
    PAR_SIZE = 136,
    TCACHE_BINS_MOST = 64,
    TCACHE_COUNT_MOST = UINT16_MAX,
};

/* heap_info */
enum {
    HEAP_ARENA = 0,
    HEAP_PREV = 8,
    HEAP_USED = 16,
    HEAP_MAPPED = 24,
    HEAP_SIZE = 48,
    HEAP_MAX_SIZE = 64 << 20, /* and its alignment; twice DEFAULT_MMAP_THRESHOLD_MAX */
    HEAPS_MOST = 1 << 20,
};

/* More static data than this (of a program that is linked statically) is not searched. */
enum { DATA_MOST = 64 << 20 };

/* A copy of static data. */
struct data {
    unsigned char *bytes;
    uint64_t start, size;
};

static uint64_t word_at(const unsigned char *bytes, uint64_t offset)
{
    uint64_t word;
    memcpy(&word, bytes + offset, sizeof word);
    return word;
}

static uint64_t half_at(const unsigned char *bytes, uint64_t offset)
{
    uint32_t half;
    memcpy(&half, bytes + offset, sizeof half);
    return half;
}

static uint64_t align_up(uint64_t value, uint64_t alignment)
{
    return (value + alignment - 1) / alignment * alignment;
}

bool ptmalloc_is_anonymous(const struct mapping *mapping)
{
    return mapping->is_writable && !mapping->is_shared &&
           (!*mapping->path || text_starts_with(mapping->path, "[anon"));
}

static bool is_heap(const struct mapping *mapping)
{
    return strcmp(mapping->path, "[heap]") == 0;
}

uint64_t ptmalloc_reach(const struct image *image, uint64_t address)
{
    const struct mapping *mapping = image_find(image, address);
    if (!mapping || !(is_heap(mapping) || ptmalloc_is_anonymous(mapping))) {
        return address;
    }
    const struct mapping *last = image->mappings + image->mapping_count - 1;
    while (mapping < last && mapping[1].start == mapping->end &&
           is_heap(mapping) == is_heap(mapping + 1) &&
           (is_heap(mapping) || ptmalloc_is_anonymous(mapping + 1))) {
        mapping++; /* part of it has been advised differently, as for huge pages */
    }
    return mapping->end;
}

/* Whether the list of a bin, as it stands in an arena at `address`, is closed: what the bin points
 * to points back to it. */
static bool is_bin(struct image *image, const unsigned char *arena, uint64_t address, uint64_t bin)
{
    uint64_t place = ARENA_BINS + (bin - 1) * 16;
    uint64_t next = word_at(arena, place), previous = word_at(arena, place + 8);
    uint64_t self = address + place - CHUNK_PAYLOAD; /* a bin is the links of a chunk */
    if (next == self || previous == self) {
        return next == previous;
    }
    return next && previous && image_word(image, next + CHUNK_PAYLOAD + 8) == self &&
           image_word(image, previous + CHUNK_PAYLOAD) == self;
}

static bool is_arena(struct image *image, const unsigned char *arena, uint64_t address)
{
    uint64_t top = word_at(arena, ARENA_TOP);
    if (!top || top % CHUNK_ALIGN || !word_at(arena, ARENA_NEXT) ||
        word_at(arena, ARENA_SYSTEM_MEM) > word_at(arena, ARENA_MAX_SYSTEM_MEM)) {
        return false;
    }
    for (uint64_t bin = 1; bin <= ARENA_LAST_BIN; bin++) {
        if (!is_bin(image, arena, address, bin)) {
            return false;
        }
    }
    return true;
}

/* The bins of the tcache follow from the largest block that it takes: this ties two of malloc's
 * parameters to each other, and to this version. */
static bool are_tcache_limits(const unsigned char *par)
{
    uint64_t bins = word_at(par, PAR_TCACHE_BINS), most = word_at(par, PAR_TCACHE_MAX_BYTES);
    uint64_t chunk = align_up(most + CHUNK_SIZE, CHUNK_ALIGN);
    chunk = chunk < CHUNK_LEAST ? CHUNK_LEAST : chunk;
    return bins >= 1 && bins <= TCACHE_BINS_MOST && most < IMAGE_PAGE &&
           bins == (chunk - CHUNK_LEAST) / CHUNK_ALIGN + 1 &&
           word_at(par, PAR_TCACHE_COUNT) <= TCACHE_COUNT_MOST;
}

static bool are_parameters(const unsigned char *par)
{
    uint64_t count = half_at(par, PAR_N_MMAPS), bytes = word_at(par, PAR_MMAPPED_MEM);
    return are_tcache_limits(par) && count <= half_at(par, PAR_MAX_N_MMAPS) &&
           bytes <= word_at(par, PAR_MAX_MMAPPED_MEM) && bytes % IMAGE_PAGE == 0 &&
           word_at(par, PAR_MAX_MMAPPED_MEM) % IMAGE_PAGE == 0 && (count == 0) == (bytes == 0) &&
           half_at(par, PAR_NO_DYN_THRESHOLD) <= 1 &&
           word_at(par, PAR_HP_PAGESIZE) == 0; /* else heaps are larger than is known here */
}

/* Whether the heap can begin at `base`: there is a chunk, and behind it another one. Any number
 * may happen to be an address in a heap of gigabytes. */
static bool begins_heap(struct image *image, uint64_t base)
{
    uint64_t chunk = align_up(base, CHUNK_ALIGN);
    for (int i = 0; i < 2; i++) {
        uint64_t size = image_word(image, chunk + CHUNK_SIZE);
        uint64_t bytes = size & ~(uint64_t)CHUNK_FLAGS;
        if ((size & (CHUNK_FLAGS - CHUNK_PREV_IN_USE)) != 0 || bytes % CHUNK_ALIGN != 0 ||
            bytes < CHUNK_FENCE || (i == 0 && !(size & CHUNK_PREV_IN_USE))) {
            return false;
        }
        chunk += bytes;
        if (i == 0 && !image_find(image, chunk)) {
            return true; /* the first one is the top */
        }
    }
    return true;
}

static bool find_parameters(struct ptmalloc_parameters *parameters, struct image *image,
                            const struct data *data, uint64_t main_top)
{
    for (uint64_t at = 0; at + PAR_SIZE <= data->size; at += 8) {
        const unsigned char *par = data->bytes + at;
        if (!are_parameters(par)) {
            continue;
        }
        uint64_t base = word_at(par, PAR_SBRK_BASE);
        bool is_unused = main_top >= data->start && main_top < data->start + data->size;
        if (is_unused ? base != 0 : !image_find(image, base) || !begins_heap(image, base)) {
            continue;
        }
        *parameters = (struct ptmalloc_parameters){
            .thp_page = word_at(par, PAR_THP_PAGESIZE),
            .sbrk_base = base,
            .mmapped_count = half_at(par, PAR_N_MMAPS),
            .mmapped_bytes = word_at(par, PAR_MMAPPED_MEM),
        };
        return true;
    }
    return false;
}

static void add_arena(struct ptmalloc_arenas *arenas, uint64_t address, const unsigned char *arena)
{
    arenas->arenas = text_grow(arenas->arenas, arenas->arena_count + 1, sizeof *arenas->arenas);
    arenas->arenas[arenas->arena_count++] = (struct ptmalloc_arena){
        .address = address,
        .top = word_at(arena, ARENA_TOP),
        .is_contiguous = (half_at(arena, ARENA_FLAGS) & ARENA_NONCONTIGUOUS) == 0,
    };
}

void ptmalloc_arenas_add(struct ptmalloc_arenas *arenas, struct ptmalloc_segment segment)
{
    arenas->segments =
        text_grow(arenas->segments, arenas->segment_count + 1, sizeof *arenas->segments);
    arenas->segments[arenas->segment_count++] = segment;
}

/* Looks for main_arena and the parameters in one piece of static data. */
static bool find_main(struct ptmalloc_arenas *arenas, struct image *image, const struct data *data)
{
    for (uint64_t at = 0; at + ARENA_SIZE <= data->size; at += 8) {
        const unsigned char *arena = data->bytes + at;
        if (is_arena(image, arena, data->start + at) &&
            find_parameters(&arenas->parameters, image, data, word_at(arena, ARENA_TOP))) {
            add_arena(arenas, data->start + at, arena);
            arenas->data_start = data->start;
            arenas->data_end = data->start + data->size;
            return true;
        }
    }
    return false;
}

/* Adds the heaps of the thread's arena that was added last, from the newest, which holds the top,
 * to the first, which holds the arena. */
static bool add_heaps(struct ptmalloc_arenas *arenas, struct image *image)
{
    const struct ptmalloc_arena *arena = arenas->arenas + arenas->arena_count - 1;
    uint64_t own = arena->address - HEAP_SIZE;
    uint64_t heap = arena->top - arena->top % HEAP_MAX_SIZE;
    for (int i = 0; i < HEAPS_MOST; i++) {
        unsigned char info[HEAP_SIZE];
        if (image_read(image, heap, info, sizeof info) < 0) {
            return false;
        }
        uint64_t used = word_at(info, HEAP_USED), previous = word_at(info, HEAP_PREV);
        if (word_at(info, HEAP_ARENA) != arena->address || used < HEAP_SIZE + CHUNK_LEAST ||
            used > HEAP_MAX_SIZE || used % IMAGE_PAGE || word_at(info, HEAP_MAPPED) < used ||
            (previous == 0) != (heap == own) || previous % HEAP_MAX_SIZE) {
            return false;
        }
        uint64_t before = HEAP_SIZE + (heap == own ? (uint64_t)ARENA_SIZE : 0);
        ptmalloc_arenas_add(arenas, (struct ptmalloc_segment){
                                        .start = heap,
                                        .first = heap + align_up(before, CHUNK_ALIGN),
                                        .end = heap + used,
                                        .arena = arenas->arena_count - 1,
                                    });
        if (heap == own) {
            return true;
        }
        heap = previous;
    }
    return false;
}

/* Follows the list of arenas, which ends where it began. */
static void find_others(struct ptmalloc_arenas *arenas, struct image *image)
{
    uint64_t first = arenas->arenas[0].address;
    uint64_t next = image_word(image, first + ARENA_NEXT);
    for (int i = 0; next != first && i < ARENAS_MOST; i++) {
        unsigned char arena[ARENA_SIZE];
        if (next % HEAP_MAX_SIZE != HEAP_SIZE || image_read(image, next, arena, sizeof arena) < 0 ||
            !is_arena(image, arena, next)) {
            return;
        }
        size_t segments = arenas->segment_count;
        add_arena(arenas, next, arena);
        if (!add_heaps(arenas, image)) {
            arenas->arena_count--;
            arenas->segment_count = segments;
        }
        next = word_at(arena, ARENA_NEXT);
    }
}

/* Static data: a file's writable mapping, and the bss that follows it. */
static bool is_data(const struct mapping *mapping)
{
    return mapping->is_writable && !mapping->is_shared && *mapping->path == '/';
}

bool ptmalloc_arenas_find(struct ptmalloc_arenas *arenas, struct image *image)
{
    *arenas = (struct ptmalloc_arenas){0};
    for (size_t i = 0; i < image->mapping_count; i++) {
        const struct mapping *mapping = image->mappings + i;
        if (!is_data(mapping)) {
            continue;
        }
        uint64_t end = mapping->end;
        if (i + 1 < image->mapping_count && mapping[1].start == end &&
            ptmalloc_is_anonymous(mapping + 1)) {
            end = mapping[1].end;
        }
        end = end - mapping->start < DATA_MOST ? end : mapping->start + DATA_MOST;
        struct data data = {.start = mapping->start, .size = end - mapping->start};
        cleanup_free unsigned char *bytes = data.bytes = text_allocate(data.size);
        if (image_read(image, data.start, bytes, data.size) == 0 &&
            find_main(arenas, image, &data)) {
            find_others(arenas, image);
            return true;
        }
    }
    return false;
}

void ptmalloc_arenas_clear(struct ptmalloc_arenas *arenas)
{
    free(arenas->arenas);
    free(arenas->segments);
    *arenas = (struct ptmalloc_arenas){0};
}
