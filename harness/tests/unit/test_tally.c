/* Real objects, counted by the census and, in Python, by the fixture walk.py. */
#include <Python.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "worker/census.h"
#include "worker/module.h"

static void run(const char *code)
{
    assert_int_equal(PyRun_SimpleString(code), 0);
}

static int start_python(void **state)
{
    (void)state;
    PyImport_AppendInittab("membench", module_init);
    Py_InitializeEx(0);
    run("import sys; sys.path.insert(0, '" MEMBENCH_FIXTURES "'); sys.dont_write_bytecode = True\n"
        "import gc, membench, walk\n"
        "gc.disable()\n");
    return 0;
}

static int stop_python(void **state)
{
    (void)state;
    return Py_FinalizeEx();
}

static void take(struct census *census, bool only_garbage)
{
    census_take(census, only_garbage);
    if (census->end != CENSUS_DONE) {
        fail_msg("no census: end %d, detail %d", census->end, census->detail);
    }
}

static const struct wire_type *find(const struct census *census, const char *name)
{
    const struct wire_type *found = NULL;
    for (size_t i = 0; i < census->result->type_count; i++) {
        if (strcmp(census->result->types[i].name, name) == 0) {
            assert_null(found);
            found = &census->result->types[i];
        }
    }
    return found;
}

static uint64_t count_of(const struct census *census, const char *name)
{
    const struct wire_type *type = find(census, name);
    return type ? type->count : 0;
}

static const struct wire_type *find_address(const struct census *census, uint64_t address)
{
    for (size_t i = 0; i < census->result->type_count; i++) {
        if (census->result->types[i].address == address) {
            return &census->result->types[i];
        }
    }
    return NULL;
}

/* Whether instances have values beside them, which sys.getsizeof leaves out. */
static bool has_values(uint64_t type)
{
    return ((PyTypeObject *)(uintptr_t)type)->tp_flags & (1UL << 4);
}

static void assert_type_agrees(const struct census *census, const char *line)
{
    uint64_t address, count, bytes;
    char name[256];
    assert_int_equal(sscanf(line, "walked %lu %lu %lu %255s", &address, &count, &bytes, name), 4);
    const struct wire_type *type = find_address(census, address);
    if (!type) {
        fail_msg("the census has no %s", name);
        return;
    }
    bool agrees =
        type->count == count && (has_values(address) ? type->bytes >= bytes : type->bytes == bytes);
    if (!agrees) {
        fail_msg("%s (%s): the census has %lu objects, %lu bytes; the walk %lu, %lu", name,
                 type->name, type->count, type->bytes, count, bytes);
    }
}

/* Not as source text: while that runs, a list keeps the names in it. */
static void walk(void)
{
    PyObject *module = PyImport_ImportModule("walk");
    PyObject *result = PyObject_CallMethod(module, "walk", NULL);
    assert_non_null(result);
    Py_DECREF(result);
    Py_DECREF(module);
}

/* Counts in Python into a file, then in the copy. The first walk makes what calls leave behind. */
static void assert_agrees(void)
{
    int file = memfd_create("walk", 0);
    int output = dup(STDOUT_FILENO);
    dup2(file, STDOUT_FILENO);
    walk();
    run("sys.stdout.flush()");
    assert_int_equal(ftruncate(file, 0), 0);
    lseek(file, 0, SEEK_SET);
    walk();
    run("sys.stdout.flush()");
    dup2(output, STDOUT_FILENO);
    struct census census;
    take(&census, false);
    FILE *lines = fdopen(file, "r");
    rewind(lines);
    char line[512];
    size_t count = 0;
    while (fgets(line, sizeof line, lines)) {
        assert_type_agrees(&census, line);
        count++;
    }
    assert_true(count > 30);
    assert_int_equal(count, census.result->type_count);
    fclose(lines);
    close(output);
    census_clear(&census);
}

static void a_fresh_interpreter_is_counted_as_python_counts_it(void **state)
{
    (void)state;
    assert_agrees();
}

#define KNOWN                                                                                      \
    "import array, collections, decimal, io, itertools, json, re, threading\n"                     \
    "class Thing:\n"                                                                               \
    "    def __init__(self, n): self.n = n\n"                                                      \
    "class Slots:\n"                                                                               \
    "    __slots__ = ('a', 'b')\n"                                                                 \
    "class Grown(list):\n"                                                                         \
    "    def __sizeof__(self): raise RuntimeError('Python code ran')\n"                            \
    "known = [Thing(i) for i in range(10000)] + [Slots() for i in range(700)]\n"                   \
    "texts = ['text %d' % i for i in range(5000)] + ['\\u20ac' * 100, '\\xe4' * 77]\n"             \
    "other = [bytearray(1000), array.array('d', range(100)), collections.deque(range(1000)),\n"    \
    "         collections.OrderedDict.fromkeys(range(99)), {1: 2}, frozenset(range(50)),\n"        \
    "         set(range(1000)), io.BytesIO(b'x' * 999), 2 ** 1000, 1.5, 2j, b'y' * 300,\n"         \
    "         collections.Counter('abc'), re.compile('a+b'), decimal.Decimal('1.' + '3' * 99),\n"  \
    "         (1, (2, (3, '4' * 9))), range(10), slice(1, 2), memoryview(b'abc'),\n"               \
    "         itertools.count(), (i for i in range(3)), threading.Lock(), json.JSONDecoder()]\n"   \
    "other[4].update({str(i): (i, i + 0.5) for i in range(3000)})\n"                               \
    "known[0].__dict__; known[1].late = 1\n"

static void known_objects_are_counted(void **state)
{
    (void)state;
    struct census before, after;
    take(&before, false);
    run(KNOWN);
    take(&after, false);
    assert_int_equal(count_of(&after, "__main__.Thing"), 10000);
    assert_int_equal(count_of(&after, "__main__.Slots"), 700);
    assert_in_range(count_of(&after, "str") - count_of(&before, "str"), 5000 + 3000, 20000);
    census_clear(&before);
    census_clear(&after);
    assert_agrees();
}

static void a_size_written_in_python_is_not_called(void **state)
{
    (void)state;
    run("grown = Grown(range(1000)); n = list.__sizeof__(grown) + 32\n");
    struct census census;
    take(&census, false);
    PyObject *size = PyObject_GetAttrString(PyImport_AddModule("__main__"), "n");
    assert_int_equal(find(&census, "__main__.Grown")->bytes, PyLong_AsLong(size));
    Py_DECREF(size);
    census_clear(&census);
    run("del grown");
}

static void without_garbage_there_is_none(void **state)
{
    (void)state;
    struct census census;
    take(&census, true);
    assert_int_equal(census.result->type_count, 0);
    assert_true(census.result->garbage_bytes == 0);
    census_clear(&census);
}

/* Each holds itself and a list of 100 numbers that others hold too, and a text of its own. */
static void only_what_garbage_alone_keeps_is_garbage(void **state)
{
    (void)state;
    run("shared = object()\n"
        "@membench.legacy_finalizer\n"
        "class Legacy:\n"
        "    def __init__(self, i):\n"
        "        self.me, self.shared, self.text = self, shared, 'only here %d' % i\n"
        "        self.numbers = [1.5 + i] * 100\n"
        "    def __del__(self): pass\n"
        "gc.collect()\n"
        "for i in range(1000): Legacy(i)\n"
        "kept = Legacy(0)\n"
        "last = Legacy(0)\n"
        "holder = last.numbers\n"
        "del last\n"
        "gc.collect()\n"
        "assert len(gc.garbage) == 1001\n");
    struct census census;
    take(&census, true);
    assert_int_equal(find(&census, "__main__.Legacy")->garbage_count, 1001);
    assert_int_equal(find(&census, "str")->garbage_count, 1001);
    assert_int_equal(find(&census, "float")->garbage_count, 1000);
    assert_int_equal(find(&census, "list")->garbage_count, 1000);
    assert_int_equal(find(&census, "float")->garbage_bytes, 1000 * 24);
    assert_null(find(&census, "object"));
    assert_int_equal(census.result->type_count, 4);
    /* Instance 56 in 64 and values; float 24 in 32; list 56 in 64; its items 800 in 816;
     * text 49 + 11..13 in 64. */
    double least = 1001 * 64.0 + 1000 * (32 + 64 + 816) + 1001 * 64.0;
    assert_true(census.result->garbage_bytes >= least);
    assert_true(census.result->garbage_bytes <= least + 1001 * 64.0);
    census_clear(&census);
    run("for it in gc.garbage: it.__dict__.clear()\n"
        "gc.garbage.clear(); del it, kept, holder\n");
    take(&census, true);
    assert_int_equal(census.result->type_count, 0);
    census_clear(&census);
}

/* The type's traversal leads nowhere: the copy dies of it, and nothing else. */
static int crash(PyObject *object, visitproc visit, void *context)
{
    (void)object;
    (void)visit;
    (void)context;
    *(volatile int *)NULL = 0;
    return 0;
}

static struct census take_with(traverseproc traverse)
{
    run("class Broken: pass\nbroken = Broken()\n");
    PyObject *class = PyObject_GetAttrString(PyImport_AddModule("__main__"), "Broken");
    traverseproc sound = ((PyTypeObject *)class)->tp_traverse;
    ((PyTypeObject *)class)->tp_traverse = traverse;
    struct census census;
    census_take(&census, false);
    ((PyTypeObject *)class)->tp_traverse = sound;
    Py_DECREF(class);
    run("del broken, Broken\n");
    return census;
}

static void a_census_that_crashes_harms_nobody(void **state)
{
    (void)state;
    struct census census = take_with(crash);
    assert_int_equal(census.end, CENSUS_CRASHED);
    assert_int_equal(census.detail, SIGSEGV);
    census_clear(&census);
    assert_int_equal(waitpid(-1, NULL, WNOHANG | __WALL), -1);
    take(&census, false);
    census_clear(&census);
}

static void no_child_and_no_descriptor_is_left(void **state)
{
    (void)state;
    int next = dup(STDOUT_FILENO);
    close(next);
    struct census census;
    take(&census, true);
    census_clear(&census);
    int after = dup(STDOUT_FILENO);
    close(after);
    assert_int_equal(next, after);
    assert_int_equal(waitpid(-1, NULL, WNOHANG | __WALL), -1);
    run("import signal\n"
        "heard = []\n"
        "signal.signal(signal.SIGCHLD, lambda *words: heard.append(1))\n");
    take(&census, false);
    census_clear(&census);
    run("assert heard == []\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fresh_interpreter_is_counted_as_python_counts_it),
        cmocka_unit_test(without_garbage_there_is_none),
        cmocka_unit_test(known_objects_are_counted),
        cmocka_unit_test(a_size_written_in_python_is_not_called),
        cmocka_unit_test(only_what_garbage_alone_keeps_is_garbage),
        cmocka_unit_test(a_census_that_crashes_harms_nobody),
        cmocka_unit_test(no_child_and_no_descriptor_is_left),
    };
    return cmocka_run_group_tests(tests, start_python, stop_python);
}
