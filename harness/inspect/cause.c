#include "inspect/cause.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "inspect/trend.h"

static bool is_of(const struct sample *sample, const char *phase)
{
    return strcmp(sample->phase, phase) == 0;
}

/* The last sample of a phase, or NULL. */
static const struct sample *last_of(const struct sample *samples, size_t count, const char *phase)
{
    for (size_t i = count; i-- > 0;) {
        if (is_of(&samples[i], phase)) {
            return &samples[i];
        }
    }
    return NULL;
}

static double noise_over(double size)
{
    return fmax(CAUSE_NOISE_BYTES, CAUSE_NOISE_SHARE * size); /* ignores a NAN */
}

/* Writes the kinds that have bytes in order of bytes; returns how many. */
static size_t fill_shares(struct cause_share shares[CAUSE_KINDS], const double bytes[CAUSE_KINDS])
{
    double total = 0;
    size_t count = 0;
    for (int kind = 0; kind < CAUSE_KINDS; kind++) {
        total += bytes[kind];
    }
    for (int kind = 0; kind < CAUSE_KINDS; kind++) {
        if (bytes[kind] < 1) { /* what rounding left */
            continue;
        }
        size_t at = count++;
        for (; at > 0 && shares[at - 1].bytes < bytes[kind]; at--) {
            shares[at] = shares[at - 1];
        }
        shares[at] = (struct cause_share){(enum cause_kind)kind, bytes[kind], bytes[kind] / total};
    }
    return count;
}

/* ---- one trial ---- */

static void find_held(struct cause *cause, struct division *held, const struct sample *samples,
                      size_t count)
{
    struct division_span span = {.from = last_of(samples, count, PHASE_START),
                                 .to = last_of(samples, count, PHASE_SETTLED),
                                 .collected = last_of(samples, count, PHASE_COLLECTED),
                                 .released = last_of(samples, count, PHASE_RELEASED)};
    division_make(held, &span);
    cause->is_known = held->is_known;
    if (held->is_known && span.from && span.to) { /* it is known of both only */
        cause->held = held->total;
        cause->children = held->children;
        cause->noise = noise_over(division_size(span.from));
        cause->forecast = span.to->values[METRIC_FORECAST_BYTES];
        cause->is_grown = cause->held > cause->noise;
        cause->is_garbage_unsized = held->is_garbage_unsized;
        cause->share_count = fill_shares(cause->shares, held->bytes);
    }
}

/* Which of the live memory is garbage is known of 'settled' only: taken to be the same part of what
 * grew before. */
static void divide_live(double bytes[CAUSE_KINDS], const struct division *held)
{
    static const enum cause_kind garbage[] = {CAUSE_UNCOLLECTABLE, CAUSE_UNCOLLECTED};
    double live = bytes[CAUSE_LIVE], all = held->bytes[CAUSE_LIVE];
    for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
        live += bytes[garbage[i]];
        all += held->bytes[garbage[i]];
    }
    bytes[CAUSE_LIVE] = live;
    for (size_t i = 0; i < sizeof garbage / sizeof *garbage && all > 0; i++) {
        bytes[garbage[i]] = live * (held->bytes[garbage[i]] / all);
        bytes[CAUSE_LIVE] -= bytes[garbage[i]];
    }
    bytes[CAUSE_LIVE] = fmax(0, bytes[CAUSE_LIVE]);
}

static void find_growth(struct cause *cause, const struct division *held,
                        const struct sample *samples, size_t count)
{
    cleanup_free double *ends = text_allocate(count * sizeof *ends);
    struct division_span span = {0};
    size_t cycles = 0;
    for (size_t i = 0; i < count; i++) {
        double size = division_size(&samples[i]);
        if (is_of(&samples[i], PHASE_END) && !metric_is_absent(size)) {
            span.from = span.from ? span.from : &samples[i];
            span.to = &samples[i];
            ends[cycles++] = size;
        }
    }
    struct trend trend;
    trend_find(&trend, ends, cycles, noise_over(cycles > 0 ? ends[0] : 0));
    cause->slope = trend.slope;
    cause->is_growing = trend.is_growing;
    struct division growth = {0};
    if (trend.is_growing) {
        division_make(&growth, &span);
    }
    divide_live(growth.bytes, held);
    cause->growth_count = fill_shares(cause->growth, growth.bytes);
}

void cause_find(struct cause *cause, const struct sample *samples, size_t count)
{
    struct division held;
    *cause = (struct cause){.held = METRIC_ABSENT,
                            .children = METRIC_ABSENT,
                            .noise = METRIC_ABSENT,
                            .forecast = METRIC_ABSENT};
    find_held(cause, &held, samples, count);
    find_growth(cause, &held, samples, count);
}

/* ---- several trials ---- */

static double bytes_of(const struct cause_share *shares, size_t count, enum cause_kind kind)
{
    for (size_t i = 0; i < count; i++) {
        if (shares[i].kind == kind) {
            return shares[i].bytes;
        }
    }
    return 0;
}

double cause_bytes(const struct cause *cause, enum cause_kind kind)
{
    return bytes_of(cause->shares, cause->share_count, kind);
}

/* What medians are taken of: from FIELD_SHARE and from FIELD_GROWTH on one for each kind. */
enum {
    FIELD_SLOPE,
    FIELD_HELD,
    FIELD_CHILDREN,
    FIELD_NOISE,
    FIELD_FORECAST,
    FIELD_SHARE,
    FIELD_GROWTH = FIELD_SHARE + CAUSE_KINDS,
};

/* METRIC_ABSENT if the cause has no say in it. */
static double field_of(const struct cause *cause, int field)
{
    if (field == FIELD_SLOPE) {
        return cause->slope;
    }
    if (field >= FIELD_GROWTH) {
        enum cause_kind kind = (enum cause_kind)(field - FIELD_GROWTH);
        return cause->is_growing ? bytes_of(cause->growth, cause->growth_count, kind)
                                 : METRIC_ABSENT;
    }
    if (!cause->is_known) {
        return METRIC_ABSENT;
    }
    switch (field) {
    case FIELD_HELD:
        return cause->held;
    case FIELD_CHILDREN:
        return cause->children;
    case FIELD_NOISE:
        return cause->noise;
    case FIELD_FORECAST:
        return cause->forecast;
    default:
        return cause_bytes(cause, (enum cause_kind)(field - FIELD_SHARE));
    }
}

static int compare_values(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const struct cause *causes, size_t count, int field)
{
    cleanup_free double *values = text_allocate(count * sizeof *values);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        double value = field_of(&causes[i], field);
        if (!metric_is_absent(value)) {
            values[found++] = value;
        }
    }
    if (found == 0) {
        return METRIC_ABSENT;
    }
    qsort(values, found, sizeof *values, compare_values);
    return (values[(found - 1) / 2] + values[found / 2]) / 2;
}

static size_t merge_shares(struct cause_share shares[CAUSE_KINDS], const struct cause *causes,
                           size_t count, int first)
{
    double bytes[CAUSE_KINDS];
    for (int kind = 0; kind < CAUSE_KINDS; kind++) {
        double middle = median(causes, count, first + kind);
        bytes[kind] = metric_is_absent(middle) ? 0 : middle;
    }
    return fill_shares(shares, bytes);
}

void cause_merge(struct cause *merged, const struct cause *causes, size_t count)
{
    size_t known = 0, unsized = 0, sloped = 0, growing = 0;
    for (size_t i = 0; i < count; i++) {
        known += causes[i].is_known;
        unsized += causes[i].is_known && causes[i].is_garbage_unsized;
        sloped += !metric_is_absent(causes[i].slope);
        growing += causes[i].is_growing;
    }
    *merged = (struct cause){.is_known = known > 0,
                             .is_garbage_unsized = 2 * unsized > known,
                             .is_growing = 2 * growing > sloped,
                             .held = median(causes, count, FIELD_HELD),
                             .children = median(causes, count, FIELD_CHILDREN),
                             .noise = median(causes, count, FIELD_NOISE),
                             .forecast = median(causes, count, FIELD_FORECAST),
                             .slope = median(causes, count, FIELD_SLOPE)};
    merged->is_grown = merged->held > merged->noise;
    merged->share_count = merge_shares(merged->shares, causes, count, FIELD_SHARE);
    if (merged->is_growing) {
        merged->growth_count = merge_shares(merged->growth, causes, count, FIELD_GROWTH);
    }
}
