#include "measure/decay.h"

#include <string.h>

/* Index of the last sample of a phase, or -1. */
static ptrdiff_t last_of(const struct sample *samples, size_t count, const char *phase)
{
    for (size_t i = count; i-- > 0;) {
        if (strcmp(samples[i].phase, phase) == 0) {
            return (ptrdiff_t)i;
        }
    }
    return -1;
}

struct span {
    const struct sample *start, *end, *settled;
};

static bool find_span(struct span *span, const struct sample *samples, size_t count)
{
    ptrdiff_t start = last_of(samples, count, PHASE_START);
    ptrdiff_t end = last_of(samples, count, PHASE_END);
    ptrdiff_t settled = last_of(samples, count, PHASE_SETTLED);
    if (start < 0 || end < 0 || settled < 0) {
        return false;
    }
    *span = (struct span){&samples[start], &samples[end], &samples[settled]};
    return span->end->values[METRIC_RSS] - span->start->values[METRIC_RSS] > DECAY_LEAST;
}

bool decay_is_meant(const struct sample *samples, size_t count)
{
    struct span span;
    return find_span(&span, samples, count);
}

double decay_seconds(const struct sample *samples, size_t count, const struct curve_point *curve,
                     size_t curve_count, double part)
{
    struct span span;
    if (!find_span(&span, samples, count)) {
        return METRIC_ABSENT;
    }
    double begin = span.end->elapsed, until = span.settled->elapsed;
    double high = span.end->values[METRIC_RSS], low = span.start->values[METRIC_RSS];
    double goal = high - part * (high - low);
    for (size_t i = 0; i < curve_count && curve[i].elapsed < until; i++) {
        if (curve[i].elapsed > begin && curve[i].rss <= goal) {
            return curve[i].elapsed - begin;
        }
    }
    /* On a busy machine the curve may have no point just before. */
    return span.settled->values[METRIC_RSS] <= goal ? until - begin : METRIC_ABSENT;
}

void decay_fill(struct sample *samples, size_t count, const struct curve_point *curve,
                size_t curve_count)
{
    ptrdiff_t settled = last_of(samples, count, PHASE_SETTLED);
    if (settled >= 0) {
        double *values = samples[settled].values;
        values[METRIC_DECAY_50_SECONDS] = decay_seconds(samples, count, curve, curve_count, 0.5);
        values[METRIC_DECAY_90_SECONDS] = decay_seconds(samples, count, curve, curve_count, 0.9);
    }
}
