#include "stats/shape.h"

#include <math.h>

#include "base/cleanup.h"
#include "measure/metric.h"
#include "stats/sorted.h"

static void describe_spread(struct shape *shape, const double *sorted)
{
    double sum = 0;
    for (size_t i = 0; i < shape->count; i++) {
        sum += sorted[i];
    }
    shape->mean = sum / (double)shape->count;
    if (shape->count < 2) {
        return;
    }
    double squares = 0;
    for (size_t i = 0; i < shape->count; i++) {
        squares += (sorted[i] - shape->mean) * (sorted[i] - shape->mean);
    }
    shape->deviation = sqrt(squares / (double)(shape->count - 1));
    if (shape->mean > 0) {
        shape->variation = shape->deviation / shape->mean;
    }
}

static unsigned count_modes(const struct shape *shape, const double *sorted)
{
    size_t before = 0; /* values below the largest gap */
    double largest = 0;
    for (size_t i = 1; i < shape->count; i++) {
        if (sorted[i] - sorted[i - 1] > largest) {
            largest = sorted[i] - sorted[i - 1];
            before = i;
        }
    }
    size_t smaller = before < shape->count - before ? before : shape->count - before;
    bool divides = largest > (shape->highest - shape->lowest) / 2 &&
                   largest > SHAPE_NOTABLE * fabs(shape->median) &&
                   (double)smaller >= SHAPE_MODE_SHARE * (double)shape->count;
    /* Of 2 or 3 values the largest gap always is half the range. */
    return divides && shape->count >= 4 ? 2 : 1;
}

static size_t count_outliers(const struct shape *shape, const double *sorted)
{
    double low = sorted_quantile(sorted, shape->count, 0.25);
    double high = sorted_quantile(sorted, shape->count, 0.75);
    double reach = SHAPE_FAR_OUT * (high - low);
    size_t count = 0;
    for (size_t i = 0; i < shape->count; i++) {
        bool is_far_out = sorted[i] < low - reach || sorted[i] > high + reach;
        bool is_notable = fabs(sorted[i] - shape->median) > SHAPE_NOTABLE * fabs(shape->median);
        count += is_far_out && is_notable;
    }
    return count;
}

struct shape shape_of(const double *values, size_t count)
{
    struct shape shape = {.lowest = METRIC_ABSENT,
                          .highest = METRIC_ABSENT,
                          .median = METRIC_ABSENT,
                          .mean = METRIC_ABSENT,
                          .deviation = METRIC_ABSENT,
                          .variation = METRIC_ABSENT};
    cleanup_free double *sorted = sorted_copy(values, count, &shape.count);
    if (shape.count == 0) {
        return shape;
    }
    shape.lowest = sorted[0];
    shape.highest = sorted[shape.count - 1];
    shape.median = sorted_median(sorted, shape.count);
    describe_spread(&shape, sorted);
    shape.modes = count_modes(&shape, sorted);
    shape.outliers = count_outliers(&shape, sorted);
    return shape;
}

double shape_spread(const struct shape *shape)
{
    double range = shape->highest - shape->lowest;
    if (shape->count < 2 || (range > 0 && shape->median == 0)) {
        return METRIC_ABSENT;
    }
    return range == 0 ? 0 : range / 2 / fabs(shape->median);
}

double shape_spread_ratio(const struct shape *one, const struct shape *other)
{
    double first = one->deviation / fabs(one->median);
    double second = other->deviation / fabs(other->median);
    if (!(first > 0 && second > 0) || isinf(first) || isinf(second)) {
        return METRIC_ABSENT;
    }
    return first > second ? first / second : second / first;
}
