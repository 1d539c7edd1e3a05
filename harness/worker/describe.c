#include "worker/describe.h"

#include <Python.h>

#include "worker/interpreter.h"

/* describe.py and planfile.py, made part of the program by the build. */
extern const char describe_source[];
extern const char planfile_source[];

static int run_source(const struct worker_options *options, const char *source)
{
    int status = interpreter_start(options);
    if (status != 0) {
        return status;
    }
    /* What lies beside the file must not stand for a module of the standard library: nothing of it
     * is to be executed. */
    int failed = PyRun_SimpleString("import sys; del sys.path[0]") || PyRun_SimpleString(source);
    return interpreter_stop(failed ? 1 : 0);
}

int describe_run(const struct worker_options *options)
{
    return run_source(options, describe_source);
}

int describe_plan(const struct worker_options *options)
{
    return run_source(options, planfile_source);
}
