#include "report/summary_figure.h"

#include <stdlib.h>

#include "stats/shape.h"

static int compare_values(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct summary_figure summary_figure_of(double *values, size_t count)
{
    if (count == 0) {
        return (struct summary_figure){.median = METRIC_ABSENT,
                                       .low = METRIC_ABSENT,
                                       .high = METRIC_ABSENT,
                                       .spread = METRIC_ABSENT};
    }
    qsort(values, count, sizeof *values, compare_values);
    struct summary_figure figure = {
        .count = count,
        .median = (values[(count - 1) / 2] + values[count / 2]) / 2,
        .low = values[0],
        .high = values[count - 1],
    };
    figure.spread = shape_spread(&(struct shape){
        .count = count, .lowest = figure.low, .highest = figure.high, .median = figure.median});
    return figure;
}
