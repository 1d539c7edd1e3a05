#include "stats/signed_rank.h"

#include <math.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "stats/hodges_lehmann.h"

/* Values about a location, by how far they are off it. Ranks are doubled: ties make halves. */
struct ranked {
    size_t count;    /* of those that are not 0 */
    size_t *ranks;   /* doubled midranks */
    size_t sum;      /* of the ranks */
    size_t positive; /* of the ranks of positive values */
};

static int compare_size(const void *one, const void *other)
{
    double a = fabs(*(const double *)one);
    double b = fabs(*(const double *)other);
    return (a > b) - (a < b);
}

static void rank(struct ranked *ranked, const double *d, size_t n, double location,
                 double tolerance)
{
    cleanup_free double *off = text_allocate(n * sizeof *off);
    for (size_t i = 0; i < n; i++) {
        off[i] = d[i] - location;
    }
    qsort(off, n, sizeof *off, compare_size);
    *ranked = (struct ranked){.ranks = text_allocate(n * sizeof *ranked->ranks)};
    for (size_t start = 0, end; start < n; start = end) {
        for (end = start + 1; end < n && fabs(off[end]) - fabs(off[end - 1]) <= tolerance;) {
            end++;
        }
        for (size_t i = start; i < end; i++) {
            if (fabs(off[i]) <= tolerance) {
                continue; /* no sign to flip; it has taken its rank */
            }
            ranked->ranks[ranked->count++] = start + end + 1;
            ranked->sum += start + end + 1;
            ranked->positive += off[i] > 0 ? start + end + 1 : 0;
        }
    }
}

static size_t distance_of(const struct ranked *ranked)
{
    size_t twice = 2 * ranked->positive;
    return twice > ranked->sum ? twice - ranked->sum : ranked->sum - twice;
}

/* The chance of each sum of positive ranks over all flips: one rank after another is added with
 * chance one half. */
static double p_of(const struct ranked *ranked)
{
    cleanup_free double *chances = text_allocate((ranked->sum + 1) * sizeof *chances);
    chances[0] = 1;
    for (size_t i = 1; i <= ranked->sum; i++) {
        chances[i] = 0;
    }
    size_t highest = 0;
    for (size_t i = 0; i < ranked->count; i++) {
        size_t rank = ranked->ranks[i];
        highest += rank;
        for (size_t sum = highest + 1; sum-- > 0;) {
            chances[sum] = (chances[sum] + (sum >= rank ? chances[sum - rank] : 0)) / 2;
        }
    }
    size_t observed = distance_of(ranked);
    double p = 0;
    for (size_t sum = 0; sum <= ranked->sum; sum++) {
        size_t off = 2 * sum > ranked->sum ? 2 * sum - ranked->sum : ranked->sum - 2 * sum;
        p += off >= observed ? chances[sum] : 0;
    }
    return p < 1 ? p : 1;
}

double signed_rank_p(const double *d, size_t n, double location, double tolerance)
{
    struct ranked ranked;
    rank(&ranked, d, n, location, tolerance);
    double p = p_of(&ranked);
    free(ranked.ranks);
    return p;
}

double signed_rank_least_p(size_t n)
{
    return n < 1 ? 1 : ldexp(2, -(int)n);
}

struct inversion {
    const double *d;
    size_t n;
    double tolerance;
};

static double distance_at(const void *context, double location)
{
    const struct inversion *inversion = context;
    struct ranked ranked;
    rank(&ranked, inversion->d, inversion->n, location, inversion->tolerance);
    free(ranked.ranks);
    return (double)distance_of(&ranked);
}

static double p_at(const void *context, double location)
{
    const struct inversion *inversion = context;
    return signed_rank_p(inversion->d, inversion->n, location, inversion->tolerance);
}

struct interval signed_rank_interval(const double *d, size_t n, double alpha, double tolerance)
{
    cleanup_free double *averages = hodges_lehmann_walsh(d, n);
    struct inversion inversion = {.d = d, .n = n, .tolerance = tolerance};
    struct interval_test test = {.context = &inversion, .distance = distance_at, .p = p_at};
    /* Halfway between two averages two values are mirrored up to twice their distance. */
    return interval_invert(&test, averages, n * (n + 1) / 2, alpha, 4 * tolerance);
}
