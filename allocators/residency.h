/* For family files: what of a range of this process's own memory is resident, and looks at memory
 * whose layout is a guess.
 *
 * An allocator counts the bytes that it holds free or keeps for itself, whether or not a page of
 * them was ever touched; what a release gives back are the resident ones. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Resident bytes of the pages that hold [start, start + size), by mincore; -1 if a part of it is
 * not mapped. The zero page counts, so ranges that were only read count too much. */
int64_t residency_of(uintptr_t start, size_t size);

/* Copies own memory through the kernel: an address that is not mapped is an answer, not a crash. */
bool residency_peek(uintptr_t address, void *buffer, size_t size);
