/* Every named allocator, one line per setting; each is defined in its family's file. */
#pragma once

#include "allocator.h"

extern const struct allocator allocator_glibc;
extern const struct allocator allocator_glibc_arena1;
extern const struct allocator allocator_glibc_tuned;
extern const struct allocator allocator_tcmalloc;
extern const struct allocator allocator_tcmalloc_minimal;
extern const struct allocator allocator_tcmalloc_aggressive;
extern const struct allocator allocator_jemalloc;
extern const struct allocator allocator_jemalloc_background;
extern const struct allocator allocator_mimalloc;
extern const struct allocator allocator_tbbmalloc;
extern const struct allocator allocator_scudo;
