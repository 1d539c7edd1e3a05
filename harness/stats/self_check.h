/* Whether this machine's measurements lead to right verdicts where the truth is known, and how
 * small an effect they can show.
 *
 * The run has two workloads (plan order), the second known to hold more, and two settings that are
 * one under two names. The same must come out as the same, and the larger as worse. */
#pragma once

#include "run/record.h"
#include "stats/comparison.h"
#include "stats/looks.h"
#include "stats/shape.h"

/* One figure's noise: what varies between fresh processes of one setting. */
struct self_check_noise {
    const char *phase;
    enum metric metric;
    double threshold; /* a change up to that share is no matter */
    struct shape arms[2];
    double visible[LOOKS_COUNT]; /* at each look, the ratio that is seen as worse with a chance of
                                    80 %; absent without values, INFINITY where n is too few */
};

enum { SELF_CHECK_FIGURES = 3 };

struct self_check {
    char *missing;           /* why there is nothing to judge by, one line; else NULL */
    struct comparison same;  /* one setting against itself: anon at 'settled' */
    struct comparison worse; /* the larger workload against the smaller */
    struct self_check_noise noise[SELF_CHECK_FIGURES];
};

/* Judges; the noise is not looked at yet. */
void self_check_make(struct self_check *check, const struct plan *plan,
                     const struct record *records, size_t count);

/* Fills the noise, by simulation: about a second. */
void self_check_measure_noise(struct self_check *check, const struct plan *plan,
                              const struct record *records, size_t count);

void self_check_clear(struct self_check *check);

/* Both came out right. */
bool self_check_passes(const struct self_check *check);
