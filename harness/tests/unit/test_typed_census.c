#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inspect/typed_census.h"
#include "tests/support/contains.h"
#include "tests/support/standing.h"

struct seen {
    struct standing process;
    struct typed_census census;
};

static void look(struct seen *seen, const char *code, const char *variable)
{
    struct error err;
    standing_start(&seen->process, code, variable);
    if (typed_census_take(&seen->census, seen->process.pid, "glibc", &err)) {
        fail_msg("%s", err.message);
    }
}

static void look_away(struct seen *seen)
{
    typed_census_clear(&seen->census);
    standing_end(&seen->process);
}

static const struct typed *find(const struct seen *seen, const char *name)
{
    for (size_t i = 0; i < seen->census.type_count; i++) {
        if (strcmp(seen->census.types[i].name, name) == 0) {
            return &seen->census.types[i];
        }
    }
    fail_msg("no type '%s'", name);
    return NULL;
}

#define WALK                                                                                       \
    "sys.path.insert(0, '" MEMBENCH_FIXTURES "'); sys.dont_write_bytecode = True\n"                \
    "import gc, walk\n"                                                                            \
    "gc.disable()\n"                                                                               \
    "print(end='') # its first call makes a tuple\n"

/* Only here: walk.py counts tracked objects apart. */
static void assert_agrees(const struct seen *seen)
{
    size_t lines = 0;
    for (const char *line = strstr(seen->process.output, "tracked "); line;
         line = strstr(line + 1, "\ntracked ") ? strstr(line + 1, "\ntracked ") + 1 : NULL) {
        uint64_t address, count, bytes;
        char name[128];
        assert_int_equal(sscanf(line, "tracked %" SCNu64 " %" SCNu64 " %" SCNu64 " %127s", &address,
                                &count, &bytes, name),
                         4);
        const struct typed *type = NULL;
        for (size_t i = 0; i < seen->census.type_count; i++) {
            if (seen->census.types[i].address == address) {
                type = &seen->census.types[i];
            }
        }
        if (!type || type->tracked != count) {
            fail_msg("%s: %" PRIu64 " from outside, %" PRIu64 " in Python", name,
                     type ? type->tracked : 0, count);
            return;
        }
        bool is_plain = strcmp(name, "list") == 0 || strcmp(name, "dict") == 0 ||
                        strcmp(name, "tuple") == 0 || strcmp(name, "set") == 0 ||
                        strcmp(name, "type") == 0 || strcmp(name, "frozenset") == 0;
        if (is_plain && type->tracked_bytes != bytes) {
            fail_msg("%s: %" PRIu64 " bytes from outside, %" PRIu64 " in Python", name,
                     type->tracked_bytes, bytes);
        }
        lines++;
    }
    assert_true(lines > 20);
}

#define KNOWN                                                                                      \
    "class Thing:\n"                                                                               \
    "    def __init__(self, n): self.n = n\n"                                                      \
    "class Slots: __slots__ = ('a', 'b')\n"                                                        \
    "known = [Thing(i) for i in range(10000)] + [Slots() for i in range(700)]\n"                   \
    "numbers = [1000.5 + i for i in range(3000)]\n"                                                \
    "whole = [2 ** 40 + i for i in range(4000)]\n"                                                 \
    "texts = ['text number %d' % i for i in range(5000)]\n"                                        \
    "long = [b'z' * (3000 + i) for i in range(600)]\n"                                             \
    "other = [{str(i): [i] for i in range(3000)}, set(map(str, range(500))), {}, set(), []]\n"     \
    "del known[5:5000:7]\n"

static void what_is_tracked_is_as_python_counts_it(void **state)
{
    (void)state;
    struct seen seen;
    look(&seen,
         WALK KNOWN "walk.count_tracked(); "
                    "sys.stdout.flush(); stop()\n",
         NULL);
    assert_agrees(&seen);
    look_away(&seen);
}

static void without_pymalloc_nothing_is_missed_under_glibc(void **state)
{
    (void)state;
    struct seen seen;
    look(&seen,
         WALK KNOWN "walk.count_tracked(); "
                    "sys.stdout.flush(); stop()\n",
         "PYTHONMALLOC=malloc");
    assert_agrees(&seen);
    assert_true(seen.census.sees_malloc);
    assert_in_range(find(&seen, "float")->count, 3000, 3100);
    look_away(&seen);
}

static void what_is_not_tracked_is_found_among_the_blocks(void **state)
{
    (void)state;
    struct seen before, after;
    look(&before, "stop()", NULL);
    look(&after, KNOWN "stop()", NULL);
    static const struct {
        const char *name;
        unsigned count, slack;
    } known[] = {{"float", 3000, 20},
                 {"int", 4000 + (10000 - 714 - 257) + (3000 - 257), 100},
                 {"str", 8500, 300},
                 {"bytes", 600, 120}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        uint64_t more = find(&after, known[i].name)->count - find(&before, known[i].name)->count;
        if (more + known[i].slack < known[i].count || more > known[i].count + known[i].slack) {
            fail_msg("%" PRIu64 " more of %s", more, known[i].name);
        }
    }
    uint64_t bytes = find(&after, "bytes")->bytes - find(&before, "bytes")->bytes;
    assert_in_range(bytes, 600 * 3332, 600 * 3332 + 40000);
    assert_int_equal(find(&after, "Thing")->tracked, 10000 - 714);
    assert_int_equal(find(&after, "Thing")->count, 10000 - 714);
    look_away(&before);
    look_away(&after);
}

/* Up to 2000 tuples of a size wait for reuse; they still look like tuples. */
static void what_was_freed_and_waits_for_reuse_is_not_counted(void **state)
{
    (void)state;
    struct seen before, after;
    look(&before, "stop()", NULL);
    look(&after, "kept = [(i, i, i) for i in range(2000)]; del kept; stop()", NULL);
    assert_in_range(find(&after, "tuple")->count, 100, find(&before, "tuple")->count + 100);
    look_away(&before);
    look_away(&after);
}

static void members_of_garbage_are_counted(void **state)
{
    (void)state;
    struct seen seen;
    look(&seen,
         "import gc\n"
         "class Loop: pass\n"
         "gc.set_debug(gc.DEBUG_SAVEALL)\n"
         "for i in range(300):\n"
         "    loop = Loop(); loop.me = loop\n"
         "gc.collect()\n"
         "stop()\n",
         NULL);
    assert_int_equal(find(&seen, "Loop")->garbage, 299);
    look_away(&seen);
}

static void a_census_that_differs_is_told_type_by_type(void **state)
{
    (void)state;
    struct typed types[] = {
        {.address = 8, .name = "list", .count = 5, .tracked = 5, .tracked_bytes = 500},
        {.address = 16, .name = "float", .count = 9}};
    struct typed_census census = {.types = types, .type_count = 2, .sees_malloc = true};
    struct wire_type own[] = {
        {.address = 8, .name = "list", .count = 5, .tracked = 5, .tracked_bytes = 500},
        {.address = 16, .name = "float", .count = 10, .fixed = 1}};
    assert_null(typed_census_compare(&census, own, 2));

    own[1].fixed = 0;
    char *text = typed_census_compare(&census, own, 2);
    assert_contains(text, "1 of 2 types: float: 10 objects, from outside 9 and 0 static");
    free(text);
    census.sees_malloc = false;
    assert_null(typed_census_compare(&census, own, 2));

    own[0].tracked_bytes++;
    text = typed_census_compare(&census, own, 2);
    assert_contains(text, "list: 501 bytes tracked, from outside 500");
    free(text);
    own[0].tracked = 4;
    text = typed_census_compare(&census, own, 2);
    assert_contains(text, "list: 4 tracked, from outside 5");
    free(text);
    own[0].address = 24;
    text = typed_census_compare(&census, own, 2);
    assert_contains(text, "list: 4 tracked, from outside 0");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_tracked_is_as_python_counts_it),
        cmocka_unit_test(without_pymalloc_nothing_is_missed_under_glibc),
        cmocka_unit_test(what_is_not_tracked_is_found_among_the_blocks),
        cmocka_unit_test(what_was_freed_and_waits_for_reuse_is_not_counted),
        cmocka_unit_test(members_of_garbage_are_counted),
        cmocka_unit_test(a_census_that_differs_is_told_type_by_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
