/* The values of one configuration in a run: what a comparison or a claim has on one side.
 *
 * One fresh process is one observation: a block gives one value, read in the last cycle of the
 * trial, if that was ok. A block that was repeated, because a trial of it had failed, counts as its
 * repetition; where the repetition failed as well, as itself. The values come in the order of the
 * blocks. */
#pragma once

#include <stddef.h>

#include "measure/metric.h"
#include "plan/plan.h"
#include "run/record.h"

/* The records of one run. */
struct arm_source {
    const struct plan *plan;
    const struct record *records;
    size_t count;
};

struct arm_key {
    const struct workload *workload; /* of the plan, as is the setting */
    const struct setting *setting;
    enum object_allocator object_allocator;
    const char *phase; /* or "": the highest of the trial, for a peak */
    enum metric metric;
};

struct arm {
    double *values;
    size_t count;
    char *missing; /* why there is no value at all, one line; else NULL */
};

void arm_read(struct arm *arm, const struct arm_source *source, const struct arm_key *key);

/* Both sides of a paired question: value i of both is of one trial if the keys differ in phase and
 * metric only, else of one block. Blocks that lack one side give nothing. */
void arm_read_pairs(struct arm *left, struct arm *right, const struct arm_source *source,
                    const struct arm_key *left_key, const struct arm_key *right_key);

void arm_clear(struct arm *arm);

/* "end.anon", or "peak_rss" for a phase ""; the caller frees it. */
char *arm_figure_name(const char *phase, enum metric metric);
