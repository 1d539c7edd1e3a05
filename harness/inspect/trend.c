#include "inspect/trend.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "measure/metric.h"

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct point {
    double cycle, value;
};

/* Of two points or more; quadratic, and cycles are few. */
static double slope_of(const struct point *points, size_t count)
{
    cleanup_free double *slopes = text_allocate(count * (count - 1) / 2 * sizeof *slopes);
    size_t made = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            slopes[made++] =
                (points[j].value - points[i].value) / (points[j].cycle - points[i].cycle);
        }
    }
    qsort(slopes, made, sizeof *slopes, compare);
    return (slopes[(made - 1) / 2] + slopes[made / 2]) / 2;
}

static bool is_ordered(const struct point *points, size_t count)
{
    size_t pairs = 0, ordered = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            pairs++;
            ordered += points[j].value > points[i].value;
        }
    }
    return (double)ordered >= TREND_ORDERED * (double)pairs;
}

static bool is_lasting(const struct point *points, size_t count)
{
    size_t half = (count + 1) / 2; /* of an odd count both have the middle */
    return slope_of(points + count - half, half) >= TREND_LASTING * slope_of(points, half);
}

void trend_find(struct trend *trend, const double *values, size_t count, double noise)
{
    *trend = (struct trend){.slope = METRIC_ABSENT};
    cleanup_free struct point *points = text_allocate((count + 1) * sizeof *points);
    size_t known = 0;
    for (size_t i = 0; i < count; i++) {
        if (!metric_is_absent(values[i])) {
            points[known++] = (struct point){(double)i, values[i]};
        }
    }
    if (known < TREND_LEAST) {
        return;
    }
    trend->slope = slope_of(points, known);
    trend->is_growing = points[known - 1].value - points[0].value > noise &&
                        is_ordered(points, known) && is_lasting(points, known);
}
