/* The census against what a program counts of itself in Python, type by type. */
#include "tests/support/membench.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "tests/support/contains.h"

#define ONE_TRIAL "-a", "glibc", "-n", "1", "--thp", "off"
/* The fixture counts itself in its second tick, 0.2 s after the end. */
#define COUNTED ONE_TRIAL, "--census", "--tick", "--settle", "0.25"

struct row {
    double objects, bytes, garbage, garbage_bytes;
};

static char *read_text(struct membench *run, const char *name)
{
    enum { MOST = 4 << 20 };
    cleanup_free char *path = text_format("%s/%s", run->directory, name);
    char *text = text_allocate(MOST);
    if (file_read_at(-100, path, text, MOST) < 0) {
        fail_msg("cannot read '%s'", path);
    }
    return text;
}

/* The row of a type in census.csv; all zeros if there is none. */
static struct row find_row(const char *census, const char *type)
{
    struct row row = {0};
    cleanup_free char *field = text_format(",settled,%s,", type);
    const char *at = strstr(census, field);
    if (at && sscanf(at + strlen(field), "%lf,%lf,%lf,%lf", &row.objects, &row.bytes, &row.garbage,
                     &row.garbage_bytes) != 4) {
        fail_msg("no numbers for '%s'", type);
    }
    return row;
}

struct walked {
    char name[128];
    double objects, bytes;
};

static bool read_walked(const char *line, struct walked *walked)
{
    return sscanf(line, "walked %*u %lf %lf %127s", &walked->objects, &walked->bytes,
                  walked->name) == 3;
}

/* Instances have more than sys.getsizeof says: their attributes beside them. Classes stand under
 * their module in the census, and under their name in the walk: built-in ones are the same. */
static size_t expect_all(const char *census, const char *output)
{
    size_t count = 0;
    struct walked walked;
    for (const char *line = strstr(output, "walked"); line && read_walked(line, &walked);
         line = strstr(line + 1, "walked")) {
        struct row row = find_row(census, walked.name);
        if (row.objects == 0) {
            continue;
        }
        count++;
        if (row.objects != walked.objects || row.bytes != walked.bytes) {
            fail_msg("%s: census %.0f objects, %.0f bytes; walk %.0f, %.0f", walked.name,
                     row.objects, row.bytes, walked.objects, walked.bytes);
        }
    }
    return count;
}

static void a_census_agrees_with_a_walk_in_python(void **state)
{
    struct membench *run = *state;
    membench_run(run, COUNTED, membench_fixture("census.py"));
    membench_expect(run, 0);
    assert_string_equal(membench_field(run, "warnings"), "");
    cleanup_free char *census = read_text(run, "census.csv");
    assert_true(expect_all(census, membench_output(run, 1)) > 25);
    assert_true(find_row(census, "census.Thing").objects == 10000);
    assert_true(find_row(census, "census.Slotted").objects == 1000);
    assert_true(find_row(census, "census.Slotted").bytes == 1000 * 48);
    assert_true(find_row(census, "float").objects >= 3000);
    assert_true(find_row(census, "str").objects >= 5000 + 2 * 2000);
}

static void more_objects_are_as_many_more_in_the_census(void **state)
{
    struct membench *run = *state;
    membench_run(run, COUNTED, membench_fixture("census.py"));
    membench_expect(run, 0);
    cleanup_free char *few = read_text(run, "census.csv");
    membench_run(run, COUNTED, "-p", "instances=20000", "-p", "texts=15000", "-p", "numbers=4000",
                 membench_fixture("census.py"));
    membench_expect(run, 0);
    cleanup_free char *many = read_text(run, "census.csv");
    assert_true(find_row(many, "census.Thing").objects - find_row(few, "census.Thing").objects ==
                10000);
    assert_true(find_row(many, "str").objects - find_row(few, "str").objects == 10000);
    assert_true(find_row(many, "float").objects - find_row(few, "float").objects == 1000);
    assert_true(find_row(many, "float").bytes - find_row(few, "float").bytes == 24000);
    assert_true(find_row(many, "int").objects - find_row(few, "int").objects == 10000);
}

static void garbage_is_told_by_type_and_in_bytes(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "--census", "--settle", "0", "-p", "legacy=500",
                 membench_fixture("census.py"));
    membench_expect(run, 0);
    cleanup_free char *census = read_text(run, "census.csv");
    struct row cycle = find_row(census, "census.Cycle");
    assert_true(cycle.objects == 500 && cycle.garbage == 500);
    assert_true(find_row(census, "str").garbage == 500);
    assert_true(find_row(census, "census.Thing").garbage == 0);
    double settled = membench_value(run, "settled", "uncollectable_bytes");
    assert_true(settled == membench_value(run, "collected", "uncollectable_bytes"));
    /* An instance in 64 bytes and its attributes; a text of 24 to 26 characters in 80. */
    assert_true(settled >= 500 * (64 + 32 + 80) && settled <= 500 * (64 + 48 + 80) + 512);
    membench_expect_text(run->out, "garbage");
}

static void garbage_has_bytes_without_a_census_too(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "--settle", "0", "-p", "legacy=500",
                 membench_fixture("census.py"));
    membench_expect(run, 0);
    assert_true(membench_value(run, "settled", "uncollectable_bytes") >= 500 * (64 + 32 + 80));
    assert_true(membench_value(run, "end", "uncollectable_bytes") !=
                membench_value(run, "end", "uncollectable_bytes")); /* absent: not looked at */
    membench_run(run, ONE_TRIAL, "--settle", "0", membench_fixture("census.py"));
    membench_expect(run, 0);
    assert_true(membench_value(run, "collected", "uncollectable_bytes") == 0);
    cleanup_free char *path = text_format("%s/census.csv", run->directory);
    assert_int_equal(access(path, F_OK), -1);
}

/* What the copy needs is no memory of the workload, and no process of it. */
static void a_census_adds_no_memory_and_no_process(void **state)
{
    struct membench *run = *state;
    /* Enough objects that many points of the curve would fall into the census. */
    membench_run(run, ONE_TRIAL, "--census", "--settle", "0", "-p", "instances=300000",
                 membench_fixture("census.py"));
    membench_expect(run, 0);
    double settled = membench_value(run, "settled", "anon");
    assert_true(membench_value(run, "collected", "anon") - settled < 256 << 10);
    assert_true(membench_value(run, "released", "peak_tree_private") <
                1.2 * membench_value(run, "released", "peak_rss"));
    assert_true(membench_value(run, "released", "processes") == 1);
}

/* A type whose traversal is broken kills the copy; the trial goes on, and the outside counts. */
static void a_census_that_crashes_is_a_warning(void **state)
{
    struct membench *run = *state;
    const char *path =
        membench_write(run, "broken.py",
                       "import ctypes\n"
                       "class Broken: pass\n"
                       "def run(p):\n"
                       "    kept = Broken()\n"
                       "    import gc; gc.disable()\n"
                       "    tp_traverse = 184\n"
                       "    ctypes.c_void_p.from_address(id(Broken) + tp_traverse).value = 8\n"
                       "    gc.collect = lambda: None\n"
                       "    return kept\n");
    membench_run(run, ONE_TRIAL, "--census", "--settle", "0", path);
    membench_expect(run, 0);
    membench_expect_text(membench_field(run, "warnings"),
                         "no census: the copy was killed by signal 11");
    cleanup_free char *census = read_text(run, "census.csv");
    assert_true(find_row(census, "Broken").objects == 1);
}

static void what_a_running_function_holds_is_counted(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "--census", "--settle", "0", membench_fixture("variables.py"));
    membench_expect(run, 0);
    cleanup_free char *census = read_text(run, "census.csv");
    struct row bytes = find_row(census, "bytes");
    assert_true(bytes.objects >= 1000);
    assert_true(bytes.bytes >= 1000 * 5033);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(what_a_running_function_holds_is_counted),
        membench_test(a_census_agrees_with_a_walk_in_python),
        membench_test(more_objects_are_as_many_more_in_the_census),
        membench_test(garbage_is_told_by_type_and_in_bytes),
        membench_test(garbage_has_bytes_without_a_census_too),
        membench_test(a_census_adds_no_memory_and_no_process),
        membench_test(a_census_that_crashes_is_a_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
