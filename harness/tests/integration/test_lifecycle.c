/* However a run ends, the trials that were done are in its files, and (by the teardown of every
 * test) nothing that a workload started lives on. */
#include "tests/support/membench.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "measure/procfs.h"

/* Only a machine that is very busy needs more than a fraction of it. */
static const double patience = 20;

#define QUICK "-a", "glibc", "--settle", "0"

/* Its first trial ends at once; the second has a phase, tells of it by a file, and stays. */
static const char stays[] = "import os, signal, sys, time\n"
                            "sys.path.insert(0, os.environ['FIXTURES'])\n"
                            "import lingers\n"
                            "with open('count', 'a') as file:\n"
                            "    file.write('.')\n"
                            "PARAMS = {'children': 3, 'seconds': 0.0}\n"
                            "def run(p):\n"
                            "    yield from lingers.run(p)\n"
                            "    if os.path.getsize('count') == 2:\n"
                            "        open('staying', 'w').close()\n"
                            "        time.sleep(3600)\n";

static bool is_there(struct membench *run, const char *name)
{
    return access(membench_path(run, name), F_OK) == 0;
}

static void wait_for_file(struct membench *run, const char *name)
{
    double deadline = clock_now() + patience;
    while (!is_there(run, name)) {
        if (clock_now() > deadline) {
            fail_msg("'%s' does not appear", name);
        }
        usleep(5000);
    }
}

static void wait_until_all_are_gone(struct membench *run)
{
    double deadline = clock_now() + patience;
    for (unsigned left; (left = membench_processes(run)) > 0;) {
        if (clock_now() > deadline) {
            fail_msg("%u processes outlive the run", left);
        }
        usleep(5000);
    }
}

/* How many runs a directory holds, and the name of the last of them. */
static unsigned list(struct membench *run, const char *name, char *last, size_t size)
{
    DIR *directory = opendir(membench_path(run, name));
    unsigned count = 0;
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.') {
            snprintf(last, size, "%s", entry->d_name);
            count++;
        }
    }
    if (directory) {
        closedir(directory);
    }
    return count;
}

/* The lines of a file below the working directory. */
static unsigned count_lines(struct membench *run, const char *name)
{
    FILE *file = fopen(membench_path(run, name), "re");
    unsigned lines = 0;
    for (int character; file && (character = getc(file)) != EOF;) {
        lines += character == '\n';
    }
    if (file) {
        fclose(file);
    }
    return lines;
}

/* The lines of trials.csv of the only run there was, its header included, rendered again from the
 * store. */
static unsigned count_trial_lines(struct membench *run)
{
    char last[256] = "";
    assert_int_equal(list(run, "results", last, sizeof last), 1);
    membench_run(run, "report", "last");
    cleanup_free char *name = text_format("results/%s/trials.csv", last);
    return count_lines(run, name);
}

/* Starts three trials, of which the second stays. */
static void start_and_wait_for_the_second(struct membench *run)
{
    membench_write(run, "stays.py", stays);
    membench_start(run, QUICK, "-n", "3", "-E", "FIXTURES=" MEMBENCH_FIXTURES, "stays.py");
    wait_for_file(run, "staying");
    assert_true(membench_processes(run) >= 7); /* membench, keeper, worker, 3, a grandchild */
}

/* ---- stopped by the user ---- */

static void expect_an_interrupted_run(struct membench *run)
{
    wait_until_all_are_gone(run);
    membench_expect(run, 130);
    assert_int_equal(run->trials.count, 1 + 2);
    assert_string_equal(membench_field(run, "outcome", .trial = 1), "ok");
    assert_true(membench_value(run, "released", "rss", .trial = 1) > 0);
    assert_string_equal(membench_field(run, "outcome", .trial = 2), "skipped");
    assert_string_equal(membench_field(run, "summary", .trial = 2), "interrupted");
    assert_true(membench_value(run, "lingering", "rss", .trial = 2) > 0);
    assert_int_equal(membench_count(run, "end", NULL, .trial = 2), 0);
    membench_expect_text(run->out, "interrupted");
}

static void ctrl_c_ends_the_trial_and_keeps_what_was_measured(void **state)
{
    struct membench *run = *state;
    start_and_wait_for_the_second(run);
    kill(-run->pid, SIGINT); /* as a terminal does */
    membench_wait(run);
    expect_an_interrupted_run(run);
}

static void sigterm_ends_the_trial_and_keeps_what_was_measured(void **state)
{
    struct membench *run = *state;
    start_and_wait_for_the_second(run);
    kill(run->pid, SIGTERM);
    membench_wait(run);
    expect_an_interrupted_run(run);
}

static void a_closed_terminal_ends_the_trial_and_keeps_what_was_measured(void **state)
{
    struct membench *run = *state;
    start_and_wait_for_the_second(run);
    kill(-run->pid, SIGHUP);
    membench_wait(run);
    expect_an_interrupted_run(run);
}

static void signals_of_several_kinds_at_once_are_one_interruption(void **state)
{
    struct membench *run = *state;
    start_and_wait_for_the_second(run);
    kill(run->pid, SIGSTOP);
    kill(run->pid, SIGTERM);
    kill(run->pid, SIGINT);
    kill(run->pid, SIGHUP);
    kill(run->pid, SIGCONT);
    membench_wait(run);
    expect_an_interrupted_run(run);
}

/* ---- killed ---- */

/* A different number in each run of the test, in [0, 1). */
static double draw(void)
{
    unsigned number = 0;
    assert_int_equal(getrandom(&number, sizeof number, 0), sizeof number);
    return number / 4294967296.0;
}

static void nothing_outlives_a_kill_at_any_moment(void **state)
{
    enum { MOMENTS = 10 };
    struct membench *run = *state;
    double before = clock_now();
    membench_run(run, QUICK, "-n", "2", "-p", "seconds=0.1", membench_fixture("lingers.py"));
    double whole = clock_now() - before;
    membench_expect(run, 0);

    unsigned with_processes = 0;
    for (unsigned i = 0; i < MOMENTS; i++) {
        double moment = whole * (i + draw()) / MOMENTS;
        membench_start(run, QUICK, "-n", "2", "-p", "seconds=0.1", membench_fixture("lingers.py"));
        usleep((useconds_t)(moment * 1e6));
        with_processes += membench_processes(run) > 2;
        kill(run->pid, SIGKILL);
        membench_wait(run);
        print_message("killed after %.0f of %.0f ms\n", moment * 1e3, whole * 1e3);
        wait_until_all_are_gone(run);
    }
    /* Or nothing was tried. */
    assert_true(with_processes > 0);
}

static void a_kill_in_the_midst_of_a_trial_costs_that_trial_only(void **state)
{
    struct membench *run = *state;
    start_and_wait_for_the_second(run);
    kill(run->pid, SIGKILL);
    membench_wait(run);
    assert_int_equal(run->signal, SIGKILL);
    wait_until_all_are_gone(run);
    assert_int_equal(count_trial_lines(run), 1 + 1);
}

/* The keeper below membench. */
static pid_t find_keeper(const struct membench *run)
{
    struct procfs_tree tree = {0};
    procfs_descendants(run->pid, &tree);
    pid_t found = 0;
    for (unsigned i = 0; i < tree.count && !found; i++) {
        char path[64], name[64] = "";
        snprintf(path, sizeof path, "/proc/%d/comm", (int)tree.pids[i]);
        file_read_at(AT_FDCWD, path, name, sizeof name);
        found = strcmp(name, "trial-keeper\n") == 0 ? tree.pids[i] : 0;
    }
    procfs_tree_clear(&tree);
    if (!found) {
        fail_msg("there is no process 'trial-keeper'");
    }
    return found;
}

static void nothing_outlives_a_kill_while_the_keeper_is_stopped(void **state)
{
    struct membench *run = *state;
    start_and_wait_for_the_second(run);
    kill(find_keeper(run), SIGSTOP);
    kill(run->pid, SIGKILL);
    membench_wait(run);
    wait_until_all_are_gone(run);
}

static void a_killed_keeper_costs_one_trial(void **state)
{
    struct membench *run = *state;
    start_and_wait_for_the_second(run);
    kill(find_keeper(run), SIGKILL);
    membench_wait(run);
    membench_expect(run, 125);
    assert_string_equal(membench_field(run, "outcome", .trial = 1), "ok");
    assert_string_equal(membench_field(run, "outcome", .trial = 2), "crashed");
    membench_expect_text(membench_field(run, "summary", .trial = 2), "keeper");
    assert_true(membench_value(run, "lingering", "rss", .trial = 2) > 0);
    assert_string_equal(membench_field(run, "outcome", .trial = 3), "ok");
    wait_until_all_are_gone(run);
}

static void a_killed_worker_costs_one_trial(void **state)
{
    struct membench *run = *state;
    start_and_wait_for_the_second(run);
    struct procfs_tree tree = {0};
    procfs_descendants(find_keeper(run), &tree);
    kill(tree.pids[0], SIGTERM); /* children come after their parents */
    procfs_tree_clear(&tree);
    membench_wait(run);
    membench_expect(run, 125);
    assert_string_equal(membench_field(run, "outcome", .trial = 2), "crashed");
    membench_expect_text(membench_field(run, "summary", .trial = 2), "killed by signal 15");
    assert_string_equal(membench_field(run, "outcome", .trial = 3), "ok");
    wait_until_all_are_gone(run);
}

/* ---- beside others ---- */

/* Runs "sh -c SCRIPT sh MEMBENCH ARGUMENTS...". */
#define run_shell(run, script, ...)                                                                \
    (membench_start_program(run, (const char *const[]){"/bin/sh", "-c", script, "sh",              \
                                                       MEMBENCH_PROGRAM, __VA_ARGS__, NULL}),      \
     membench_wait(run))

static void two_runs_into_one_place_have_a_directory_each(void **state)
{
    struct membench *run = *state;
    char last[256];
    run_shell(run,
              "\"$@\" >first & first=$!; \"$@\" >second; second=$?; wait $first && exit $second",
              QUICK, "-n", "2", "-o", "shared", membench_fixture("lingers.py"));
    membench_expect(run, 0);
    assert_int_equal(list(run, "shared", last, sizeof last), 2);
    run_shell(run,
              "tail -n 1 first second | grep -c /shared/; wc -l <$(tail -n 1 first)/trials.csv;"
              "wc -l <$(tail -n 1 second)/trials.csv",
              "");
    assert_string_equal(run->out, "2\n3\n3\n");
}

static void a_reader_that_goes_away_leaves_the_results_whole(void **state)
{
    struct membench *run = *state;
    run_shell(run, "\"$@\" | true", QUICK, "-n", "2", membench_fixture("lingers.py"));
    wait_until_all_are_gone(run);
    assert_int_equal(count_trial_lines(run), 1 + 2);
}

static void progress_that_nobody_reads_leaves_no_process(void **state)
{
    struct membench *run = *state;
    run_shell(run, "{ \"$@\" 2>&1 >/dev/null; } | true", QUICK, "-n", "2",
              membench_fixture("lingers.py"));
    wait_until_all_are_gone(run);
    assert_true(count_trial_lines(run) >= 1 + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(ctrl_c_ends_the_trial_and_keeps_what_was_measured),
        membench_test(sigterm_ends_the_trial_and_keeps_what_was_measured),
        membench_test(a_closed_terminal_ends_the_trial_and_keeps_what_was_measured),
        membench_test(signals_of_several_kinds_at_once_are_one_interruption),
        membench_test(nothing_outlives_a_kill_at_any_moment),
        membench_test(a_kill_in_the_midst_of_a_trial_costs_that_trial_only),
        membench_test(nothing_outlives_a_kill_while_the_keeper_is_stopped),
        membench_test(a_killed_keeper_costs_one_trial),
        membench_test(a_killed_worker_costs_one_trial),
        membench_test(two_runs_into_one_place_have_a_directory_each),
        membench_test(a_reader_that_goes_away_leaves_the_results_whole),
        membench_test(progress_that_nobody_reads_leaves_no_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
