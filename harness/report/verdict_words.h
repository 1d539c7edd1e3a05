/* Verdicts in words: what the terminal, the page and the CSV files say alike.
 *
 * Ratios have as many decimals as it takes to keep the interval and what it is held against apart;
 * values have their metric's unit. Every text is the caller's to free. */
#pragma once

#include <stdbool.h>

#include "stats/verdicts.h"

/* An effect in figures: "0.62" and "[0.61, 0.64]"; on a value's own scale "310.2 MiB" and
 * "[309.0, 311.4]"; exact ones have the interval "exactly". */
struct effect_words {
    char estimate[40], interval[80];
};
struct effect_words verdict_words_of_comparison(const struct verdicts_comparison *comparison);
struct effect_words verdict_words_of_judgement(const struct verdicts_judgement *judgement,
                                               enum metric_unit unit);

/* "better", "unknown (after Holm)", "not measured". */
const char *verdict_words_verdict(const struct verdicts_comparison *comparison);
const char *verdict_words_outcome(const struct verdicts_judgement *judgement);
const char *verdict_words_claim_outcome(const struct verdicts_claim *claim);

/* The sign beside each of these words: which way it goes, or whether it holds. */
const char *verdict_words_verdict_sign(const struct verdicts_comparison *comparison, bool ascii);
const char *verdict_words_outcome_sign(const char *outcome, bool ascii);

/* Why a verdict is unknown: "no_values", "too_few", "too_wide", "after_holm", or "". */
const char *verdict_words_reason(enum verdict_reason reason);

/* Of an unknown verdict: "8 runs would show at least", "6 runs at least", ...; and
 * the effect that goes with the first, "1.24", or "". */
char *verdict_words_unknown(const struct verdicts_comparison *comparison);
char *verdict_words_visible(const struct verdicts_comparison *comparison);
/* "20 runs would confirm 0.76 or less". */
char *verdict_words_confirmable(const struct verdicts_judgement *judgement,
                                const struct claim *claim);

/* What one figure hides of a sample: "two modes, 300.1 to 410.2 MiB", "1 outlier, ..."; or "". */
char *verdict_words_shape(const struct shape *shape, enum metric_unit unit);
/* Where there is something of the kind: "ratio of the means 0.64, of the highest 0.70"; or "". */
char *verdict_words_ratios(const struct verdicts_comparison *comparison);
/* All that: "tcmalloc: two modes, 300.1 to 410.2 MiB; ratio of ...". */
char *verdict_words_shapes(const struct verdicts_comparison *comparison);
char *verdict_words_judgement_shapes(const struct verdicts_judgement *judgement,
                                     const struct claim *claim);

/* The claim, and what of workload, allocator and object allocator it leaves open: "tcmalloc
 * end.anon <= 0.8 * glibc on pinned_buffers". */
char *verdict_words_sentence(const struct claim *claim, const struct verdicts_judgement *judgement);

/* ": 0.62 [0.61, 0.64], n = 8", with what would have been seen, or with why it was not measured. */
char *verdict_words_finding(const struct claim *claim, const struct verdicts_judgement *judgement);

/* A part of a claim that speaks of several: "refuted on app, jemalloc". */
char *verdict_words_part(const struct verdicts_judgement *judgement);

/* A value with its unit: "310.2 MiB", "0.512 s", "1234". */
char *verdict_words_value(double value, enum metric_unit unit);
