#include "stats/power.h"

#include <math.h>

#include "base/cleanup.h"
#include "base/random.h"
#include "base/text.h"
#include "stats/brunner_munzel.h"
#include "stats/sorted.h"

/* Resamplings for one planned figure: their median is as sure as it need be. */
#define RESAMPLINGS 25
#define TOLERANCE 1e-11

double power_normal_quantile(double p)
{
    /* By halving: erfc is exact to the last digits also far out, and nobody waits for 60 calls. */
    double low = -40;
    double high = 40;
    for (int i = 0; i < 80; i++) {
        double middle = (low + high) / 2;
        if (erfc(-middle * M_SQRT1_2) / 2 < p) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return (low + high) / 2;
}

double power_visible_shift(double sigma, size_t n, double alpha)
{
    double quantiles = power_normal_quantile(1 - alpha / 2) + power_normal_quantile(POWER_WANTED);
    return quantiles / sqrt(POWER_RANK_EFFICIENCY) * sigma * sqrt(2 / (double)n);
}

double power_visible_from_interval(double lower, double upper, double alpha)
{
    double half = (upper - lower) / 2;
    return half * (1 + power_normal_quantile(POWER_WANTED) / power_normal_quantile(1 - alpha / 2));
}

static void resample(struct random *random, const double *values, size_t count, double *logs,
                     size_t n)
{
    for (size_t i = 0; i < n; i++) {
        logs[i] = log(values[random_below(random, count)]);
    }
}

double power_visible_ratio(const double *values, size_t count, size_t n, double alpha,
                           double threshold, uint64_t seed)
{
    struct random random = {.state = seed};
    if (permutation_least_p(n, n) > alpha) {
        return INFINITY;
    }
    cleanup_free double *x = text_allocate(n * sizeof *x);
    cleanup_free double *y = text_allocate(n * sizeof *y);
    double visible[RESAMPLINGS];
    for (size_t i = 0; i < RESAMPLINGS; i++) {
        resample(&random, values, count, x, n);
        resample(&random, values, count, y, n);
        struct brunner_munzel test;
        brunner_munzel_init(&test, x, n, y, n, TOLERANCE, random_next(&random));
        struct interval effect = brunner_munzel_interval(&test, alpha);
        brunner_munzel_clear(&test);
        visible[i] = power_visible_from_interval(effect.lower, effect.upper, alpha);
    }
    sorted_sort(visible, RESAMPLINGS);
    return (1 + threshold) * exp(sorted_median(visible, RESAMPLINGS));
}
