#include "inspect/ptmalloc_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum {
    PLACE = 16, /* chunks are aligned to it */
    WORD_BITS = 64,
    REGION_SIZE = 1 << 20,
    REGION_WORDS = REGION_SIZE / PLACE / WORD_BITS,
};

struct ptmalloc_region {
    uint64_t start;
    uint64_t words[REGION_WORDS];
};

/* Index of the first region that does not end at or below the address. */
static size_t find_region(const struct ptmalloc_set *set, uint64_t address)
{
    size_t low = 0, high = set->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (set->regions[middle]->start + REGION_SIZE <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The region that holds the address, or NULL. */
static struct ptmalloc_region *region_of(struct ptmalloc_set *set, uint64_t address)
{
    if (set->count == 0) {
        return NULL;
    }
    uint64_t start = address - address % REGION_SIZE;
    if (set->at >= set->count || set->regions[set->at]->start != start) {
        set->at = find_region(set, address);
    }
    bool is_there = set->at < set->count && set->regions[set->at]->start == start;
    return is_there ? set->regions[set->at] : NULL;
}

static struct ptmalloc_region *add_region(struct ptmalloc_set *set, uint64_t start)
{
    struct ptmalloc_region *region = text_allocate(sizeof *region);
    *region = (struct ptmalloc_region){.start = start};
    set->at = find_region(set, start);
    set->regions = text_grow(set->regions, set->count + 1, sizeof(void *));
    memmove(set->regions + set->at + 1, set->regions + set->at,
            (set->count - set->at) * sizeof(void *));
    set->regions[set->at] = region;
    set->count++;
    return region;
}

void ptmalloc_set_add(struct ptmalloc_set *set, uint64_t chunk)
{
    struct ptmalloc_region *region = region_of(set, chunk);
    if (!region) {
        region = add_region(set, chunk - chunk % REGION_SIZE);
    }
    uint64_t place = chunk % REGION_SIZE / PLACE;
    region->words[place / WORD_BITS] |= (uint64_t)1 << place % WORD_BITS;
}

bool ptmalloc_set_has(struct ptmalloc_set *set, uint64_t chunk)
{
    const struct ptmalloc_region *region = region_of(set, chunk);
    uint64_t place = chunk % REGION_SIZE / PLACE;
    return region && (region->words[place / WORD_BITS] >> place % WORD_BITS & 1);
}

uint64_t ptmalloc_set_next(const struct ptmalloc_set *set, uint64_t from)
{
    from = (from + PLACE - 1) / PLACE * PLACE;
    for (size_t at = find_region(set, from); at < set->count; at++) {
        const struct ptmalloc_region *region = set->regions[at];
        uint64_t place = from > region->start ? (from - region->start) / PLACE : 0;
        while (place < REGION_SIZE / PLACE) {
            uint64_t rest = region->words[place / WORD_BITS] >> place % WORD_BITS;
            if (rest) {
                place += (uint64_t)__builtin_ctzll(rest);
                return region->start + place * PLACE;
            }
            place = (place / WORD_BITS + 1) * WORD_BITS;
        }
    }
    return 0;
}

void ptmalloc_set_clear(struct ptmalloc_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        free(set->regions[i]);
    }
    free(set->regions);
    *set = (struct ptmalloc_set){0};
}
