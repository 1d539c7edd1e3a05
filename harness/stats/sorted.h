/* Sorted copies of samples, and what is read off them. */
#pragma once

#include <stddef.h>

/* A sorted copy without what is absent or infinite; their number in *kept. The caller's to free;
 * never NULL. */
double *sorted_copy(const double *values, size_t count, size_t *kept);

void sorted_sort(double *values, size_t count);

/* `count` at least 1, `values` sorted. The quantile is linear between order statistics (type 7 of
 * Hyndman and Fan 1996, R's default); `share` in [0, 1]. */
double sorted_median(const double *values, size_t count);
double sorted_quantile(const double *values, size_t count, double share);
