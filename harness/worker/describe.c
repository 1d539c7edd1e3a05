#include "worker/describe.h"

#include <Python.h>

#include "worker/interpreter.h"

/* describe.py, made part of the program by the build. */
extern const char describe_source[];

int describe_run(const struct worker_options *options)
{
    int status = interpreter_start(options);
    if (status != 0) {
        return status;
    }
    return interpreter_stop(PyRun_SimpleString(describe_source) ? 1 : 0);
}
