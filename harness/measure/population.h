/* Objects and bytes by type, as one census found them: in a forked copy of the worker, or from
 * outside. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "measure/phase.h"

struct population_type {
    char *name; /* "module.Class"; classes of one name are one type */
    double count, bytes;
    double garbage_count, garbage_bytes; /* of them: what only gc.garbage keeps alive */
};

struct population {
    char phase[PHASE_NAME_SIZE];
    double seconds; /* that the census took */
    struct population_type *types;
    size_t type_count;
};

/* Adds to the type of that name. */
void population_add(struct population *population, const char *name, double count, double bytes,
                    double garbage_count, double garbage_bytes);

/* By bytes, the most first; equal ones by name. */
void population_sort(struct population *population);

double population_count(const struct population *population);
double population_bytes(const struct population *population);

void population_clear(struct population *population);
