/* Where a sample lies, and how far two lie apart: the estimates that belong to rank tests
 * (Hodges and Lehmann 1963, Annals of Mathematical Statistics 34).
 *
 * On logarithms the shift is the logarithm of a ratio. */
#pragma once

#include <stddef.h>

/* All n * m differences y[j] - x[i], sorted. The caller's to free. */
double *hodges_lehmann_differences(const double *x, size_t n, const double *y, size_t m);

/* All n (n + 1) / 2 Walsh averages (d[i] + d[j]) / 2 with i <= j, sorted. The caller's to free. */
double *hodges_lehmann_walsh(const double *d, size_t n);

/* Medians of the above: the shift from x to y, and the location of d. Counts at least 1. */
double hodges_lehmann_shift(const double *x, size_t n, const double *y, size_t m);
double hodges_lehmann_location(const double *d, size_t n);
