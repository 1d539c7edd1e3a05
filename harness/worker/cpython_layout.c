/* The layout that measure/cpython.h tells to those who do not see Python.h, held against it. */
#define Py_BUILD_CORE_MODULE 1
#include <Python.h>

#include <internal/pycore_dict.h>
#include <internal/pycore_gc.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_runtime.h>

#include <stddef.h>

#include "measure/cpython.h"

#define IS(number, value) _Static_assert((value) == (number), #number " is not " #value)
#define AT(number, type, field) IS(number, offsetof(type, field))
#define IN_COLLECTOR(field)                                                                        \
    (offsetof(PyInterpreterState, gc) + offsetof(struct _gc_runtime_state, field))

IS(CPYTHON_VERSION, PY_VERSION_HEX >> 16);
AT(CPYTHON_RUNTIME_INTERPRETERS, _PyRuntimeState, interpreters.head);
AT(CPYTHON_INTERPRETER_NEXT, PyInterpreterState, next);
AT(CPYTHON_INTERPRETER_THREADS, PyInterpreterState, threads.head);
IS(CPYTHON_INTERPRETER_GENERATIONS, IN_COLLECTOR(generations));
IS(CPYTHON_INTERPRETER_PERMANENT, IN_COLLECTOR(permanent_generation));
IS(CPYTHON_INTERPRETER_GARBAGE, IN_COLLECTOR(garbage));
IS(CPYTHON_GENERATIONS, NUM_GENERATIONS);
IS(CPYTHON_GENERATION_SIZE, sizeof(struct gc_generation));
AT(CPYTHON_THREAD_NEXT, PyThreadState, next);
AT(CPYTHON_THREAD_ID, PyThreadState, thread_id);
AT(CPYTHON_THREAD_NATIVE_ID, PyThreadState, native_thread_id);
AT(CPYTHON_THREAD_DATASTACK, PyThreadState, datastack_chunk);
AT(CPYTHON_CHUNK_PREVIOUS, _PyStackChunk, previous);
AT(CPYTHON_CHUNK_SIZE, _PyStackChunk, size);

IS(CPYTHON_GC_HEAD, sizeof(PyGC_Head));
AT(CPYTHON_OBJECT_REFCOUNT, PyObject, ob_refcnt);
AT(CPYTHON_OBJECT_TYPE, PyObject, ob_type);
AT(CPYTHON_OBJECT_SIZE, PyVarObject, ob_size);
IS(CPYTHON_OBJECT, sizeof(PyObject));
AT(CPYTHON_TYPE_NAME, PyTypeObject, tp_name);
AT(CPYTHON_TYPE_BASICSIZE, PyTypeObject, tp_basicsize);
AT(CPYTHON_TYPE_ITEMSIZE, PyTypeObject, tp_itemsize);
AT(CPYTHON_TYPE_FLAGS, PyTypeObject, tp_flags);
AT(CPYTHON_TYPE_BASE, PyTypeObject, tp_base);
AT(CPYTHON_TYPE_CACHED_KEYS, PyHeapTypeObject, ht_cached_keys);
IS(CPYTHON_TYPE, sizeof(PyTypeObject));
IS(CPYTHON_HEAP_TYPE, sizeof(PyHeapTypeObject));
AT(CPYTHON_LIST_ITEMS, PyListObject, ob_item);
AT(CPYTHON_LIST_ALLOCATED, PyListObject, allocated);
AT(CPYTHON_DICT_KEYS, PyDictObject, ma_keys);
AT(CPYTHON_DICT_VALUES, PyDictObject, ma_values);
AT(CPYTHON_KEYS_LOG2_SIZE, PyDictKeysObject, dk_log2_size);
AT(CPYTHON_KEYS_LOG2_INDEX_BYTES, PyDictKeysObject, dk_log2_index_bytes);
AT(CPYTHON_KEYS_KIND, PyDictKeysObject, dk_kind);
AT(CPYTHON_KEYS_USABLE, PyDictKeysObject, dk_usable);
AT(CPYTHON_KEYS_ENTRIES, PyDictKeysObject, dk_nentries);
IS(CPYTHON_KEYS, sizeof(PyDictKeysObject));
AT(CPYTHON_SET_MASK, PySetObject, mask);
AT(CPYTHON_SET_TABLE, PySetObject, table);
AT(CPYTHON_SET_SMALLTABLE, PySetObject, smalltable);
AT(CPYTHON_BYTEARRAY_ALLOC, PyByteArrayObject, ob_alloc);
AT(CPYTHON_BYTEARRAY_BYTES, PyByteArrayObject, ob_bytes);
AT(CPYTHON_STR_LENGTH, PyASCIIObject, length);
AT(CPYTHON_STR_STATE, PyASCIIObject, state);
IS(CPYTHON_STR_ASCII, sizeof(PyASCIIObject));
AT(CPYTHON_STR_UTF8, PyCompactUnicodeObject, utf8);
IS(CPYTHON_STR_COMPACT, sizeof(PyCompactUnicodeObject));
AT(CPYTHON_STR_COMPACT, PyUnicodeObject, data);
IS(CPYTHON_STR, sizeof(PyUnicodeObject));

IS(CPYTHON_FLAG_MANAGED_DICT, Py_TPFLAGS_MANAGED_DICT);
IS(CPYTHON_FLAG_HEAP_TYPE, Py_TPFLAGS_HEAPTYPE);
IS(CPYTHON_FLAG_READY, Py_TPFLAGS_READY);
IS(CPYTHON_FLAG_GC, Py_TPFLAGS_HAVE_GC);
IS(CPYTHON_FLAG_LONG, Py_TPFLAGS_LONG_SUBCLASS);
IS(CPYTHON_FLAG_LIST, Py_TPFLAGS_LIST_SUBCLASS);
IS(CPYTHON_FLAG_TUPLE, Py_TPFLAGS_TUPLE_SUBCLASS);
IS(CPYTHON_FLAG_BYTES, Py_TPFLAGS_BYTES_SUBCLASS);
IS(CPYTHON_FLAG_STR, Py_TPFLAGS_UNICODE_SUBCLASS);
IS(CPYTHON_FLAG_DICT, Py_TPFLAGS_DICT_SUBCLASS);
IS(CPYTHON_FLAG_TYPE, Py_TPFLAGS_TYPE_SUBCLASS);
