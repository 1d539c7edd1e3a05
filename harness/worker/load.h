/* The load: what the file does, between 'start' and the last 'end'. */
#pragma once

#include <Python.h>

#include "worker/worker.h"

enum load_result {
    LOAD_DONE,   /* measured to its last 'end' */
    LOAD_FAILED, /* the failure was said on the wire */
    LOAD_CHILD,  /* this is a forked child that has reached the end of the load */
};

/* Runs the file as __main__, like `python3 FILE`: 'start' before its first line, 'end' after the
 * main module and its non-daemon threads. */
enum load_result script_run(const struct worker_options *options);

/* Imports the file and calls its run(p) once per cycle: 'start' after the import, the phases that
 * it yields, 'end' after each cycle. The new references go to the caller: what the last call
 * returned, and the file's tick function or NULL. */
enum load_result protocol_run(const struct worker_options *options, PyObject **state,
                              PyObject **tick);

/* Executes the file's code in the namespace of `module`. Returns 0, or -1 with an exception. */
int load_execute(const char *given, PyObject *module);
