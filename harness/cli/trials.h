/* The trials of a sitting, from the loop to the store, with progress and looks. */
#pragma once

#include "cli/sitting.h"
#include "plan/plan.h"

/* Runs what is left of the plan and stores each trial as it ends; marks the run as finished.
 * Returns 0, 1 if a signal stopped it, -1 on an error. */
int trials_run(struct plan *plan, struct sitting *sitting, struct error *err);
