/* What a workload file declares, read from its syntax tree: nothing of it is executed. */
#pragma once

#include "worker/worker.h"

/* Prints one JSON object on stdout: kind, summary, parameters, timeout, expect; or error and hint.
 * Returns the exit status. */
int describe_run(const struct worker_options *options);
