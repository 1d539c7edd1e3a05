#include "stats/comparison.h"

#include <math.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "stats/arms.h"
#include "stats/holm.h"
#include "stats/looks.h"

static double smaller_size(const struct comparison *comparison)
{
    return fmin(fabs(comparison->baseline.median), fabs(comparison->candidate.median));
}

/* The smaller of the two sizes measures the quantum: then a difference of just the quantum lies on
 * the edge whichever arm is called the baseline. */
static void set_edges(struct comparison *comparison, const struct threshold *threshold)
{
    double size = smaller_size(comparison);
    if (comparison->scale == EFFECT_RATIO) {
        double beyond = fmax(threshold->ratio, threshold->quantum / size);
        comparison->high_edge = 1 + beyond;
        comparison->low_edge = 1 / (1 + beyond);
    } else {
        comparison->high_edge = fmax(threshold->ratio * size, threshold->quantum);
        comparison->low_edge = -comparison->high_edge;
    }
}

static void describe(struct comparison *comparison, const struct arms *arms)
{
    comparison->baseline = shape_of(arms->baseline, arms->n);
    comparison->candidate = shape_of(arms->candidate, arms->n);
    comparison->spread_ratio = shape_spread_ratio(&comparison->baseline, &comparison->candidate);
    if (arms->n > 0 && arms->scale == EFFECT_RATIO) {
        comparison->mean_ratio = comparison->candidate.mean / comparison->baseline.mean;
        comparison->highest_ratio = comparison->candidate.highest / comparison->baseline.highest;
    }
}

static enum verdict verdict_more(enum metric_better better)
{
    return better == BETTER_LESS ? VERDICT_WORSE : VERDICT_MORE;
}

static enum verdict verdict_less(enum metric_better better)
{
    return better == BETTER_LESS ? VERDICT_BETTER : VERDICT_LESS;
}

static enum verdict judge(const struct comparison *comparison, enum metric_better better)
{
    const struct interval *effect = &comparison->effect;
    if (arms_exceeds(effect->lower, comparison->high_edge)) {
        return verdict_more(better);
    }
    if (arms_exceeds(comparison->low_edge, effect->upper)) {
        return verdict_less(better);
    }
    bool is_same = !arms_exceeds(comparison->low_edge, effect->lower) &&
                   !arms_exceeds(effect->upper, comparison->high_edge);
    return is_same ? VERDICT_SAME : VERDICT_UNKNOWN;
}

static double no_difference(const struct comparison *comparison)
{
    return comparison->scale == EFFECT_RATIO ? 1 : 0;
}

/* The two-sided p at the edge, which the interval was made of: a verdict alone always passes it.
 * Half of it is the one-sided p. */
static double verdict_p(const struct comparison *comparison, const struct arms *arms)
{
    if (comparison->verdict == VERDICT_UNKNOWN) {
        return 1;
    }
    if (comparison->is_exact) {
        return 0;
    }
    if (comparison->verdict == VERDICT_SAME) {
        /* The edges themselves are the same. */
        return fmax(arms_p(arms, comparison->low_edge, -1), arms_p(arms, comparison->high_edge, 1));
    }
    bool is_more = comparison->effect.lower > comparison->high_edge;
    return arms_p(arms, is_more ? comparison->high_edge : comparison->low_edge, 0);
}

static void explain(struct comparison *comparison, const struct arms *arms,
                    enum metric_better better)
{
    double nothing = no_difference(comparison);
    bool has_few = arms_least_p(arms) > comparison->alpha;
    comparison->reason = has_few ? REASON_TOO_FEW : REASON_TOO_WIDE;
    if (arms_exceeds(comparison->effect.lower, nothing)) {
        comparison->probable = verdict_more(better);
    } else if (arms_exceeds(nothing, comparison->effect.upper)) {
        comparison->probable = verdict_less(better);
    }
}

static void compare_arms(struct comparison *comparison, const struct arms *arms,
                         const struct comparison_question *question)
{
    comparison->is_exact = arms->is_constant;
    set_edges(comparison, &question->threshold);
    comparison->effect = arms_effect(arms, comparison->alpha);
    comparison->verdict = judge(comparison, question->better);
    if (comparison->verdict == VERDICT_UNKNOWN) {
        explain(comparison, arms, question->better);
    }
    if (!comparison->is_exact && arms->n >= 2) {
        comparison->p = arms_p(arms, no_difference(comparison), 0);
    }
    comparison->verdict_p = verdict_p(comparison, arms);
    comparison->visible =
        arms_visible(arms, &comparison->effect, comparison->alpha, comparison->high_edge, true);
}

void comparison_make(struct comparison *comparison, const struct comparison_question *question)
{
    struct arms arms;
    arms_init(&arms, question->is_paired ? ARMS_PAIRED : ARMS_TWO, question->baseline,
              question->baseline_count, question->candidate, question->candidate_count, false,
              question->seed);
    *comparison = (struct comparison){.scale = arms.scale,
                                      .effect = {METRIC_ABSENT, METRIC_ABSENT, METRIC_ABSENT},
                                      .low_edge = METRIC_ABSENT,
                                      .high_edge = METRIC_ABSENT,
                                      .alpha = looks_alpha(question->looks),
                                      .n = arms.n,
                                      .reason = REASON_NO_VALUES,
                                      .p = METRIC_ABSENT,
                                      .verdict_p = 1,
                                      .visible = METRIC_ABSENT,
                                      .mean_ratio = METRIC_ABSENT,
                                      .highest_ratio = METRIC_ABSENT};
    comparison->needed = arms_needed(&arms, comparison->alpha);
    describe(comparison, &arms);
    if (arms.n > 0) {
        comparison->reason = REASON_NONE;
        compare_arms(comparison, &arms, question);
    }
    arms_clear(&arms);
}

void comparison_holm(struct comparison *const *family, size_t count)
{
    cleanup_free double *p = text_allocate((count + 1) * sizeof *p);
    size_t tested = 0;
    for (size_t i = 0; i < count; i++) {
        if (!family[i]->is_exact) {
            p[tested++] = family[i]->verdict_p;
        }
    }
    holm_adjust(p, tested, p);
    tested = 0;
    for (size_t i = 0; i < count; i++) {
        struct comparison *comparison = family[i];
        if (comparison->is_exact || p[tested++] <= comparison->alpha ||
            comparison->verdict == VERDICT_UNKNOWN) {
            continue;
        }
        comparison->probable = comparison->verdict;
        comparison->verdict = VERDICT_UNKNOWN;
        comparison->reason = REASON_AFTER_HOLM;
    }
}

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[] = {
        [VERDICT_UNKNOWN] = "unknown", [VERDICT_SAME] = "same", [VERDICT_BETTER] = "better",
        [VERDICT_WORSE] = "worse",     [VERDICT_LESS] = "less", [VERDICT_MORE] = "more"};
    return names[verdict];
}

bool comparison_pairs(enum metric metric)
{
    return metric_table[metric].unit == UNIT_SECONDS;
}
