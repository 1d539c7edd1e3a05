#include "worker/load.h"

#include <stdlib.h>
#include <string.h>

#include "measure/phase.h"
#include "worker/failure.h"
#include "worker/speech.h"

static const char phase_hint[] = "a phase is a name like 'loaded': a-z, 0-9, '_' and '-', at most "
                                 "64 characters, not start, end, settled, collected or released";

/* A new module named after the file, in sys.modules, so that what it defines can be pickled. */
static PyObject *import_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    PyObject *name = PyUnicode_DecodeFSDefault(slash ? slash + 1 : path);
    Py_ssize_t length = name ? PyUnicode_GET_LENGTH(name) : 0;
    if (length > 3 && PyUnicode_Tailmatch(name, PyUnicode_FromString(".py"), 0, length, 1) == 1) {
        Py_SETREF(name, PyUnicode_Substring(name, 0, length - 3));
    }
    PyObject *module = name ? PyModule_NewObject(name) : NULL;
    int failed = !module || PyDict_SetItem(PyImport_GetModuleDict(), name, module) ||
                 load_execute(path, module);
    Py_XDECREF(name);
    if (failed) {
        Py_CLEAR(module);
    }
    return module;
}

/* "name=TYPE:value" into the dictionary of p's attributes. */
static int set_parameter(PyObject *attributes, const char *text)
{
    const char *equals = strchr(text, '=');
    const char *value = equals + 3;
    PyObject *object = NULL;
    switch (equals[1]) {
    case 'i':
        object = PyLong_FromString(value, NULL, 10);
        break;
    case 'f':
        object = PyFloat_FromDouble(strtod(value, NULL));
        break;
    case 'b':
        object = PyBool_FromLong(strcmp(value, "True") == 0);
        break;
    default:
        object = PyUnicode_DecodeFSDefault(value);
    }
    PyObject *name = PyUnicode_FromStringAndSize(text, equals - text);
    int failed = !object || !name || PyDict_SetItem(attributes, name, object);
    Py_XDECREF(name);
    Py_XDECREF(object);
    return failed ? -1 : 0;
}

/* The p of run(p): an object whose attributes are the parameters. */
static PyObject *make_parameters(const struct worker_options *options)
{
    PyObject *attributes = PyDict_New();
    for (size_t i = 0; attributes && i < options->parameter_count; i++) {
        if (set_parameter(attributes, options->parameters[i])) {
            Py_CLEAR(attributes);
        }
    }
    /* types.SimpleNamespace, without importing types: sys.implementation is one. */
    PyObject *namespace_type = (PyObject *)Py_TYPE(PySys_GetObject("implementation"));
    PyObject *nothing = PyTuple_New(0);
    PyObject *parameters =
        attributes && nothing ? PyObject_Call(namespace_type, nothing, attributes) : NULL;
    Py_XDECREF(nothing);
    Py_XDECREF(attributes);
    return parameters;
}

/* SystemExit ends a workload early, so it is a failure whatever its status. A forked child leaves
 * by its own. */
static void fail(const char *where)
{
    int status;
    if (speech_is_worker() && failure_take_exit(&status)) {
        failure_say(OUTCOME_WORKLOAD_ERROR, "", "the workload left with exit status %d %s", status,
                    where);
    } else {
        failure_from_exception();
    }
}

/* Stands still at a phase that run() yielded. Returns 0, or -1 after saying what is wrong. */
static int visit(PyObject *yielded, unsigned cycle)
{
    if (!PyUnicode_Check(yielded)) {
        failure_say(OUTCOME_WORKLOAD_ERROR, phase_hint,
                    "run() yielded %.200s, not the name of a phase", Py_TYPE(yielded)->tp_name);
        return -1;
    }
    const char *name = PyUnicode_AsUTF8(yielded);
    if (!name) {
        PyErr_Clear();
        name = "?";
    }
    if (!phase_is_well_formed(name) || phase_is_built_in(name)) {
        failure_say(OUTCOME_WORKLOAD_ERROR, phase_hint, "'%.100s' cannot be the name of a phase",
                    name);
        return -1;
    }
    speech_standstill(name, cycle);
    return 0;
}

/* Steps through the phases of a generator. Returns what it returned, a new reference; or NULL after
 * the failure was said. */
static PyObject *step_through(PyObject *generator, unsigned cycle)
{
    for (;;) {
        PyObject *value = NULL;
        PySendResult step = PyIter_Send(generator, Py_None, &value);
        if (step == PYGEN_RETURN) {
            return value;
        }
        if (step == PYGEN_ERROR) {
            fail("in run()");
            return NULL;
        }
        int failed = speech_is_worker() ? visit(value, cycle) : 0;
        Py_DECREF(value);
        if (failed) {
            return NULL;
        }
    }
}

/* One burst. Returns what run(p) returned, or NULL after the failure was said. */
static PyObject *run_cycle(PyObject *run, PyObject *parameters, unsigned cycle)
{
    PyObject *result = PyObject_CallOneArg(run, parameters);
    if (!result) {
        fail("in run()");
        return NULL;
    }
    if (PyCoro_CheckExact(result)) {
        failure_say(OUTCOME_WORKLOAD_ERROR, "call asyncio.run() inside a plain run(p)",
                    "run() is a coroutine function");
        return NULL;
    }
    if (!PyGen_Check(result)) {
        return result;
    }
    PyObject *returned = step_through(result, cycle);
    Py_DECREF(result);
    return returned;
}

enum load_result protocol_run(const struct worker_options *options, PyObject **state,
                              PyObject **tick)
{
    PyObject *module = import_file(options->arguments[0]);
    PyObject *run = module ? PyObject_GetAttrString(module, "run") : NULL;
    PyObject *parameters = run ? make_parameters(options) : NULL;
    if (!parameters) {
        fail("while it was imported");
        return LOAD_FAILED;
    }
    *tick = PyObject_GetAttrString(module, "tick");
    PyErr_Clear();

    speech_standstill(PHASE_START, 1);
    for (unsigned cycle = 1; cycle <= options->cycles; cycle++) {
        PyObject *result = run_cycle(run, parameters, cycle);
        if (!result) {
            return LOAD_FAILED;
        }
        if (!speech_is_worker()) {
            return LOAD_CHILD;
        }
        Py_XSETREF(*state, result);
        speech_standstill(PHASE_END, cycle);
    }
    return LOAD_DONE;
}
