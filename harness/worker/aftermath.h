/* After the load: letting the program live, one collection, one release. The weakest first. */
#pragma once

#include <Python.h>

#include "worker/worker.h"

/* 'settled', 'collected' and 'released'. `state` is what the load returned; `tick` may be NULL.
 * Returns 0, or -1 after the failure was said. */
int aftermath_run(const struct worker_options *options, PyObject *state, PyObject *tick);
