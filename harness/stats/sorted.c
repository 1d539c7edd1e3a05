#include "stats/sorted.h"

#include <math.h>
#include <stdlib.h>

#include "base/text.h"

static int compare(const void *one, const void *other)
{
    double a = *(const double *)one;
    double b = *(const double *)other;
    return (a > b) - (a < b);
}

void sorted_sort(double *values, size_t count)
{
    if (count > 1) {
        qsort(values, count, sizeof *values, compare);
    }
}

double *sorted_copy(const double *values, size_t count, size_t *kept)
{
    double *copy = text_allocate((count + 1) * sizeof *copy);
    *kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (isfinite(values[i])) {
            copy[(*kept)++] = values[i];
        }
    }
    sorted_sort(copy, *kept);
    return copy;
}

double sorted_median(const double *values, size_t count)
{
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

double sorted_quantile(const double *values, size_t count, double share)
{
    double place = share * (double)(count - 1);
    size_t below = (size_t)place;
    if (below + 1 >= count) {
        return values[count - 1];
    }
    return values[below] + (place - (double)below) * (values[below + 1] - values[below]);
}
