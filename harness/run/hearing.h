/* What the worker and its keeper say, and what the outcome of the trial is by that. */
#pragma once

#include "run/watch.h"

/* Hears one message of the worker's. Returns false if there was none. */
bool hearing_worker(struct watch *watch);

/* Hears one report of the keeper's. */
void hearing_keeper(struct watch *watch);
