#include "stats/uneven.h"

#include "stats/sorted.h"

static double middle_range(const double *sorted, size_t count)
{
    return sorted_quantile(sorted, count, 0.75) - sorted_quantile(sorted, count, 0.25);
}

struct uneven uneven_of(const double *x, size_t n, const double *y, size_t m, double tolerance)
{
    double spread_x = middle_range(x, n);
    double spread_y = middle_range(y, m);
    if (spread_y > UNEVEN_RATIO * spread_x + tolerance) {
        return (struct uneven){.narrow = x,
                               .narrow_count = n,
                               .wide = y,
                               .wide_count = m,
                               .sign = -1,
                               .tolerance = tolerance};
    }
    if (spread_x > UNEVEN_RATIO * spread_y + tolerance) {
        return (struct uneven){.narrow = y,
                               .narrow_count = m,
                               .wide = x,
                               .wide_count = n,
                               .sign = 1,
                               .tolerance = tolerance};
    }
    return (struct uneven){.narrow = NULL};
}

double uneven_sign_p(size_t fewer, size_t count)
{
    double chance = 1; /* of exactly i, times 2^count; then of up to `fewer` */
    double sum = 0;
    for (size_t i = 0; i <= fewer; i++) {
        sum += chance;
        chance = chance * (double)(count - i) / (double)(i + 1);
    }
    for (size_t i = 0; i < count; i++) {
        sum /= 2;
    }
    return 2 * sum < 1 ? 2 * sum : 1;
}

/* Between the two middle values of an even number of narrow ones, and on them, is neither side:
 * half of those count, rounded up, with the fewer. So the answer changes only where values of both
 * arms meet. */
double uneven_p(const struct uneven *uneven, double shift)
{
    if (!uneven->narrow) {
        return 0;
    }
    double low = uneven->narrow[(uneven->narrow_count - 1) / 2];
    double high = uneven->narrow[uneven->narrow_count / 2];
    size_t below = 0;
    size_t above = 0;
    for (size_t i = 0; i < uneven->wide_count; i++) {
        double value = uneven->wide[i] + uneven->sign * shift;
        below += value < low - uneven->tolerance;
        above += value > high + uneven->tolerance;
    }
    size_t fewer = below < above ? below : above;
    size_t neither = uneven->wide_count - below - above;
    if (fewer + neither == 0) {
        return 0;
    }
    return uneven_sign_p(fewer + (neither + 1) / 2, uneven->wide_count);
}
