/* membench selftest: on this machine the truth comes out, and nothing stays behind. */
#include "tests/support/membench.h"

#include <dirent.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

static void the_truth_comes_out(void **state)
{
    struct membench *run = *state;
    membench_run(run, "selftest", "--seed", "1");
    membench_expect(run, 0);
    membench_expect_text(run->out, "ok    a setting against itself: same: ");
    membench_expect_text(run->out, "ok    the same with a fifth more to keep: worse: 1.1");
    membench_expect_text(run->out, "8 runs  12 runs  20 runs");
    membench_expect_text(run->out, "\nsettled.anon ");
    membench_expect_text(run->out, "\nend.cpu_seconds ");
    membench_expect_text(run->out, "\nend.wall_seconds ");
    membench_expect_text(run->err, "[32/32]"); /* its progress is that of a run */
    assert_null(run->directory);
}

/* The teardown sees that its temporary directory is gone even then. */
static void quiet_means_no_progress(void **state)
{
    struct membench *run = *state;
    membench_run(run, "selftest", "-q");
    membench_expect(run, 0);
    assert_string_equal(run->err, "");
}

static size_t entries_in(const char *path)
{
    size_t count = 0;
    DIR *directory = opendir(path);
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));) {
        count += entry->d_name[0] != '.';
    }
    closedir(directory);
    return count;
}

/* As soon as its directory is there; the teardown sees that it goes. */
static void an_interruption_leaves_nothing_behind(void **state)
{
    struct membench *run = *state;
    membench_start(run, "selftest", "-q");
    double deadline = clock_now() + 60;
    while (entries_in(run->temporary) == 0 && clock_now() < deadline) {
        usleep(10000);
    }
    kill(run->pid, SIGINT);
    membench_wait(run);
    membench_expect(run, 130);
}

static void what_cannot_be_measured_is_125(void **state)
{
    struct membench *run = *state;
    membench_set(run, "TMPDIR", membench_path(run, "missing"));
    membench_run(run, "selftest");
    membench_expect(run, 125);
    membench_expect_text(run->err, "\nhint: set TMPDIR");
}

static void it_takes_neither_workloads_nor_other_options(void **state)
{
    struct membench *run = *state;
    membench_run(run, "selftest", "idle");
    membench_expect(run, 2);
    membench_expect_text(run->err, "selftest takes no 'idle'\nhint: ");
    membench_run(run, "selftest", "-n", "3");
    membench_expect(run, 2);
    membench_expect_text(run->err, "selftest takes no option '--runs'\nhint: ");
    membench_run(run, "selftest", "--help");
    membench_expect(run, 0);
    membench_expect_text(run->out, "usage: membench selftest");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(the_truth_comes_out),
        membench_test(quiet_means_no_progress),
        membench_test(an_interruption_leaves_nothing_behind),
        membench_test(what_cannot_be_measured_is_125),
        membench_test(it_takes_neither_workloads_nor_other_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
