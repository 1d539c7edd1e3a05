/* A stored run that is repeated: --again RUN.
 *
 * The new run is made from the command line, the plan and the seed that the earlier one is stored
 * with, in the directory that it was started in, and is stored beside it. What a workload imports,
 * and what -E took from the caller's environment, is not stored: that it is the same is for whoever
 * repeats it to see to. */
#pragma once

#include <stdio.h>

#include "plan/plan.h"
#include "store/store.h"

struct again {
    struct stored_run earlier;
    char *out, *db; /* where the earlier run was found, absolute */
};

/* Loads the run that the options name and goes to its directory. */
int again_load(struct again *again, const struct options *given, struct error *err);

/* Of options made from the earlier run's command line: what is stored elsewhere than in that. */
void again_adapt(const struct again *again, struct options *options);

/* Fails if a file or a library has changed, unless that is allowed; then, and for what differs of
 * the machine, there is a warning. */
int again_check(const struct again *again, const struct plan *plan, bool allow_changed,
                struct error *err);
void again_clear(struct again *again);

/* If the run repeats another one, prints whether that was reproduced. */
void again_print(struct database *database, const struct stored_run *run, FILE *out);
