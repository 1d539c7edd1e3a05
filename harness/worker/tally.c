/* The collector's lists are private in 3.11. */
#define Py_BUILD_CORE_MODULE 1
#include <Python.h>

#include <internal/pycore_dict.h>
#include <internal/pycore_frame.h>
#include <internal/pycore_gc.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_object.h>

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "worker/tally.h"

#if PY_VERSION_HEX < 0x030b0000 || PY_VERSION_HEX >= 0x030c0000
#error "tally.c knows the layout of CPython 3.11 only"
#endif

/* Behind sys.getallocatedblocks(). */
extern Py_ssize_t _Py_GetAllocatedBlocks(void);

/* ---- Python's memory in the copy ---- */

enum { BUMP_PIECE = 1 << 20, BUMP_HEAD = 16 };

/* Memory is handed out in a row. What was handed out last can be taken back, and that is all that
 * happens here: the size that a __sizeof__ returns. Before each block stands its size. */
struct bump {
    char *at, *end;
};

static void *bump_allocate(void *context, size_t size)
{
    struct bump *bump = context;
    size_t whole = (size + BUMP_HEAD + 15) & ~(size_t)15;
    if ((size_t)(bump->end - bump->at) < whole) {
        size_t piece = whole > BUMP_PIECE ? whole : BUMP_PIECE;
        bump->at = hash_grab(piece);
        bump->end = bump->at + piece;
    }
    size_t *head = (size_t *)(void *)bump->at;
    bump->at += whole;
    *head = size;
    return (char *)head + BUMP_HEAD;
}

static void *bump_clear_allocate(void *context, size_t count, size_t size)
{
    void *block = bump_allocate(context, count * size);
    return memset(block, 0, count * size);
}

static void bump_free(void *context, void *block)
{
    struct bump *bump = context;
    if (!block) {
        return;
    }
    /* A block of the worker's own heap ends nowhere near; its head is another's memory. */
    char *start = (char *)block - BUMP_HEAD;
    if (start < bump->at && start >= bump->end - BUMP_PIECE) {
        size_t whole = (*(size_t *)(void *)start + BUMP_HEAD + 15) & ~(size_t)15;
        bump->at = start + whole == bump->at ? start : bump->at;
    }
}

/* Nothing that is called here resizes what the worker allocated. */
static void *bump_reallocate(void *context, void *block, size_t size)
{
    void *moved = bump_allocate(context, size);
    if (block) {
        size_t old = *(size_t *)(void *)((char *)block - BUMP_HEAD);
        memcpy(moved, block, old < size ? old : size);
    }
    return moved;
}

static void replace_allocators(void)
{
    static const PyMemAllocatorDomain domains[] = {PYMEM_DOMAIN_RAW, PYMEM_DOMAIN_MEM,
                                                   PYMEM_DOMAIN_OBJ};
    PyMemAllocatorEx allocator = {
        .ctx = hash_grab(sizeof(struct bump)),
        .malloc = bump_allocate,
        .calloc = bump_clear_allocate,
        .realloc = bump_reallocate,
        .free = bump_free,
    };
    for (size_t i = 0; i < sizeof domains / sizeof *domains; i++) {
        PyMem_SetAllocator(domains[i], &allocator);
    }
}

void tally_prepare(struct tally *tally, struct census_result *result)
{
    tally->result = result;
    tally->has_pymalloc = _Py_GetAllocatedBlocks() > 0;
    replace_allocators();
    tally->size_name = PyUnicode_FromString("__sizeof__");
}

/* ---- types ---- */

/* The nearest __sizeof__ that is written in C; object has one. */
static PyCFunction find_size(const struct tally *tally, const PyTypeObject *type)
{
    PyObject *mro = type->tp_mro;
    for (Py_ssize_t i = 0; mro && i < PyTuple_GET_SIZE(mro); i++) {
        PyObject *names = ((PyTypeObject *)PyTuple_GET_ITEM(mro, i))->tp_dict;
        PyObject *found = names ? PyDict_GetItemWithError(names, tally->size_name) : NULL;
        if (found && Py_IS_TYPE(found, &PyMethodDescr_Type)) {
            const PyMethodDef *method = ((PyMethodDescrObject *)found)->d_method;
            if (method->ml_flags == METH_NOARGS) {
                return method->ml_meth;
            }
        }
    }
    return NULL;
}

static const char *utf8_of(PyObject *text)
{
    const char *bytes = text && PyUnicode_Check(text) ? PyUnicode_AsUTF8(text) : NULL;
    if (!bytes) {
        PyErr_Clear();
    }
    return bytes;
}

static PyObject *find_module_name(const PyTypeObject *type)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    while (type->tp_dict && PyDict_Next(type->tp_dict, &at, &key, &value)) {
        const char *name = utf8_of(key);
        if (name && strcmp(name, "__module__") == 0) {
            return value;
        }
    }
    return NULL;
}

static void append(char *buffer, size_t size, const char *text)
{
    size_t length = strlen(buffer), more = strlen(text);
    more = more < size - 1 - length ? more : size - 1 - length;
    memcpy(buffer + length, text, more);
    buffer[length + more] = '\0';
}

/* "module.Outer.Inner"; the name alone for what is built in, as in messages of Python. */
static void name_type(struct wire_type *row, const PyTypeObject *type)
{
    const char *name = type->tp_name, *module = NULL;
    if (type->tp_flags & Py_TPFLAGS_HEAPTYPE) {
        const char *qualified = utf8_of(((const PyHeapTypeObject *)type)->ht_qualname);
        module = strchr(type->tp_name, '.') ? NULL : utf8_of(find_module_name(type));
        name = module && qualified ? qualified : name;
    }
    if (module && strcmp(module, "builtins") != 0) {
        append(row->name, sizeof row->name, module);
        append(row->name, sizeof row->name, ".");
    }
    append(row->name, sizeof row->name, name);
}

static size_t row_of(struct tally *tally, PyTypeObject *type)
{
    struct census_result *result = tally->result;
    bool is_new;
    int64_t *row = hash_insert(&tally->types, type, &is_new);
    if (!is_new) {
        return (size_t)*row - 1;
    }
    if (result->type_count == CENSUS_TYPES_MOST) {
        *row = CENSUS_TYPES_MOST;
        struct wire_type *last = &result->types[CENSUS_TYPES_MOST - 1];
        last->address = 0;
        memcpy(last->name, WIRE_OTHER_TYPES, sizeof WIRE_OTHER_TYPES);
        return CENSUS_TYPES_MOST - 1;
    }
    *row = ++result->type_count;
    size_t index = result->type_count - 1;
    result->types[index].address = (uint64_t)(uintptr_t)type;
    name_type(&result->types[index], type);
    tally->sizes[index] = find_size(tally, type);
    return index;
}

/* ---- sizes ---- */

static uint64_t basic_size(PyObject *object)
{
    const PyTypeObject *type = Py_TYPE(object);
    uint64_t size = (uint64_t)type->tp_basicsize;
    if (type->tp_itemsize) {
        Py_ssize_t items = ((PyVarObject *)object)->ob_size;
        size += (uint64_t)(items < 0 ? -items : items) * (uint64_t)type->tp_itemsize;
    }
    return size;
}

/* What __sizeof__ says, or what object's would if it fails. */
static uint64_t own_size(PyObject *object, PyCFunction size)
{
    PyObject *number = size ? size(object, NULL) : NULL;
    size_t bytes = number ? PyLong_AsSize_t(number) : (size_t)-1;
    Py_XDECREF(number);
    if (bytes == (size_t)-1) {
        PyErr_Clear();
        return basic_size(object);
    }
    return bytes;
}

/* The attributes of an instance lie in a block of their own, with their order before them, until
 * somebody asks for its dictionary. How many fit is what the class had room for when the instance
 * was made; the first few of a class have more. */
static uint64_t inline_values_size(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    if (!(type->tp_flags & Py_TPFLAGS_MANAGED_DICT)) {
        return 0;
    }
    const PyDictValues *values = *_PyObject_ValuesPointer(object);
    const PyDictKeysObject *keys = ((PyHeapTypeObject *)type)->ht_cached_keys;
    if (!values || !keys) {
        return 0;
    }
    uint64_t prefix = ((const uint8_t *)values)[-1];
    return prefix + (uint64_t)(keys->dk_nentries + keys->dk_usable) * sizeof(PyObject *);
}

/* pymalloc rounds up to 16 bytes; glibc adds its size and rounds up to 16. */
static uint64_t block_size(const struct tally *tally, uint64_t size)
{
    if (size == 0) {
        return 0;
    }
    bool is_small = tally->has_pymalloc && size <= 512;
    return is_small ? (size + 15) & ~15ULL : size + 8 <= 32 ? 32 : (size + 8 + 15) & ~15ULL;
}

struct size {
    uint64_t bytes;  /* as sys.getsizeof says, and the values beside it */
    uint64_t blocks; /* as memory is handed out for it */
};

static struct size size_of(struct tally *tally, size_t row, PyObject *object)
{
    /* Also of types that are static and have no head, as sys.getsizeof does it. */
    uint64_t head = _PyType_PreHeaderSize(Py_TYPE(object));
    uint64_t own = own_size(object, tally->sizes[row]);
    uint64_t values = inline_values_size(object);
    /* Of a type without items, what is more than its structure lies elsewhere. */
    uint64_t basic = (uint64_t)Py_TYPE(object)->tp_basicsize;
    bool is_apart = Py_TYPE(object)->tp_itemsize == 0 && own > basic && !PyUnicode_Check(object);
    uint64_t first = is_apart ? basic : own;
    return (struct size){.bytes = head + own + values,
                         .blocks = block_size(tally, head + first) +
                                   block_size(tally, own - first) + block_size(tally, values)};
}

/* ---- everything ---- */

static bool has_references(PyObject *object)
{
    return PyObject_IS_GC(object) && Py_TYPE(object)->tp_traverse;
}

static void follow(PyObject *object, visitproc visit, struct tally *tally)
{
    Py_TYPE(object)->tp_traverse(object, visit, tally);
}

static struct wire_type *count(struct tally *tally, PyObject *object, uint64_t *bytes)
{
    size_t row = row_of(tally, Py_TYPE(object));
    struct wire_type *type = &tally->result->types[row];
    *bytes = size_of(tally, row, object).bytes;
    type->count++;
    type->bytes += *bytes;
    return type;
}

/* Takes no lock, other than dladdr and its kind. */
static bool is_fixed(PyObject *object)
{
    struct dl_find_object found;
    return _dl_find_object(object, &found) == 0;
}

/* What is tracked is counted where the collector's lists have it. */
static int count_untracked(PyObject *object, void *context)
{
    struct tally *tally = context;
    if (!object || (PyObject_IS_GC(object) && _PyObject_GC_IS_TRACKED(object))) {
        return 0;
    }
    bool is_new;
    hash_insert(&tally->seen, object, &is_new);
    if (is_new) {
        uint64_t bytes;
        count(tally, object, &bytes)->fixed += is_fixed(object);
        if (has_references(object)) {
            stack_push(&tally->open, object);
        }
    }
    return 0;
}

static void count_list(struct tally *tally, const PyGC_Head *head)
{
    for (PyGC_Head *at = _PyGCHead_NEXT(head); at != head; at = _PyGCHead_NEXT(at)) {
        PyObject *object = (PyObject *)(at + 1);
        uint64_t bytes;
        struct wire_type *type = count(tally, object, &bytes);
        type->tracked++;
        type->tracked_bytes += bytes;
        for (; object; object = stack_pop(&tally->open)) {
            follow(object, count_untracked, tally);
        }
    }
}

/* Functions that run are in no list of the collector's, and a dict of numbers in one of their
 * variables is tracked by nobody. What they have on their stacks of values cannot be told while
 * they are in a call. */
static void count_variables(struct tally *tally, const PyInterpreterState *interpreter)
{
    for (PyThreadState *thread = interpreter->threads.head; thread; thread = thread->next) {
        for (_PyInterpreterFrame *frame = thread->cframe->current_frame; frame;
             frame = frame->previous) {
            for (int i = 0; i < frame->f_code->co_nlocalsplus; i++) {
                count_untracked(frame->localsplus[i], tally);
            }
            count_untracked(frame->f_locals, tally);
            for (PyObject *object; (object = stack_pop(&tally->open));) {
                follow(object, count_untracked, tally);
            }
        }
    }
}

void tally_count_all(struct tally *tally)
{
    for (PyInterpreterState *interpreter = PyInterpreterState_Head(); interpreter;
         interpreter = PyInterpreterState_Next(interpreter)) {
        count_variables(tally, interpreter);
        const struct _gc_runtime_state *collector = &interpreter->gc;
        for (int i = 0; i < NUM_GENERATIONS; i++) {
            count_list(tally, &collector->generations[i].head);
        }
        count_list(tally, &collector->permanent_generation.head);
    }
}

/* ---- garbage ---- */

/* Of what gc.garbage reaches: references that are not accounted for, or this. */
#define KEPT_BY_OTHERS INT64_MAX

struct closure {
    struct hash references;
    struct stack open;
    PyObject *list; /* gc.garbage itself, which is no part of it */
};

static int reach(PyObject *object, void *context)
{
    struct closure *closure = context;
    if (!object || object == closure->list) {
        return 0;
    }
    bool is_new;
    int64_t *references = hash_insert(&closure->references, object, &is_new);
    if (is_new) {
        *references = Py_REFCNT(object);
        if (has_references(object)) {
            stack_push(&closure->open, object);
        }
    }
    return 0;
}

static int account_for(PyObject *object, void *context)
{
    const struct closure *closure = context;
    int64_t *references = object ? hash_find(&closure->references, object) : NULL;
    if (references) {
        --*references;
    }
    return 0;
}

static int keep(PyObject *object, void *context)
{
    struct closure *closure = context;
    int64_t *references = object ? hash_find(&closure->references, object) : NULL;
    if (references && *references != KEPT_BY_OTHERS) {
        *references = KEPT_BY_OTHERS;
        if (has_references(object)) {
            stack_push(&closure->open, object);
        }
    }
    return 0;
}

static void follow_open(struct closure *closure, visitproc visit)
{
    for (PyObject *at = stack_pop(&closure->open); at; at = stack_pop(&closure->open)) {
        Py_TYPE(at)->tp_traverse(at, visit, closure);
    }
}

/* Calls for each object of the closure. */
#define FOR_EACH(closure, object)                                                                  \
    for (size_t at_ = 0; at_ < (closure)->references.size; at_++)                                  \
        if (((object) = (PyObject *)(uintptr_t)(closure)->references.keys[at_]))

static void close_over(struct closure *closure)
{
    PyObject *object;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(closure->list); i++) {
        reach(PyList_GET_ITEM(closure->list, i), closure);
    }
    follow_open(closure, reach);
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(closure->list); i++) {
        account_for(PyList_GET_ITEM(closure->list, i), closure);
    }
    FOR_EACH(closure, object)
    {
        if (has_references(object)) {
            Py_TYPE(object)->tp_traverse(object, account_for, closure);
        }
    }
    FOR_EACH(closure, object)
    {
        int64_t left = *hash_find(&closure->references, object);
        if (left > 0 && left != KEPT_BY_OTHERS) {
            keep(object, closure);
            follow_open(closure, keep);
        }
    }
}

void tally_count_garbage(struct tally *tally)
{
    PyObject *garbage = PyInterpreterState_Get()->gc.garbage;
    if (!garbage || !PyList_CheckExact(garbage)) {
        return;
    }
    struct closure closure = {.list = garbage};
    close_over(&closure);
    PyObject *object;
    FOR_EACH(&closure, object)
    {
        if (*hash_find(&closure.references, object) == KEPT_BY_OTHERS) {
            continue;
        }
        size_t row = row_of(tally, Py_TYPE(object));
        struct size size = size_of(tally, row, object);
        tally->result->types[row].garbage_count++;
        tally->result->types[row].garbage_bytes += size.bytes;
        tally->result->garbage_bytes += (double)size.blocks;
    }
}
