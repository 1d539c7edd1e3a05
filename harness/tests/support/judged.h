/* A run of three allocators built by hand, with claims and gates: what verdicts look like.
 *
 * Per block: glibc 100, tcmalloc 62 and jemalloc 101 MiB of anon at 'end' (jemalloc half the time
 * 20 % more), 0.9 of that at 'settled', no 'released'; a peak of 1.5 times; cpu and wall seconds
 * that vary by 20 %. */
#pragma once

#include "stats/verdicts.h"
#include "tests/support/records.h"

struct judged {
    struct records records;
    struct verdicts verdicts;
};

/* `blocks` at most 8; `claims` end with NULL. */
void judged_make(struct judged *judged, unsigned blocks, const char *const *claims);
void judged_clear(struct judged *judged);
