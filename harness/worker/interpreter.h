/* CPython, embedded so that a file runs as under `python3 FILE`, and stays alive after it. */
#pragma once

#include "worker/worker.h"

/* Starts the interpreter for options->arguments. Returns 0, or an exit status after printing why.
 */
int interpreter_start(const struct worker_options *options);

/* Ends it as python3 does and returns the exit status, `status` unless ending fails. */
int interpreter_stop(int status);
