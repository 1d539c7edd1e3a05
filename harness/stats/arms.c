#include "stats/arms.h"

#include <math.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "stats/brunner_munzel.h"
#include "stats/hodges_lehmann.h"
#include "stats/power.h"
#include "stats/signed_rank.h"

/* On logarithms: equal ratios of different numbers come out so near to each other; two sizes of
 * 100 GiB that differ by one page do not (4e-8). */
#define LOG_TOLERANCE 1e-11
/* Of the largest number, where differences are taken as they are. */
#define RELATIVE_TOLERANCE 1e-12
/* Just beside a value: so many tolerances. */
#define BESIDE 4

/* The latest `most` finite values of `values`, in their order. */
static double *keep_latest(const double *values, size_t count, size_t most, size_t *kept)
{
    double *latest = text_allocate((count + 1) * sizeof *latest);
    size_t next = count;
    *kept = 0;
    for (size_t i = count; i-- > 0 && *kept < most;) {
        if (isfinite(values[i])) {
            latest[--next] = values[i];
            (*kept)++;
        }
    }
    for (size_t i = 0; i < *kept; i++) {
        latest[i] = latest[next + i];
    }
    return latest;
}

static void keep_arms(struct arms *arms, const double *baseline, size_t baseline_count,
                      const double *candidate, size_t candidate_count)
{
    size_t candidates;
    arms->candidate = keep_latest(candidate, candidate_count, ARMS_MOST, &candidates);
    arms->n = candidates;
    if (arms->form == ARMS_ONE) {
        return;
    }
    arms->baseline = keep_latest(baseline, baseline_count, candidates, &arms->n);
    if (arms->n < candidates) {
        free(arms->candidate);
        arms->candidate = keep_latest(candidate, candidate_count, arms->n, &candidates);
    }
}

/* Of pairs both values are needed. */
static void keep_pairs(struct arms *arms, const double *baseline, const double *candidate,
                       size_t count)
{
    arms->baseline = text_allocate((count + 1) * sizeof *arms->baseline);
    arms->candidate = text_allocate((count + 1) * sizeof *arms->candidate);
    for (size_t i = 0; i < count; i++) {
        if (isfinite(baseline[i]) && isfinite(candidate[i])) {
            arms->baseline[arms->n] = baseline[i];
            arms->candidate[arms->n] = candidate[i];
            arms->n++;
        }
    }
    size_t surplus = arms->n > ARMS_MOST ? arms->n - ARMS_MOST : 0;
    arms->n -= surplus;
    for (size_t i = 0; surplus > 0 && i < arms->n; i++) {
        arms->baseline[i] = arms->baseline[i + surplus];
        arms->candidate[i] = arms->candidate[i + surplus];
    }
}

struct extent {
    double lowest, highest;
    bool is_varied;
};

static struct extent measure(const double *values, size_t n)
{
    struct extent extent = {.lowest = n ? values[0] : INFINITY, .highest = n ? values[0] : 0};
    for (size_t i = 1; i < n; i++) {
        extent.lowest = fmin(extent.lowest, values[i]);
        extent.highest = fmax(extent.highest, values[i]);
        extent.is_varied |= values[i] != values[0];
    }
    return extent;
}

static void choose_scale(struct arms *arms, bool never_log)
{
    struct extent y = measure(arms->candidate, arms->n);
    struct extent x = arms->baseline ? measure(arms->baseline, arms->n) : y;
    arms->is_log = !never_log && x.lowest > 0 && y.lowest > 0;
    arms->is_constant = !x.is_varied && !y.is_varied && arms->n >= ARMS_CONSTANT;
    arms->tolerance = LOG_TOLERANCE;
    if (!arms->is_log) {
        double largest =
            fmax(fmax(fabs(x.lowest), fabs(x.highest)), fmax(fabs(y.lowest), fabs(y.highest)));
        arms->tolerance = RELATIVE_TOLERANCE * largest;
    }
    if (!arms->baseline) {
        arms->scale = EFFECT_LOCATION;
    } else {
        arms->scale = arms->is_log ? EFFECT_RATIO : EFFECT_DIFFERENCE;
    }
}

static double *scale_values(const struct arms *arms, const double *values)
{
    double *scaled = text_allocate((arms->n + 1) * sizeof *scaled);
    for (size_t i = 0; i < arms->n; i++) {
        scaled[i] = arms->is_log ? log(values[i]) : values[i];
    }
    return scaled;
}

static void scale_arms(struct arms *arms)
{
    arms->y = scale_values(arms, arms->candidate);
    if (arms->baseline) {
        arms->x = scale_values(arms, arms->baseline);
    }
    if (arms->form == ARMS_PAIRED) {
        for (size_t i = 0; i < arms->n; i++) {
            arms->y[i] -= arms->x[i];
        }
        free(arms->x);
        arms->x = NULL;
    }
}

void arms_init(struct arms *arms, enum arms_form form, const double *baseline,
               size_t baseline_count, const double *candidate, size_t candidate_count,
               bool never_log, uint64_t seed)
{
    *arms = (struct arms){.form = form};
    if (form == ARMS_PAIRED) {
        size_t pairs = baseline_count < candidate_count ? baseline_count : candidate_count;
        keep_pairs(arms, baseline, candidate, pairs);
    } else {
        keep_arms(arms, baseline, baseline_count, candidate, candidate_count);
    }
    choose_scale(arms, never_log);
    scale_arms(arms);
    arms->has_ranks = form == ARMS_TWO && arms->n >= 2 && !arms->is_constant;
    if (arms->has_ranks) {
        brunner_munzel_init(&arms->ranks, arms->x, arms->n, arms->y, arms->n, arms->tolerance,
                            seed);
        arms->uneven = uneven_of(arms->ranks.x, arms->n, arms->ranks.y, arms->n, arms->tolerance);
    }
}

void arms_clear(struct arms *arms)
{
    free(arms->baseline);
    free(arms->candidate);
    free(arms->x);
    free(arms->y);
    if (arms->has_ranks) {
        brunner_munzel_clear(&arms->ranks);
    }
    *arms = (struct arms){0};
}

static struct interval exact_effect(const struct arms *arms)
{
    double effect = arms->candidate[0];
    if (arms->scale == EFFECT_RATIO) {
        effect /= arms->baseline[0];
    } else if (arms->scale == EFFECT_DIFFERENCE) {
        effect -= arms->baseline[0];
    }
    return (struct interval){.estimate = effect, .lower = effect, .upper = effect};
}

static double rank_distance(const void *context, double shift)
{
    const struct arms *arms = context;
    return fabs(brunner_munzel_statistic(&arms->ranks, shift));
}

static double rank_p(const void *context, double shift)
{
    const struct arms *arms = context;
    return fmax(brunner_munzel_p(&arms->ranks, shift), uneven_p(&arms->uneven, shift));
}

static struct interval rank_interval(const struct arms *arms, double alpha)
{
    if (!arms->uneven.narrow) {
        return brunner_munzel_interval(&arms->ranks, alpha);
    }
    cleanup_free double *differences =
        hodges_lehmann_differences(arms->x, arms->n, arms->y, arms->n);
    struct interval_test test = {.context = arms, .distance = rank_distance, .p = rank_p};
    return interval_invert(&test, differences, arms->n * arms->n, alpha, 4 * arms->tolerance);
}

struct interval arms_effect(const struct arms *arms, double alpha)
{
    if (arms->is_constant) {
        return exact_effect(arms);
    }
    struct interval effect;
    if (arms->has_ranks) {
        effect = rank_interval(arms, alpha);
    } else if (arms->form != ARMS_TWO) {
        effect = signed_rank_interval(arms->y, arms->n, alpha, arms->tolerance);
    } else {
        effect = (struct interval){
            .estimate = arms->y[0] - arms->x[0], .lower = -INFINITY, .upper = INFINITY};
    }
    if (arms->is_log) {
        effect.estimate = exp(effect.estimate);
        effect.lower = exp(effect.lower);
        effect.upper = exp(effect.upper);
    }
    return effect;
}

double arms_p(const struct arms *arms, double effect, int side)
{
    double shift = arms->is_log ? log(effect) : effect;
    shift += side * BESIDE * arms->tolerance;
    if (arms->form != ARMS_TWO) {
        return signed_rank_p(arms->y, arms->n, shift, arms->tolerance);
    }
    return rank_p(arms, shift);
}

static double least_p_of(const struct arms *arms, size_t n)
{
    return arms->form != ARMS_TWO ? signed_rank_least_p(n) : permutation_least_p(n, n);
}

double arms_least_p(const struct arms *arms)
{
    return least_p_of(arms, arms->n);
}

size_t arms_needed(const struct arms *arms, double alpha)
{
    size_t n = 2;
    while (n < ARMS_MOST && least_p_of(arms, n) > alpha) {
        n++;
    }
    return n;
}

double arms_visible(const struct arms *arms, const struct interval *effect, double alpha,
                    double edge, bool is_upwards)
{
    double lower = arms->is_log ? log(effect->lower) : effect->lower;
    double upper = arms->is_log ? log(effect->upper) : effect->upper;
    if (arms->is_constant || isinf(lower) || isinf(upper)) {
        return METRIC_ABSENT;
    }
    double shift = power_visible_from_interval(lower, upper, alpha);
    if (!is_upwards) {
        shift = -shift;
    }
    return arms->is_log ? edge * exp(shift) : edge + shift;
}

bool arms_exceeds(double a, double b)
{
    if (isinf(a) || isinf(b)) {
        return a > b;
    }
    return a - b > 2 * RELATIVE_TOLERANCE * fmax(fabs(a), fabs(b));
}
