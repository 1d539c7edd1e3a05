#include "stats/brunner_munzel.h"

#include <math.h>
#include <stdbool.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "stats/hodges_lehmann.h"
#include "stats/sorted.h"

/* The pooled sample in sorted order, as groups of tied values. */
struct pooled {
    size_t n, m, count;
    size_t groups;
    uint16_t *ends;  /* groups + 1: positions at which the groups end; ends[0] is 0 */
    uint16_t *below; /* n + m + 1: values of x among the first k, where k ends a group */
};

/* x and y sorted. */
static void pool(struct pooled *pooled, const double *x, size_t n, const double *y, size_t m,
                 double shift, double tolerance)
{
    *pooled = (struct pooled){.n = n, .m = m, .count = n + m};
    pooled->ends = text_allocate(2 * (n + m + 1) * sizeof *pooled->ends);
    pooled->below = pooled->ends + n + m + 1;
    pooled->ends[0] = pooled->below[0] = 0;
    double previous = -INFINITY;
    size_t i = 0;
    for (size_t k = 0; k < n + m; k++) {
        size_t j = k - i;
        bool takes_x = j == m || (i < n && x[i] <= y[j] - shift);
        double value = takes_x ? x[i] : y[j] - shift;
        i += takes_x;
        if (k == 0 || value - previous > tolerance) {
            pooled->groups++;
        }
        pooled->ends[pooled->groups] = (uint16_t)(k + 1);
        pooled->below[k + 1] = (uint16_t)i;
        previous = value;
    }
}

static void pooled_free(struct pooled *pooled)
{
    free(pooled->ends);
}

#define cleanup_pooled __attribute__((unused, cleanup(pooled_free)))

/* The statistic, squared with its sign kept, of a division of the pooled sample. From the doubled
 * placements, which are whole numbers whatever is tied: 2 #{y < x} + #{y = x} for each x. With A
 * the sum of y's less n m, and V the sums of squares about their means times n (or m),
 * W^2 = A^2 / (V_x / (n - 1) + V_y / (m - 1)); all of it is whole but the quotient, so equal
 * statistics are equal numbers. */
static double signed_square(const struct pooled *pooled, const uint16_t *below)
{
    int64_t n = (int64_t)pooled->n;
    int64_t m = (int64_t)pooled->m;
    int64_t sum = 0;
    int64_t squares_x = 0;
    int64_t squares_y = 0;
    int64_t start = 0;
    for (size_t group = 1; group <= pooled->groups; group++) {
        int64_t end = pooled->ends[group];
        int64_t x_below = below[start];
        int64_t x_here = below[end] - x_below;
        int64_t y_here = end - start - x_here;
        int64_t placement_x = 2 * (start - x_below) + y_here;
        int64_t placement_y = 2 * x_below + x_here;
        sum += y_here * placement_y;
        squares_x += x_here * placement_x * placement_x;
        squares_y += y_here * placement_y * placement_y;
        start = end;
    }
    int64_t sum_x = 2 * n * m - sum;
    double variance = (double)(n * squares_x - sum_x * sum_x) * (double)(m - 1) +
                      (double)(m * squares_y - sum * sum) * (double)(n - 1);
    int64_t excess = sum - n * m;
    if (excess == 0) {
        return 0;
    }
    double square = (double)excess * (double)excess * (double)(n - 1) * (double)(m - 1) / variance;
    return excess < 0 ? -square : square;
}

double brunner_munzel_statistic(const double *x, size_t n, const double *y, size_t m, double shift)
{
    size_t kept;
    cleanup_free double *sorted_x = sorted_copy(x, n, &kept);
    cleanup_free double *sorted_y = sorted_copy(y, m, &kept);
    cleanup_pooled struct pooled pooled;
    pool(&pooled, sorted_x, n, sorted_y, m, shift, 0);
    double square = signed_square(&pooled, pooled.below);
    return square < 0 ? -sqrt(-square) : sqrt(square);
}

/* Squares without sign of all divisions. */
static double *square_all(const struct pooled *pooled, const struct permutation *permutation)
{
    double *squares = text_allocate(permutation->count * sizeof *squares);
    for (size_t i = 0; i < permutation->count; i++) {
        const uint16_t *row = permutation->below + i * (pooled->count + 1);
        squares[i] = fabs(signed_square(pooled, row));
    }
    return squares;
}

/* The share of divisions at least so extreme. Where they are drawn, the one at hand is counted as
 * one more: a p of 0 would be a lie, and this keeps the level exactly. */
static double share_of(size_t extreme, const struct permutation *permutation)
{
    if (permutation->is_all) {
        return (double)extreme / (double)permutation->count;
    }
    return (double)(extreme + 1) / (double)(permutation->count + 1);
}

static double p_of(const struct pooled *pooled, const struct permutation *permutation)
{
    double observed = fabs(signed_square(pooled, pooled->below));
    size_t extreme = 0;
    for (size_t i = 0; i < permutation->count; i++) {
        const uint16_t *row = permutation->below + i * (pooled->count + 1);
        extreme += fabs(signed_square(pooled, row)) >= observed;
    }
    return share_of(extreme, permutation);
}

double brunner_munzel_p(const double *x, size_t n, const double *y, size_t m, double shift,
                        double tolerance, const struct permutation *permutation)
{
    size_t kept;
    cleanup_free double *sorted_x = sorted_copy(x, n, &kept);
    cleanup_free double *sorted_y = sorted_copy(y, m, &kept);
    cleanup_pooled struct pooled pooled;
    pool(&pooled, sorted_x, n, sorted_y, m, shift, tolerance);
    return p_of(&pooled, permutation);
}

/* Two samples being tested at one shift after another. */
struct inversion {
    const double *x, *y;
    size_t n, m;
    double tolerance;
    const struct permutation *permutation;
    double
        *untied; /* sorted squares of all divisions where nothing is tied: the same at each shift */
};

static double distance_at(const void *context, double shift)
{
    const struct inversion *inversion = context;
    cleanup_pooled struct pooled pooled;
    pool(&pooled, inversion->x, inversion->n, inversion->y, inversion->m, shift,
         inversion->tolerance);
    return fabs(signed_square(&pooled, pooled.below));
}

static size_t count_from(const double *sorted, size_t count, double least)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (sorted[middle] < least) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return count - low;
}

static double p_at(const void *context, double shift)
{
    const struct inversion *inversion = context;
    const struct permutation *permutation = inversion->permutation;
    cleanup_pooled struct pooled pooled;
    pool(&pooled, inversion->x, inversion->n, inversion->y, inversion->m, shift,
         inversion->tolerance);
    if (pooled.groups < pooled.count) {
        return p_of(&pooled, permutation);
    }
    double observed = fabs(signed_square(&pooled, pooled.below));
    size_t extreme = count_from(inversion->untied, permutation->count, observed);
    return share_of(extreme, permutation);
}

/* The distribution where nothing is tied. */
static double *square_untied(const struct permutation *permutation)
{
    size_t count = permutation->n + permutation->m;
    struct pooled pooled = {.n = permutation->n, .m = permutation->m, .count = count};
    cleanup_free uint16_t *ends = text_allocate((count + 1) * sizeof *ends);
    for (size_t i = 0; i <= count; i++) {
        ends[i] = (uint16_t)i;
    }
    pooled.ends = ends;
    pooled.groups = count;
    double *squares = square_all(&pooled, permutation);
    sorted_sort(squares, permutation->count);
    return squares;
}

struct interval brunner_munzel_interval(const double *x, size_t n, const double *y, size_t m,
                                        double alpha, double tolerance,
                                        const struct permutation *permutation)
{
    cleanup_free double *differences = hodges_lehmann_differences(x, n, y, m);
    cleanup_free double *untied = square_untied(permutation);
    struct inversion inversion = {.x = x,
                                  .y = y,
                                  .n = n,
                                  .m = m,
                                  .tolerance = tolerance,
                                  .permutation = permutation,
                                  .untied = untied};
    struct interval_test test = {.context = &inversion, .distance = distance_at, .p = p_at};
    /* So that what lies halfway between two points is tied with neither. */
    return interval_invert(&test, differences, n * m, alpha, 4 * tolerance);
}
