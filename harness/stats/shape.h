/* What a sample looks like, told beside a verdict: one figure hides several modes and rare
 * outliers, yet a fleet pays for the mean and the out-of-memory killer for the maximum. */
#pragma once

#include <stddef.h>

struct shape {
    size_t count;
    double lowest, highest, median, mean;
    double deviation; /* standard deviation (n - 1); absent for fewer than 2 values */
    double variation; /* deviation over mean; absent if the mean is not positive */
    unsigned modes;   /* 2 if a gap divides the sample, else 1; 0 for no values */
    size_t outliers;  /* values far beyond the quartiles */
};

/* Differences below this share of the median are not worth a note. */
#define SHAPE_NOTABLE 0.01
/* Two modes: the largest gap is over half the range, and so large a share lies on each side. */
#define SHAPE_MODE_SHARE 0.20
/* An outlier lies so many interquartile ranges beyond a quartile (Tukey's "far out"). */
#define SHAPE_FAR_OUT 3.0

/* Absent values are passed over. */
struct shape shape_of(const double *values, size_t count);

/* Half the range as a share of the median; absent for fewer than 2 values, and where values differ
 * around a median of 0. */
double shape_spread(const struct shape *shape);

/* The larger deviation relative to the median over the smaller one; absent where one is 0 or none.
 */
double shape_spread_ratio(const struct shape *one, const struct shape *other);
