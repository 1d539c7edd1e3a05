/* A claim held against what was measured: confirmed, refuted or inconclusive. Knows no grammar: the
 * two sides come as values.
 *
 *     tcmalloc end.anon <= 0.80 * glibc            left against right: the ratio's interval, factor
 *     glibc released.anon <= 1.2 * start.anon      the same trials on both sides: paired
 *     end.anon <= 300MiB                           no right side: the interval of the location
 *
 * Confirmed if the interval lies wholly on the true side (the bound itself is true), refuted if it
 * lies wholly on the other. Methods, looks, zero variance and trimming are those of comparison.h.
 * Where a value is 0 or less, the interval is of left - factor * right and is held against 0. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/comparison.h"
#include "stats/interval.h"

enum judgement_outcome { JUDGEMENT_INCONCLUSIVE, JUDGEMENT_CONFIRMED, JUDGEMENT_REFUTED };

struct judgement_question {
    const double *left, *right; /* right NULL: `bound` is a constant */
    size_t left_count, right_count;
    bool is_paired; /* value i of both is of one trial or one block, and the counts are the same */
    bool is_at_least; /* >= instead of <= */
    double bound;     /* the factor, or the constant in the metric's unit */
    size_t looks;
    uint64_t seed;
};

struct judgement {
    enum judgement_outcome outcome;
    enum verdict_reason reason; /* REASON_NONE but for inconclusive */
    enum effect_scale scale;
    struct interval effect;
    double bound; /* what the interval is held against, on the scale */
    double alpha;
    size_t n, needed;
    bool is_exact;
    double p;       /* two-sided, of the truth lying on the bound; 1 if inconclusive; 0 if exact */
    double visible; /* the effect at which this n confirms with a chance of 80 %; absent if exact or
                       n is too few */
};

void judgement_make(struct judgement *judgement, const struct judgement_question *question);

/* As comparison_holm, for claims. */
void judgement_holm(struct judgement *const *family, size_t count);

/* A claim that was made of every workload: refuted if it is on any, confirmed if it is on all of at
 * least one. */
enum judgement_outcome judgement_of_all(const enum judgement_outcome *outcomes, size_t count);

const char *judgement_name(enum judgement_outcome outcome); /* "confirmed", ... */
