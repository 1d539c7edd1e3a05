/* The census of one trial as people read it: the types that hold most, with their shares. */
#pragma once

#include <stddef.h>

#include "measure/population.h"

struct headcount_type {
    char *name; /* of the last one, "(N more types)" */
    double count, bytes;
    double count_share, bytes_share; /* of all */
    double cumulative;               /* share in bytes of this and those before it */
    double garbage_count, garbage_bytes;
};

/* Without a census it has no types. */
struct headcount {
    struct headcount_type *types;
    size_t type_count;
    double count, bytes, garbage_count, garbage_bytes; /* of all */
    double seconds;                                    /* that it took */
    char *phase;
    unsigned trial;
};

/* The `most` types with the most bytes, and the rest as one. The population is sorted. */
void headcount_make(struct headcount *headcount, const struct population *population,
                    unsigned trial, size_t most);
void headcount_clear(struct headcount *headcount);
