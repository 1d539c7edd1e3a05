/* For family files: what of a range of this process's own memory is resident, and looks at memory
 * whose layout is a guess.
 *
 * An allocator counts the bytes that it holds free or keeps for itself, whether or not a page of
 * them was ever touched; what a release gives back are the resident ones. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct residency {
    int pagemap; /* -1: only mincore can be asked */
};

void residency_open(struct residency *residency);
void residency_close(struct residency *residency);

/* Resident bytes of the pages that hold [start, start + size); -1 if a part of it is not mapped. By
 * PAGEMAP_SCAN (Linux 6.7); before that by mincore, for which the zero page is memory, too: what
 * was only read then counts too much (0.2 % of a list that grew, was copied, and was freed). */
int64_t residency_of(const struct residency *residency, uintptr_t start, size_t size);

/* Copies own memory through the kernel: an address that is not mapped is an answer, not a crash. */
bool residency_peek(uintptr_t address, void *buffer, size_t size);
