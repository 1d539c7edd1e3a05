/* One metric under a baseline and a candidate: how they differ, how sure that is, and the verdict.
 * The only place that says "worse".
 *
 * One fresh process is one observation. The estimate is the Hodges-Lehmann ratio (candidate over
 * baseline), the interval is the permuted Brunner-Munzel test inverted, or the signed form where
 * the arms are paired by block (time, which drifts); where one arm hardly varies beside the other
 * the signs must agree (uneven.h). The verdict comes from the interval alone:
 *
 *     wholly above 1 + threshold          worse      (more of what should be less)
 *     wholly below 1 / (1 + threshold)    better
 *     wholly between the two              same: equivalence shown, two one-sided tests at alpha/2
 *                                         each (Lakens 2017, Social Psychological and Personality
 *                                         Science 8)
 *     else                                unknown
 *
 * A logarithm needs positive values. Where any value is 0 or less the same is said of the
 * difference, in the metric's unit, with threshold times the smaller median's size as its edge.
 *
 * Where no arm varies there is nothing to test: from 3 values each the difference is exact.
 *
 * At three looks each spends a third of alpha, and the interval is one of 98.3 %; a number of runs
 * fixed beforehand is one look, and the interval one of 95 % (looks.h). 4 runs are the least that
 * can show anything (paired: 6; at a look: 5 and 7).
 *
 * Arms of different length lose the earliest values of the longer one: with unequal spread and size
 * no rank test keeps its level. Only then does the order of the values matter.
 *
 * Trap: a verdict is one of the comparison alone. Several that gate one decision go through
 * comparison_holm together. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "measure/metric.h"
#include "stats/interval.h"
#include "stats/shape.h"
#include "stats/threshold.h"

enum verdict {
    VERDICT_UNKNOWN,
    VERDICT_SAME,
    VERDICT_BETTER,
    VERDICT_WORSE,
    VERDICT_LESS, /* of a metric of which neither less nor more is better */
    VERDICT_MORE,
};

/* Why a verdict is unknown. */
enum verdict_reason {
    REASON_NONE,
    REASON_NO_VALUES,  /* an arm has none */
    REASON_TOO_FEW,    /* no result whatever could be conclusive; `needed` says how many could */
    REASON_TOO_WIDE,   /* the interval lies across an edge; `visible` says what could be seen */
    REASON_AFTER_HOLM, /* it was conclusive alone, but is one of many */
};

enum effect_scale {
    EFFECT_RATIO,      /* candidate over baseline; 1 is no difference */
    EFFECT_DIFFERENCE, /* candidate minus baseline, in the metric's unit; 0 is no difference */
    EFFECT_LOCATION,   /* one sample's own value (judgement.h) */
};

struct comparison_question {
    const double *baseline, *candidate; /* one value per trial, as measured; absent ones allowed */
    size_t baseline_count, candidate_count;
    bool is_paired; /* value i of both is of block i, and both counts are the same */
    enum metric_better better;
    struct threshold threshold;
    size_t looks;  /* planned: LOOKS_COUNT, or 1 for a number of runs fixed beforehand */
    uint64_t seed; /* of drawn permutations: permutation_seed() */
};

struct comparison {
    enum verdict verdict;
    enum verdict_reason reason; /* REASON_NONE but for unknown */
    enum verdict probable; /* where unknown and the interval leaves "no difference" out: where to */
    enum effect_scale scale;
    struct interval effect;     /* the bounds infinite (ratio: 0 and INFINITY) where n is too few */
    double low_edge, high_edge; /* between them is the same; on the scale */
    double alpha;               /* of this look; the interval is one of 1 - alpha */
    size_t n;                   /* values per arm, or pairs, that entered */
    size_t needed;              /* the least n that can be conclusive at alpha */
    bool is_exact;              /* no variance observed: the bounds are the estimate, no p */
    double p;         /* two-sided, of no difference; absent if exact or too few to test */
    double verdict_p; /* of the nearest case in which the verdict were false; 1 if unknown */
    double visible;   /* the effect that this n shows as worse with a chance of 80 %, on the scale;
                         absent if exact or n is too few */
    struct shape baseline, candidate;
    double spread_ratio;              /* shape_spread_ratio */
    double mean_ratio, highest_ratio; /* absent unless the scale is a ratio */
};

void comparison_make(struct comparison *comparison, const struct comparison_question *question);

/* Takes away, in a family that gates one decision, each verdict whose Holm-adjusted verdict_p is
 * over its alpha: unknown, REASON_AFTER_HOLM. Unknown ones count as tested; exact ones are not of
 * the family, for they have no chance of error to share. */
void comparison_holm(struct comparison *const *family, size_t count);

const char *verdict_name(enum verdict verdict); /* "unknown", "same", "better", ... */

/* Whether two metrics' arms are to be paired by block: time drifts, memory does not. */
bool comparison_pairs(enum metric metric);
