/* A copy of all writable memory of an image, for walks that jump about in it: copying costs 0.2 s
 * per GiB, and a look afterwards some nanoseconds, where a look at the process costs a microsecond.
 *
 * Trap: it takes as much memory as the process has resident there. */
#pragma once

#include "inspect/image.h"

struct mirror_part {
    uint64_t start, end;
    unsigned char *bytes;
};

struct mirror {
    struct mirror_part *parts; /* ascending */
    size_t count, at;          /* at: where the last look-up ended */
};

/* Returns -1 if there is not enough memory for it. */
int mirror_open(struct mirror *mirror, struct image *image, struct error *err);
void mirror_close(struct mirror *mirror);

/* `size` bytes of it, or NULL if they are not in it whole. */
const void *mirror_view(struct mirror *mirror, uint64_t address, uint64_t size);

/* Copies `size` bytes, also from where two mappings touch; what is not in it reads as zeros.
 * Returns false if the first of them is not. */
bool mirror_read(struct mirror *mirror, uint64_t address, void *buffer, uint64_t size);

/* The number there, or 0. */
uint64_t mirror_word(struct mirror *mirror, uint64_t address);
