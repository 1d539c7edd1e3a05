/* jemalloc's account of itself, with what it does not tell: how much of its free memory and of its
 * metadata is resident, and what a flush of the calling thread's cache would free. */
#pragma once

#include "allocator.h"

typedef int mallctl_function(const char *, void *, size_t *, void *, size_t);

/* The hook `account` of its family. */
void jemalloc_account(struct allocator_account *account);
