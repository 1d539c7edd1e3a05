#include "inspect/ptmalloc_chunks.h"

#include <string.h>

/* struct tcache_perthread_struct of glibc 2.36: counts, then heads of lists */
enum {
    TCACHE_BINS = 64,
    TCACHE_ENTRIES = TCACHE_BINS * 2,
    TCACHE_SIZE = TCACHE_ENTRIES + TCACHE_BINS * 8,
    TCACHE_CHUNK = (TCACHE_SIZE + CHUNK_SIZE + CHUNK_ALIGN - 1) / CHUNK_ALIGN * CHUNK_ALIGN,
    ENTRY_KEY = 8,
};

/* Steps on trial while looking for the start of a heap: chunks of 1 KiB in 16 GiB. */
enum { TRIAL_MOST = 1 << 24 };

/* ---- walking ---- */

struct header {
    uint64_t previous, size; /* of the chunk before, if that is free; with flags */
};

static bool read_header(struct image *image, uint64_t chunk, struct header *header)
{
    const void *view = image_view(image, chunk, sizeof *header);
    if (view) {
        memcpy(header, view, sizeof *header);
    }
    return view;
}

static uint64_t size_of(const struct header *header)
{
    return header->size & ~(uint64_t)CHUNK_FLAGS;
}

/* Size of the fenceposts at walk->at, or 0. There are two of ordinary size, or the second one has
 * none; of a thread's heap that was almost full, only the one without a size remains. */
static uint64_t fence_size(const struct ptmalloc_walk *walk, const struct header *header)
{
    struct header second;
    uint64_t left = walk->end - walk->at;
    if (header->size == CHUNK_PREV_IN_USE && left == CHUNK_FENCE) {
        return CHUNK_FENCE;
    }
    bool is_first = (header->size & ~(uint64_t)CHUNK_PREV_IN_USE) == CHUNK_FENCE &&
                    left >= 2 * (uint64_t)CHUNK_FENCE;
    bool is_fence = is_first && read_header(walk->image, walk->at + CHUNK_FENCE, &second) &&
                    (second.size & CHUNK_PREV_IN_USE) && size_of(&second) <= CHUNK_FENCE;
    return is_fence ? 2 * (uint64_t)CHUNK_FENCE : 0;
}

/* Passes on the chunk at walk->at, and goes past it. */
static void step(struct ptmalloc_walk *walk, enum ptmalloc_chunk kind, uint64_t size)
{
    if (walk->visit) {
        walk->visit(walk->context, kind, walk->at, size);
    }
    walk->at += size;
}

/* Goes from chunk to chunk, at most `most` times, which counts down. */
static enum ptmalloc_walked walk_some(struct ptmalloc_walk *walk, uint64_t *most)
{
    struct header header, next;
    if (!read_header(walk->image, walk->at, &header)) {
        return PTMALLOC_BROKEN;
    }
    for (; *most > 0; (*most)--) {
        uint64_t size = size_of(&header);
        if (walk->at == walk->top) {
            if (size < CHUNK_LEAST || size > walk->end - walk->at) {
                break;
            }
            step(walk, PTMALLOC_TOP, size);
            return PTMALLOC_AT_TOP;
        }
        uint64_t fence = fence_size(walk, &header);
        if (fence) {
            step(walk, PTMALLOC_FENCE, fence);
            return PTMALLOC_AT_FENCE;
        }
        if (size < CHUNK_LEAST || size % CHUNK_ALIGN || (header.size & CHUNK_MMAPPED) ||
            size > walk->end - walk->at || walk->end - walk->at - size < CHUNK_PAYLOAD) {
            break;
        }
        if (!read_header(walk->image, walk->at + size, &next)) {
            break;
        }
        bool is_used = next.size & CHUNK_PREV_IN_USE;
        if (!is_used && next.previous != size) {
            break;
        }
        bool is_listed = walk->free && ptmalloc_set_has(walk->free, walk->at);
        step(walk, is_used && !is_listed ? PTMALLOC_USED : PTMALLOC_FREE, size);
        header = next;
    }
    return PTMALLOC_BROKEN;
}

enum ptmalloc_walked ptmalloc_walk(struct ptmalloc_walk *walk)
{
    uint64_t most = UINT64_MAX;
    return walk_some(walk, &most);
}

uint64_t ptmalloc_find_chunks(struct image *image, uint64_t from, uint64_t end, uint64_t top,
                              uint64_t step_size)
{
    uint64_t most = TRIAL_MOST;
    for (uint64_t at = from; at < end && most > 0; at += step_size) {
        uint64_t size = image_word(image, at + CHUNK_SIZE);
        if ((size & CHUNK_FLAGS) != CHUNK_PREV_IN_USE || size - CHUNK_PREV_IN_USE > end - at) {
            continue;
        }
        struct ptmalloc_walk trial = {.image = image, .at = at, .end = end, .top = top};
        if (walk_some(&trial, &most) != PTMALLOC_BROKEN) {
            return at;
        }
    }
    return 0;
}

/* ---- what is cached ---- */

/* Links of the lists are mangled with the address where they stand ("safe-linking"). */
static uint64_t read_link(struct image *image, uint64_t place)
{
    return (place >> 12) ^ image_word(image, place);
}

void ptmalloc_add_fastbins(struct ptmalloc_set *set, struct image *image,
                           const struct ptmalloc_arena *arena)
{
    for (uint64_t bin = 0; bin < ARENA_FASTBIN_COUNT; bin++) {
        uint64_t size = CHUNK_LEAST + bin * CHUNK_ALIGN;
        uint64_t chunk = image_word(image, arena->address + ARENA_FASTBINS + bin * 8);
        while (chunk && chunk % CHUNK_ALIGN == 0 &&
               (image_word(image, chunk + CHUNK_SIZE) & ~(uint64_t)CHUNK_FLAGS) == size &&
               !ptmalloc_set_has(set, chunk)) { /* or the list leads back into itself */
            ptmalloc_set_add(set, chunk);
            chunk = read_link(image, chunk + CHUNK_PAYLOAD);
        }
    }
}

/* Whether the 640 bytes could be a tcache that holds something: a list has a head if its count is
 * above 0, and only then. */
static bool could_be_tcache(const unsigned char *tcache)
{
    bool is_empty = true;
    for (size_t bin = 0; bin < TCACHE_BINS; bin++) {
        uint16_t count;
        uint64_t head;
        memcpy(&count, tcache + bin * sizeof count, sizeof count);
        memcpy(&head, tcache + TCACHE_ENTRIES + bin * sizeof head, sizeof head);
        if ((count == 0) != (head == 0) || head % CHUNK_ALIGN) {
            return false;
        }
        is_empty = is_empty && count == 0;
    }
    return !is_empty;
}

/* Whether a word stands in libc's data, as the key of the tcaches does (tcache_key). */
static bool is_in_data(const struct ptmalloc_arenas *arenas, struct image *image, uint64_t word)
{
    for (uint64_t at = arenas->data_start; at < arenas->data_end; at += sizeof word) {
        if (image_word(image, at) == word) {
            return true;
        }
    }
    return false;
}

/* Whether an entry of a list is a chunk of its size class that carries the key. */
static bool is_entry(const struct ptmalloc_arenas *arenas, struct image *image, uint64_t entry,
                     uint64_t size, uint64_t *key)
{
    uint64_t found = image_word(image, entry + ENTRY_KEY);
    if (entry % CHUNK_ALIGN || !found ||
        (image_word(image, entry - CHUNK_SIZE) & ~(uint64_t)CHUNK_FLAGS) != size) {
        return false;
    }
    if (*key == 0 && is_in_data(arenas, image, found)) {
        *key = found;
    }
    return found == *key;
}

/* Follows the list of a bin, and adds what is in it to a set, unless that is NULL. Returns whether
 * it is as long as it says, and made of what belongs there. */
static bool follow_bin(struct ptmalloc_set *set, const struct ptmalloc_arenas *arenas,
                       struct image *image, const unsigned char *tcache, size_t bin, uint64_t *key)
{
    uint16_t count;
    uint64_t entry, size = CHUNK_LEAST + bin * CHUNK_ALIGN;
    memcpy(&count, tcache + bin * sizeof count, sizeof count);
    memcpy(&entry, tcache + TCACHE_ENTRIES + bin * sizeof entry, sizeof entry);
    for (; count > 0 && is_entry(arenas, image, entry, size, key); count--) {
        if (set) {
            ptmalloc_set_add(set, entry - CHUNK_PAYLOAD);
        }
        entry = read_link(image, entry);
    }
    return count == 0 && entry == 0;
}

bool ptmalloc_add_tcache(struct ptmalloc_set *set, const struct ptmalloc_arenas *arenas,
                         struct image *image, uint64_t chunk, uint64_t size, uint64_t *key)
{
    /* A chunk is longer by 16 if the rest would have been too small for one of its own. */
    if (size != TCACHE_CHUNK && size != TCACHE_CHUNK + CHUNK_ALIGN) {
        return false;
    }
    const void *view = image_view(image, chunk + CHUNK_PAYLOAD, TCACHE_SIZE);
    if (!view || !could_be_tcache(view)) {
        return false;
    }
    unsigned char tcache[TCACHE_SIZE];
    memcpy(tcache, view, sizeof tcache);
    for (size_t bin = 0; bin < TCACHE_BINS; bin++) {
        if (!follow_bin(NULL, arenas, image, tcache, bin, key)) {
            return false;
        }
    }
    for (size_t bin = 0; bin < TCACHE_BINS; bin++) {
        follow_bin(set, arenas, image, tcache, bin, key);
    }
    return true;
}
