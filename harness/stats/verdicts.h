/* The verdicts of a run: every comparison and every claim, finished; whoever prints them computes
 * nothing.
 *
 * Within a workload (with its parameters) and an object allocator, each allocator is compared with
 * the control: the first setting of the plan, or the one that a gate names. Each claim is held
 * against each workload, object allocator and allocator that it speaks of. What a gate names and
 * what a claim says is gated: it shares one chance of error (Holm), and the looks of `-n auto` go
 * on until none of it is undecided. Everything is copied, so the plan and the records may go.
 *
 * A worse allocator is no regression: only a row against a baseline (`is_against_baseline`) decides
 * about the exit status by its gate's level; such rows are added by who has the baseline. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "plan/plan.h"
#include "run/record.h"
#include "stats/comparison.h"
#include "stats/judgement.h"

/* One metric, under a baseline and a candidate. */
struct verdicts_comparison {
    char *baseline, *candidate; /* allocators, or what else stands on the two sides */
    char *control; /* or "": the values of both are ratios to this allocator, in its block */
    char *phase;   /* or "": of the whole trial, for a peak */
    enum metric metric;
    enum gate_level level;    /* GATE_OFF: shown only */
    bool is_against_baseline; /* of another run: worse is a regression */
    char *missing;            /* why it could not be measured, one line; else NULL */
    struct comparison result; /* nothing in it if missing */
    double adjusted_p;        /* of verdict_p, by Holm; absent unless gated and not exact */
};

/* What is compared with each other. */
struct verdicts_group {
    char *workload, *parameters;
    enum object_allocator object_allocator;
    struct verdicts_comparison *comparisons; /* all of a figure before the next one */
    size_t comparison_count;
};

/* A claim on one workload, object allocator and allocator. */
struct verdicts_judgement {
    char *workload, *parameters;
    enum object_allocator object_allocator;
    char *left, *right; /* allocators; right is "" with a budget */
    char *missing;      /* as above */
    struct judgement result;
    double adjusted_p; /* of p; absent if exact */
    struct shape left_shape, right_shape;
};

struct verdicts_claim {
    struct claim claim;
    struct verdicts_judgement *judgements;
    size_t judgement_count;
    enum judgement_outcome outcome; /* of all that were measured */
    bool is_missing;                /* some of it, or all, could not be measured */
    char *missing;                  /* why there is nothing to hold it against; else NULL */
};

struct verdicts {
    struct verdicts_group *groups; /* those with a comparison */
    size_t group_count;
    struct verdicts_claim *claims;
    size_t claim_count;
    size_t looks;       /* planned */
    size_t blocks;      /* run, repetitions left out */
    bool is_one_layout; /* --layout fixed: they speak of that layout only */
};

/* The seeds of what is drawn come from the plan's, so the same records give the same figures. */
void verdicts_make(struct verdicts *verdicts, const struct plan *plan, const struct record *records,
                   size_t count);
void verdicts_clear(struct verdicts *verdicts);

/* The group of that workload, or NULL. */
const struct verdicts_group *verdicts_find_group(const struct verdicts *verdicts,
                                                 const char *workload, const char *parameters,
                                                 enum object_allocator object_allocator);

/* How often a run is looked at: three times if the looks decide how long it is, else once. */
size_t verdicts_looks(const struct options *options);

/* For more comparisons than the run's own. Texts are copied; the group's address is good until the
 * next is added. */
struct verdicts_group *verdicts_add_group(struct verdicts *verdicts, const char *workload,
                                          const char *parameters,
                                          enum object_allocator object_allocator);
struct verdicts_added {
    const char *baseline, *candidate, *phase;
    const char *control; /* or NULL: see above */
    enum metric metric;
    enum gate_level level;
    bool is_against_baseline;
    const char *missing;                        /* or NULL */
    const struct comparison_question *question; /* is not looked at if missing */
};
void verdicts_add(struct verdicts_group *group, const struct verdicts_added *added);

/* Holm over everything gated. verdicts_make has done it; again after the last addition: with more
 * tests, no verdict comes back. */
void verdicts_holm(struct verdicts *verdicts);

/* How many gated rows there are, and how many of them more runs could decide. */
size_t verdicts_gated(const struct verdicts *verdicts, size_t *undecided);

enum verdicts_conclusion {
    VERDICTS_HOLD,         /* no claim refuted, nothing worse than a baseline, nothing unknown */
    VERDICTS_FAIL,         /* a claim refuted, or a gate of level error against a baseline worse */
    VERDICTS_INCONCLUSIVE, /* a claim, or such a gate */
    VERDICTS_NOT_MEASURED, /* a claim, or a gate of level error, that could not be measured */
};

/* The first that holds of: not measured, fail, inconclusive, hold. */
enum verdicts_conclusion verdicts_conclude(const struct verdicts *verdicts);
