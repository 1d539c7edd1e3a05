/* How small a difference can be and still be seen. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The chance with which an effect called visible is found. */
#define POWER_WANTED 0.80
/* Efficiency of rank tests relative to the t-test under normality: 3 / pi. */
#define POWER_RANK_EFFICIENCY 0.955

/* The value that a standard normal variable stays below with probability p, 0 < p < 1. */
double power_normal_quantile(double p);

/* The effect on a logarithm that n against n values of standard deviation `sigma` (of logarithms)
 * show at `alpha` (two-sided): (z(1 - alpha/2) + z(0.80)) / sqrt(0.955) * sigma * sqrt(2 / n).
 * For samples of one mode and no outliers; 2.87 sigma sqrt(2 / n) at 0.05. */
double power_visible_shift(double sigma, size_t n, double alpha);

/* The same from the interval that a sample did give, whatever its shape: half its width is
 * z(1 - alpha/2) standard errors. Infinite for an infinite interval. */
double power_visible_from_interval(double lower, double upper, double alpha);

/* The ratio that n against n values like these would show at `alpha` as beyond 1 + threshold:
 * the median over seeded resamplings of `values` (positive; count at least 4). 1.05: 5 % more.
 * INFINITY where n is too few. For planning: takes some hundred milliseconds. */
double power_visible_ratio(const double *values, size_t count, size_t n, double alpha,
                           double threshold, uint64_t seed);
