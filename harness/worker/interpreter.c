#include "worker/interpreter.h"

#include <Python.h>

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure/worker_exit.h"
#include "worker/module.h"

static int report(PyStatus status)
{
    if (PyStatus_IsExit(status)) {
        return status.exitcode;
    }
    fprintf(stderr, "membench-worker: the interpreter does not start: %s\n",
            status.err_msg ? status.err_msg : "unknown error");
    return WORKER_EXIT_USAGE;
}

static PyStatus preinitialize(const struct worker_options *options)
{
    PyPreConfig preconfig;
    PyPreConfig_InitPythonConfig(&preconfig);
    preconfig.parse_argv = 0;
    preconfig.allocator = options->use_malloc ? PYMEM_ALLOCATOR_MALLOC : PYMEM_ALLOCATOR_PYMALLOC;
    return Py_PreInitialize(&preconfig);
}

/* sys.executable decides which prefix and which site-packages: python3's own, or the venv's. */
static PyStatus set_program(PyConfig *config, const struct worker_options *options)
{
    char program[PATH_MAX] = MEMBENCH_PYTHON_PROGRAM;
    if (options->venv) {
        snprintf(program, sizeof program, "%s/bin/python3", options->venv);
    }
    PyStatus status = PyConfig_SetBytesString(config, &config->program_name, program);
    if (!PyStatus_Exception(status)) {
        status = PyConfig_SetBytesString(config, &config->executable, program);
    }
    return status;
}

static PyStatus initialize(PyConfig *config, const struct worker_options *options)
{
    config->parse_argv = 0;
    config->use_hash_seed = 1;
    config->hash_seed = options->hash_seed;
    /* Or the first trial would compile what the others load, and leave files behind. */
    config->write_bytecode = 0;
    PyStatus status = set_program(config, options);
    if (PyStatus_Exception(status)) {
        return status;
    }
    status = PyConfig_SetBytesArgv(config, options->argument_count, options->arguments);
    if (PyStatus_Exception(status)) {
        return status;
    }
    return Py_InitializeFromConfig(config);
}

/* python3 puts the script's directory first, links resolved (Py_RunMain does it; we do not run it
 * because it does not come back). */
static int prepend_script_directory(const char *script)
{
    char path[PATH_MAX];
    if (!realpath(script, path)) {
        snprintf(path, sizeof path, "%s", script);
    }
    char *slash = strrchr(path, '/');
    if (slash) {
        slash[slash == path] = '\0';
    }
    PyObject *directory = PyUnicode_DecodeFSDefault(slash ? path : "");
    PyObject *sys_path = PySys_GetObject("path");
    int failed = !directory || !sys_path || PyList_Insert(sys_path, 0, directory);
    Py_XDECREF(directory);
    return failed ? -1 : 0;
}

/* Python stacks on a crash (as -X faulthandler does) and, from outside, on the dump signal. */
static int enable_stack_dumps(int stacks)
{
    fcntl(stacks, F_SETFD, FD_CLOEXEC);
    PyObject *module = PyImport_ImportModule("faulthandler");
    PyObject *enabled = module ? PyObject_CallMethod(module, "enable", NULL) : NULL;
    PyObject *registered = enabled ? PyObject_CallMethod(module, "register", "iiO",
                                                         WORKER_DUMP_SIGNAL, stacks, Py_True)
                                   : NULL;
    int failed = !registered;
    Py_XDECREF(registered);
    Py_XDECREF(enabled);
    Py_XDECREF(module);
    return failed ? -1 : 0;
}

int interpreter_start(const struct worker_options *options)
{
    PyStatus status = preinitialize(options);
    if (PyStatus_Exception(status)) {
        return report(status);
    }
    if (PyImport_AppendInittab("membench", module_init)) {
        return report(PyStatus_NoMemory());
    }
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    status = initialize(&config, options);
    PyConfig_Clear(&config);
    if (PyStatus_Exception(status)) {
        return report(status);
    }
    if (prepend_script_directory(options->arguments[0]) ||
        (options->stacks >= 0 && enable_stack_dumps(options->stacks))) {
        PyErr_Print();
        return WORKER_EXIT_USAGE;
    }
    return 0;
}

int interpreter_stop(int status)
{
    return Py_FinalizeEx() < 0 && status == 0 ? 120 : status;
}
