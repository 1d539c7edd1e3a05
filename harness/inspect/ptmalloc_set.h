/* Sets of chunks, by address: a bit for every place where one can start, in the regions where some
 * do. Millions of them, as fastbins can hold, take less than a hundredth of what they are. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ptmalloc_region;

struct ptmalloc_set {
    struct ptmalloc_region **regions; /* ascending */
    size_t count;
    size_t at; /* where the last look-up ended */
};

/* The address is a multiple of 16. */
void ptmalloc_set_add(struct ptmalloc_set *set, uint64_t chunk);
bool ptmalloc_set_has(struct ptmalloc_set *set, uint64_t chunk);

/* The first that is not below the address, or 0. */
uint64_t ptmalloc_set_next(const struct ptmalloc_set *set, uint64_t from);

void ptmalloc_set_clear(struct ptmalloc_set *set);
