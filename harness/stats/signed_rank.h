/* Where one sample lies, and whether pairs differ: the signed form.
 *
 * Null hypothesis: the values lie symmetrically about `location` (differences of two things
 * measured in one block do, if it does not matter which is which). Statistic: Wilcoxon's sum of the
 * signed ranks of |d - location|; its distribution is that over all 2^n flips of sign, computed
 * exactly, ties and all, zeros kept in the ranking (Pratt 1959). The interval is the test inverted;
 * it ends at Walsh averages, whose median is the estimate (Hodges and Lehmann 1963). */
#pragma once

#include <stddef.h>

#include "stats/interval.h"

/* Two-sided p. Values nearer than `tolerance` to each other count as tied. n at least 1. */
double signed_rank_p(const double *d, size_t n, double location, double tolerance);

/* The locations that the test does not reject at `alpha`. n at least 1. */
struct interval signed_rank_interval(const double *d, size_t n, double alpha, double tolerance);

/* The smallest p that n values can have: 2 / 2^n. */
double signed_rank_least_p(size_t n);
