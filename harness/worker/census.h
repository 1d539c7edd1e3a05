/* The census: objects and bytes by type, and garbage by type, counted in a forked copy.
 *
 * The worker stands still meanwhile, so it must not have changed afterwards: the copy shares its
 * memory and writes to none of it. What is left is that the first write to each page costs the
 * worker a minor fault from then on, as after any fork. */
#pragma once

#include <stdbool.h>

#include "measure/wire.h"

/* A program with more types has the rest in the last row. */
enum { CENSUS_TYPES_MOST = 8192 };

/* Shared between the worker and the copy. */
struct census_result {
    uint32_t is_done;
    uint32_t type_count;
    double garbage_bytes; /* in blocks, what is rounded up included */
    struct wire_type types[CENSUS_TYPES_MOST];
};

/* How it went. */
enum census_end {
    CENSUS_DONE,
    CENSUS_NOT_FORKED, /* detail: errno */
    CENSUS_CRASHED,    /* detail: the signal */
    CENSUS_FAILED,     /* detail: the copy's exit status */
    CENSUS_LATE,       /* killed at the deadline */
};

struct census {
    struct census_result *result; /* valid with CENSUS_DONE only */
    enum census_end end;
    int detail;
    double seconds;
};

/* Takes a census; `only_garbage` leaves out everything else. Hold the GIL. Allocates nothing but
 * what it maps and census_clear unmaps. */
void census_take(struct census *census, bool only_garbage);
void census_clear(struct census *census);
