/* Samples made ready for a test: what comparison.h and judgement.h have in common.
 *
 * Absent values are left out, the longer arm loses its earliest values, and the scale is chosen:
 * logarithms if all values are positive. Three forms: two arms (ranks), two arms paired by block
 * (signed ranks of their differences), one arm (signed ranks of its values). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/brunner_munzel.h"
#include "stats/comparison.h"
#include "stats/interval.h"
#include "stats/uneven.h"

enum arms_form {
    ARMS_TWO,
    ARMS_PAIRED, /* value i of both is of one block or trial */
    ARMS_ONE,    /* the candidate only */
};

struct arms {
    enum arms_form form;
    enum effect_scale scale;
    bool is_log;
    bool is_constant;             /* nothing varies, and there are enough to believe it */
    size_t n;                     /* values per arm */
    double *baseline, *candidate; /* as measured; baseline NULL for one */
    double *x, *y;                /* sorted, on the test's scale; x is NULL but for two arms; else
                                     y is the differences or values */
    double tolerance;             /* nearer values are equal */
    bool has_ranks;               /* two unpaired arms that can be tested */
    struct brunner_munzel ranks;
    struct uneven uneven; /* asked as well */
};

/* So many values without any variance are believed to have none. */
#define ARMS_CONSTANT 3
/* The latest so many values of an arm enter. More would cost time and tell nothing. */
#define ARMS_MOST 200

/* `never_log` forces the scale of differences. A NULL with a count of 0 is an arm without values.
 */
void arms_init(struct arms *arms, enum arms_form form, const double *baseline,
               size_t baseline_count, const double *candidate, size_t candidate_count,
               bool never_log, uint64_t seed);
void arms_clear(struct arms *arms);

/* The estimate and interval on the scale; exact if nothing varies. n at least 1. */
struct interval arms_effect(const struct arms *arms, double alpha);

/* Two-sided p of the true effect being `effect` (on the scale; positive where it is a logarithm's),
 * or just below or above it: side -1 or 1. n at least 2, not constant. */
double arms_p(const struct arms *arms, double effect, int side);

/* The smallest p that so many values can have, and the least n that can have one of `alpha`. */
double arms_least_p(const struct arms *arms);
size_t arms_needed(const struct arms *arms, double alpha);

/* The effect beyond `edge`, upwards or downwards, that is seen as beyond it with a chance of 80 %.
 */
double arms_visible(const struct arms *arms, const struct interval *effect, double alpha,
                    double edge, bool is_upwards);

/* Whether a is over b by more than arithmetic may have made of equal numbers. */
bool arms_exceeds(double a, double b);
