/* The ways to divide a pooled sample between two arms, to hold a statistic against: all of them
 * where there are few, else a seeded draw.
 *
 * A division is said by positions in the pooled sample in sorted order, so that nothing depends on
 * the order of the input; drawn for the smaller arm, so that nothing depends on which arm is first.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Up to so many divisions, all are taken (8 against 8 are 12870). */
#define PERMUTATION_ALL 20000
/* Divisions drawn where there are more: the standard error of a p of 0.0167 is 0.0013. */
#define PERMUTATION_DRAWN 9999

struct permutation {
    size_t n, m;     /* sizes of the arms */
    size_t count;    /* divisions */
    bool is_all;     /* each division once, the one at hand among them */
    uint16_t *below; /* count rows of n + m + 1: values of the first arm among the first k */
};

/* n, m at least 1; n + m at most 65535. */
void permutation_init(struct permutation *permutation, size_t n, size_t m, uint64_t seed);
void permutation_clear(struct permutation *permutation);

/* The number of divisions, C(n + m, n); as a double, for it outgrows any integer. */
double permutation_divisions(size_t n, size_t m);

/* The smallest p that a two-sided test of these sizes can have: 2 / C(n + m, n) where all divisions
 * are taken, 1 / 10000 where they are drawn. */
double permutation_least_p(size_t n, size_t m);

/* A seed for one comparison from the plan's and what is compared ("workload/allocator/metric"):
 * the same figures from the same run, whatever else is analysed with it. */
uint64_t permutation_seed(uint64_t plan_seed, const char *what);
