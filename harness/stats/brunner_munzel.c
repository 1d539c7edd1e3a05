#include "stats/brunner_munzel.h"

#include <math.h>
#include <stdbool.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "stats/hodges_lehmann.h"
#include "stats/sorted.h"

/* The pooled sample in sorted order, as groups of tied values. */
struct pooled {
    size_t n, m, groups;
    uint16_t *ends;  /* groups + 1: positions at which the groups end; ends[0] is 0 */
    uint16_t *below; /* n + m + 1: values of x among the first k, where k ends a group */
};

static void pool(struct pooled *pooled, const struct brunner_munzel *test, double shift)
{
    const double *x = test->x;
    const double *y = test->y;
    size_t n = test->n;
    size_t m = test->m;
    *pooled = (struct pooled){.n = n, .m = m};
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
        if (k == 0 || value - previous > test->tolerance) {
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

/* The share of divisions at least so extreme. Where they are drawn, the one at hand is counted as
 * one more: a p of 0 would be a lie, and this keeps the level exactly. */
static double share_of(size_t extreme, const struct permutation *permutation)
{
    if (permutation->is_all) {
        return (double)extreme / (double)permutation->count;
    }
    return (double)(extreme + 1) / (double)(permutation->count + 1);
}

static const uint16_t *division(const struct permutation *permutation, size_t index)
{
    return permutation->below + index * (permutation->n + permutation->m + 1);
}

static size_t count_tied(const struct pooled *pooled, const struct permutation *permutation,
                         double observed)
{
    size_t extreme = 0;
    for (size_t i = 0; i < permutation->count; i++) {
        extreme += fabs(signed_square(pooled, division(permutation, i))) >= observed;
    }
    return extreme;
}

static size_t count_untied(const struct brunner_munzel *test, double observed)
{
    size_t extreme = 0;
    for (size_t i = 0; i < test->permutation.count; i++) {
        extreme += test->untied[i] >= observed;
    }
    return extreme;
}

/* Ranks without ties are 1, 2, 3, ... whatever the values: one distribution for all shifts but
 * those at which two values meet. */
static double *square_untied(const struct permutation *permutation)
{
    size_t count = permutation->n + permutation->m;
    struct pooled pooled = {.n = permutation->n, .m = permutation->m, .groups = count};
    cleanup_free uint16_t *ends = text_allocate((count + 1) * sizeof *ends);
    for (size_t i = 0; i <= count; i++) {
        ends[i] = (uint16_t)i;
    }
    pooled.ends = ends;
    double *squares = text_allocate(permutation->count * sizeof *squares);
    for (size_t i = 0; i < permutation->count; i++) {
        squares[i] = fabs(signed_square(&pooled, division(permutation, i)));
    }
    return squares;
}

void brunner_munzel_init(struct brunner_munzel *test, const double *x, size_t n, const double *y,
                         size_t m, double tolerance, uint64_t seed)
{
    *test = (struct brunner_munzel){.tolerance = tolerance};
    test->x = sorted_copy(x, n, &test->n);
    test->y = sorted_copy(y, m, &test->m);
    permutation_init(&test->permutation, test->n, test->m, seed);
    test->untied = square_untied(&test->permutation);
}

void brunner_munzel_clear(struct brunner_munzel *test)
{
    free(test->x);
    free(test->y);
    free(test->untied);
    permutation_clear(&test->permutation);
    *test = (struct brunner_munzel){0};
}

static double square_at(const struct brunner_munzel *test, double shift)
{
    cleanup_pooled struct pooled pooled;
    pool(&pooled, test, shift);
    return signed_square(&pooled, pooled.below);
}

double brunner_munzel_statistic(const struct brunner_munzel *test, double shift)
{
    double square = square_at(test, shift);
    return square < 0 ? -sqrt(-square) : sqrt(square);
}

double brunner_munzel_p(const struct brunner_munzel *test, double shift)
{
    cleanup_pooled struct pooled pooled;
    pool(&pooled, test, shift);
    double observed = fabs(signed_square(&pooled, pooled.below));
    bool is_tied = pooled.groups < test->n + test->m;
    return share_of(is_tied ? count_tied(&pooled, &test->permutation, observed)
                            : count_untied(test, observed),
                    &test->permutation);
}

static double distance_at(const void *context, double shift)
{
    return fabs(square_at(context, shift));
}

static double p_at(const void *context, double shift)
{
    return brunner_munzel_p(context, shift);
}

struct interval brunner_munzel_interval(const struct brunner_munzel *test, double alpha)
{
    cleanup_free double *differences =
        hodges_lehmann_differences(test->x, test->n, test->y, test->m);
    struct interval_test asked = {.context = test, .distance = distance_at, .p = p_at};
    /* So that what lies halfway between two points is tied with neither. */
    return interval_invert(&asked, differences, test->n * test->m, alpha, 4 * test->tolerance);
}
