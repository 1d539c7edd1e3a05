/* What a file says, without anything of it being executed: what a workload declares, read from its
 * syntax tree; what a plan holds, read as TOML. */
#pragma once

#include "worker/worker.h"

/* Prints one JSON object on stdout: kind, summary, parameters, timeout, expect; or error and hint.
 * Returns the exit status. */
int describe_run(const struct worker_options *options);

/* The same for a plan: an object `plan`; or error, hint and, where it is known, line, column and
 * excerpt. */
int describe_plan(const struct worker_options *options);
