/* The values of one configuration in a run: what a comparison or a claim has on one side.
 *
 * One fresh process is one observation: a block gives one value, read in the last cycle of the
 * trial, if that was ok. A block that was repeated, because a trial of it had failed, counts as its
 * repetition; where the repetition failed as well, as itself. The values come in the order of the
 * blocks. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "measure/metric.h"
#include "plan/plan.h"
#include "run/record.h"

/* The records of one run. */
struct observations_source {
    const struct plan *plan;
    const struct record *records;
    size_t count;
};

struct observations_key {
    const struct workload *workload; /* of the plan, as is the setting */
    const struct setting *setting;
    enum object_allocator object_allocator;
    const char *phase; /* or "": the highest of the trial, for a peak */
    enum metric metric;
};

struct observations {
    unsigned *blocks; /* of each value: the block that was planned; only observations_read */
    double *values;
    size_t count;
    char *missing; /* why there is no value at all, one line; else NULL */
};

void observations_read(struct observations *arm, const struct observations_source *source,
                       const struct observations_key *key);

/* Both sides of a paired question: value i of both is of one trial if the keys differ in phase and
 * metric only, else of one block. Blocks that lack one side give nothing. */
void observations_read_pairs(struct observations *left, struct observations *right,
                             const struct observations_source *source,
                             const struct observations_key *left_key,
                             const struct observations_key *right_key);

/* Paired or not. */
void observations_read_both(struct observations *left, struct observations *right,
                            const struct observations_source *source,
                            const struct observations_key *left_key,
                            const struct observations_key *right_key, bool is_paired);

void observations_clear(struct observations *arm);

/* "end.anon", or "peak_rss" for a phase ""; the caller frees it. */
char *observations_figure_name(const char *phase, enum metric metric);

/* Whether there is a trial of workload, object allocator and setting; NULL is any setting. */
bool observations_have(const struct observations_source *source,
                       const struct observations_key *key);

/* A seed for what is drawn of one question: of `what` of the key's configuration, against `right`
 * (an allocator, or ""). It does not depend on what else is analysed. */
uint64_t observations_seed(const struct observations_source *source,
                           const struct observations_key *key, const char *right, const char *what);
