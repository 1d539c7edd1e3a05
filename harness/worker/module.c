#include "worker/module.h"

PyDoc_STRVAR(legacy_finalizer_doc,
             "legacy_finalizer(cls) -> cls\n\n"
             "Class decorator: instances of a class with __del__ behave in reference cycles as on\n"
             "Python 2.7 (before PEP 442): the collector does not free them, it moves them to\n"
             "gc.garbage. An instance that is in no cycle is finalised as usual.");

/* subtype_dealloc calls tp_del after tp_finalize, which has run __del__ by then. The collector only
 * asks whether tp_del is set (has_legacy_finalizer in Modules/gcmodule.c). */
static void nothing_left_to_do(PyObject *self)
{
    (void)self;
}

static PyObject *legacy_finalizer(PyObject *module, PyObject *class)
{
    (void)module;
    if (!PyType_Check(class) || !PyType_HasFeature((PyTypeObject *)class, Py_TPFLAGS_HEAPTYPE)) {
        PyErr_Format(PyExc_TypeError, "legacy_finalizer() takes a class written in Python, not %R",
                     class);
        return NULL;
    }
    ((PyTypeObject *)class)->tp_del = nothing_left_to_do;
    PyType_Modified((PyTypeObject *)class);
    return Py_NewRef(class);
}

static PyMethodDef methods[] = {
    {"legacy_finalizer", legacy_finalizer, METH_O, legacy_finalizer_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "membench",
    .m_doc = "What membench offers to the workloads it runs.",
    .m_size = 0,
    .m_methods = methods,
};

PyObject *module_init(void)
{
    return PyModuleDef_Init(&definition);
}
