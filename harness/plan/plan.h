/* The plan: which trials a run consists of, in which order.
 *
 * A block holds every configuration once, in an order shuffled by the seed, so that what drifts on
 * the machine meets all of them alike. */
#pragma once

#include "base/random.h"
#include "plan/options.h"
#include "plan/setting.h"
#include "plan/workload.h"

struct trial {
    unsigned number;          /* from 1, in the order of the run */
    unsigned block, position; /* from 1 */
    unsigned repeats;         /* the block that this one repeats; 0: none */
    const struct workload *workload;
    const struct setting *setting;
    enum object_allocator object_allocator;
    uint32_t hash_seed; /* PYTHONHASHSEED */
    unsigned padding;   /* bytes of environment that only shift the stack */
};

struct plan {
    const struct options *options;
    struct workload *workloads;
    size_t workload_count;
    struct setting *settings;
    size_t setting_count;
    struct trial *trials;
    size_t trial_count;
    unsigned blocks;      /* planned so far, repetitions left out */
    struct random random; /* from which the next block is drawn */
};

/* Looks up what the options name and orders the trials. `options` must outlive the plan. */
int plan_make(struct plan *plan, const struct options *options, struct error *err);
void plan_clear(struct plan *plan);

/* The setting of that name, or NULL; and what to do if it is not there, which the caller frees. */
const struct setting *plan_setting(const struct plan *plan, const char *name);
char *plan_setting_hint(const struct plan *plan, const char *name);

/* Appends new blocks until `blocks` are planned: as a plan of so many would have them, whatever was
 * repeated in between. There is room for plan_most_blocks. */
void plan_add_blocks(struct plan *plan, unsigned blocks);

/* As many as there may ever be, repetitions left out. */
unsigned plan_most_blocks(const struct options *options);

/* Appends every trial of a block once more, as a new block. There is room for each block once. */
void plan_repeat_block(struct plan *plan, unsigned block);

/* Seconds after which a trial of this workload is timed out. */
double plan_timeout(const struct plan *plan, const struct workload *workload);
