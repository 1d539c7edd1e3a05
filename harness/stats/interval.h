/* Turning a test into an interval: all values that it does not reject.
 *
 * A rank test changes its answer only at certain points (the differences between two samples, the
 * Walsh averages of one), so it is asked between each two of them and at each of them. The interval
 * is the smallest that holds every value not rejected: where the test's answers are not in order
 * (its standard error changes on the way), it is rather too wide than too narrow. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct interval {
    double estimate, lower, upper; /* -INFINITY and INFINITY where the test rejects nothing */
};

/* A test that can be asked about any value. */
struct interval_test {
    const void *context;
    /* How far off the value is, without sign; cheap. */
    double (*distance)(const void *context, double value);
    /* Two-sided p; falls as the distance grows, but for small differences by ties. */
    double (*p)(const void *context, double value);
};

/* `points` sorted, at least one; points nearer than `tolerance` are one. */
struct interval interval_invert(const struct interval_test *test, const double *points,
                                size_t count, double alpha, double tolerance);
