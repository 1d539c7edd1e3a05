/* A fixed layout repeats a single-threaded program to the KiB. */
#include "tests/support/membench.h"

#include <string.h>

enum { RUNS = 5 };

static void repeats(struct membench *run, const char *allocator)
{
    membench_run(run, "--layout", "fixed", "-n", "5", "--settle", "0", "-a", allocator,
                 "pinned_buffers");
    membench_expect(run, 0);
    if (strstr(membench_field(run, "warnings", .trial = 1), "refuses a fixed address layout")) {
        skip(); /* a container that forbids personality() */
    }
    double first = membench_value(run, "end", "anon", .trial = 1);
    assert_true(first > membench_value(run, "start", "anon", .trial = 1));
    for (unsigned trial = 2; trial <= RUNS; trial++) {
        double anon = membench_value(run, "end", "anon", .trial = trial);
        if (anon != first) {
            fail_msg("%s: end.anon of trial %u is %.0f, of trial 1 %.0f", allocator, trial, anon,
                     first);
        }
    }
}

static void pinned_buffers_repeats_under_glibc(void **state)
{
    repeats(*state, "glibc");
}

static void pinned_buffers_repeats_under_tcmalloc(void **state)
{
    repeats(*state, "tcmalloc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(pinned_buffers_repeats_under_glibc),
        membench_test(pinned_buffers_repeats_under_tcmalloc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
