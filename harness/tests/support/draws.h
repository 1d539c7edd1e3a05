/* Random samples for property tests and simulations. */
#pragma once

#include <stddef.h>

#include "base/random.h"

/* A generator from MEMBENCH_TEST_SEED, or from the time; prints its seed. */
struct random draws_begin(void);

/* In (0, 1). */
double draws_uniform(struct random *random);
/* Mean 0, standard deviation 1. */
double draws_normal(struct random *random);

/* Puts the values in another order. */
void draws_shuffle(struct random *random, double *values, size_t count);
