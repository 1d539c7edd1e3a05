/* The built-in module `membench` that workloads may import. Under plain python3 it is missing. */
#pragma once

#include <Python.h>

PyObject *module_init(void);
