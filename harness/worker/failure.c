#include "worker/failure.h"

#include <Python.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "worker/speech.h"

static struct wire_failure failure; /* too large for the stack of a measured process */

static void copy_end(char *buffer, size_t size, const char *text)
{
    size_t length = strlen(text);
    snprintf(buffer, size, "%s", length < size ? text : text + (length - size + 1));
}

/* ''.join(traceback.FUNCTION(type, value, trace)) */
static PyObject *format_by(PyObject *module, const char *function, PyObject *type, PyObject *value,
                           PyObject *trace)
{
    PyObject *lines = trace ? PyObject_CallMethod(module, function, "OOO", type, value, trace)
                            : PyObject_CallMethod(module, function, "OO", type, value);
    PyObject *empty = lines ? PyUnicode_FromString("") : NULL;
    PyObject *text = empty ? PyUnicode_Join(empty, lines) : NULL;
    Py_XDECREF(empty);
    Py_XDECREF(lines);
    return text;
}

static void copy_formatted(char *buffer, size_t size, PyObject *text)
{
    PyObject *bytes = text ? PyUnicode_AsEncodedString(text, "utf-8", "backslashreplace") : NULL;
    if (bytes) {
        copy_end(buffer, size, PyBytes_AS_STRING(bytes));
    }
    Py_XDECREF(bytes);
    Py_XDECREF(text);
    PyErr_Clear();
}

static void describe(PyObject *type, PyObject *value, PyObject *trace)
{
    /* What remains if even formatting fails, as it may when memory has run out. */
    snprintf(failure.summary, sizeof failure.summary, "%s", ((PyTypeObject *)type)->tp_name);
    PyObject *module = PyImport_ImportModule("traceback");
    if (!module) {
        PyErr_Clear();
        return;
    }
    copy_formatted(failure.summary, sizeof failure.summary,
                   format_by(module, "format_exception_only", type, value, NULL));
    copy_formatted(failure.traceback, sizeof failure.traceback,
                   format_by(module, "format_exception", type, value, trace ? trace : Py_None));
    Py_DECREF(module);

    /* One line of it: a SyntaxError's text shows the source first and says last what is wrong, any
     * other begins with the type, and its message may have several lines. */
    size_t length = strlen(failure.summary);
    while (length > 0 && failure.summary[length - 1] == '\n') {
        failure.summary[--length] = '\0';
    }
    char *last = strrchr(failure.summary, '\n');
    if (last && PyErr_GivenExceptionMatches(type, PyExc_SyntaxError)) {
        memmove(failure.summary, last + 1, strlen(last));
    }
    failure.summary[strcspn(failure.summary, "\n")] = '\0';
}

void failure_from_exception(void)
{
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    if (trace) {
        PyException_SetTraceback(value, trace);
    }
    memset(&failure, 0, sizeof failure);
    failure.outcome = PyErr_GivenExceptionMatches(type, PyExc_MemoryError) ? OUTCOME_OUT_OF_MEMORY
                                                                           : OUTCOME_WORKLOAD_ERROR;
    describe(type, value, trace);
    /* First, because printing a SystemExit ends the process. */
    speech_failure(&failure);
    PyErr_Restore(type, value, trace);
    PyErr_PrintEx(0);
}

void failure_say(enum outcome outcome, const char *hint, const char *format, ...)
{
    memset(&failure, 0, sizeof failure);
    failure.outcome = outcome;
    snprintf(failure.hint, sizeof failure.hint, "%s", hint);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(failure.summary, sizeof failure.summary, format, arguments);
    va_end(arguments);
    fprintf(stderr, "membench-worker: %s\n", failure.summary);
    speech_failure(&failure);
}

int failure_take_exit(int *status)
{
    if (!PyErr_ExceptionMatches(PyExc_SystemExit)) {
        return 0;
    }
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    PyObject *code = value ? PyObject_GetAttrString(value, "code") : NULL;
    if (!code || code == Py_None) {
        *status = 0;
    } else if (PyLong_Check(code)) {
        *status = (int)PyLong_AsLong(code) & 0xff;
    } else {
        *status = 1;
        PyObject *stream = PySys_GetObject("stderr");
        if (stream) {
            PyFile_WriteObject(code, stream, Py_PRINT_RAW);
            PyFile_WriteString("\n", stream);
        }
    }
    Py_XDECREF(code);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(trace);
    PyErr_Clear();
    return 1;
}
