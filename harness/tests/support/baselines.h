/* Baselines built by hand, for tests of what compares them. */
#pragma once

#include "store/baseline.h"

/* One workload "shop", the allocators "glibc" and "tcmalloc", a host, Python 3.11.2. */
void baselines_init(struct baseline *baseline);

/* Adds a list of `count` values of the allocator with that index. */
void baselines_put(struct baseline *baseline, size_t allocator, const char *phase,
                   enum metric metric, const double *values, size_t count);

/* The same value three times: no variance. */
void baselines_put_same(struct baseline *baseline, size_t allocator, const char *phase,
                        enum metric metric, double value);

/* Replaces a text that is owned. */
void baselines_set(char **text, const char *value);

/* Replaces a fact of the host. */
void baselines_set_host(struct baseline *baseline, const char *name, const char *value);
