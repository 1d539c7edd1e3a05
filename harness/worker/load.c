#include "worker/load.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The attributes that python3 gives to a file it runs. */
static int set_attributes(PyObject *module, const char *path)
{
    PyObject *names = PyModule_GetDict(module);
    PyObject *file = PyUnicode_DecodeFSDefault(path);
    PyObject *machinery = PyImport_ImportModule("importlib.machinery");
    PyObject *loader = machinery && file ? PyObject_CallMethod(machinery, "SourceFileLoader", "OO",
                                                               PyModule_GetNameObject(module), file)
                                         : NULL;
    int failed = !loader || PyDict_SetItemString(names, "__file__", file) ||
                 PyDict_SetItemString(names, "__cached__", Py_None) ||
                 PyDict_SetItemString(names, "__loader__", loader) ||
                 PyDict_SetItemString(names, "__builtins__", PyEval_GetBuiltins());
    Py_XDECREF(loader);
    Py_XDECREF(machinery);
    Py_XDECREF(file);
    return failed ? -1 : 0;
}

/* Since 3.9 python3 makes __file__ and the paths in tracebacks absolute, links unresolved. */
static void make_absolute(const char *given, char path[PATH_MAX])
{
    char directory[PATH_MAX];
    if (given[0] == '/' || !getcwd(directory, sizeof directory)) {
        snprintf(path, PATH_MAX, "%s", given);
    } else {
        size_t length = strlen(directory);
        snprintf(path, PATH_MAX, "%s", directory);
        snprintf(path + length, PATH_MAX - length, "/%s", given);
    }
}

int load_execute(const char *given, PyObject *module)
{
    char path[PATH_MAX];
    make_absolute(given, path);
    if (set_attributes(module, path)) {
        return -1;
    }
    FILE *file = fopen(path, "rb");
    if (!file) {
        PyErr_SetFromErrnoWithFilename(PyExc_OSError, path);
        return -1;
    }
    PyObject *names = PyModule_GetDict(module);
    PyObject *result = PyRun_FileEx(file, path, Py_file_input, names, names, 1);
    Py_XDECREF(result);
    return result ? 0 : -1;
}
