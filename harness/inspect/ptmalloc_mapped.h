/* Blocks of glibc's malloc that have a mapping of their own.
 *
 * The kernel merges neighbouring mappings, so they are found by their headers, at the start of
 * pages that nobody has claimed. Other data can look like a header. Against that stand: the size is
 * one of whole pages and ends before what others have claimed; and malloc counts these blocks, and
 * their bytes (`mp_.n_mmaps`, `mp_.mmapped_mem`). Is more found than that, what is too much is left
 * out: the one whose size is the excess, else those that do not end where something else begins. */
#pragma once

#include "inspect/ptmalloc_arenas.h"
#include "inspect/survey.h"

struct ptmalloc_mapped {
    uint64_t start, end; /* of the mapping */
    uint64_t chunk;      /* not its start if the block is aligned to more than 16 bytes */
};

struct ptmalloc_mapped_list {
    struct ptmalloc_mapped *items;
    size_t count;
};

void ptmalloc_mapped_find(struct ptmalloc_mapped_list *list, const struct survey *survey,
                          const struct ptmalloc_parameters *parameters);
void ptmalloc_mapped_clear(struct ptmalloc_mapped_list *list);
