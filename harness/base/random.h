/* Seeded pseudo-random numbers for layouts and orders. The same seed gives the same numbers on
 * every machine. Not for secrets. Algorithm: SplitMix64 (Steele, Lea, Flood 2014). */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

uint64_t random_next(struct random *random);

/* Uniform in [0, limit), limit at least 1; without modulo bias. */
uint64_t random_below(struct random *random, uint64_t limit);

/* Fills `order` with 0..count-1 in shuffled order (Fisher-Yates). */
void random_order(struct random *random, size_t *order, size_t count);
