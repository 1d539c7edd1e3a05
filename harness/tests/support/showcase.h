/* A run built by hand in which every section of a report has something to say.
 *
 * Eight blocks of glibc, tcmalloc and jemalloc on one workload with a phase of its own, 'loaded':
 * memory that falls by itself under jemalloc alone, owners, curves, a census; four claims, each
 * with another outcome; a crash, and a sample with swap. */
#pragma once

#include "tests/support/records.h"

void showcase_make(struct records *records);
void showcase_clear(struct records *records);
