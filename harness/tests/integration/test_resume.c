/* A run that is stopped goes on; a stored run can be shown again. */
#include "tests/support/membench.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "store/database.h"

static const char brief[] = "import time\n"
                            "def run(p):\n"
                            "    time.sleep(0.05)\n";

/* A number that the store of the run's directory answers with. */
static double ask(struct membench *run, const char *sql)
{
    struct error err = {0};
    struct database database;
    if (database_open(&database, membench_path(run, "results/membench.db"), DATABASE_READ, &err)) {
        fail_msg("%s", err.message);
    }
    sqlite3_stmt *row = database_prepare(&database, &err, sql, "");
    assert_non_null(row);
    assert_int_equal(database_step(&database, row, &err), 1);
    double number = database_number(row, 0);
    sqlite3_finalize(row);
    database_close(&database);
    return number;
}

/* The fourth trial ever stays; the others are brief. */
static const char stays_once[] = "import os, time\n"
                                 "def run(p):\n"
                                 "    with open('count', 'a') as file:\n"
                                 "        file.write('x')\n"
                                 "    time.sleep(60 if os.path.getsize('count') == 4 else 0)\n";

/* Starts a run of 12 trials and stops it by a signal while the fourth one stays. */
static void stop_midway(struct membench *run, const char *out, int number)
{
    const char *workload = membench_write(run, "stays_once.py", stays_once);
    membench_start(run, "-a", "glibc", "-n", "12", "--settle", "0", "-o", out, workload);
    struct stat status = {0};
    double deadline = clock_now() + 60;
    while (status.st_size < 4 && clock_now() < deadline) {
        usleep(10000);
        stat(membench_path(run, "count"), &status);
    }
    kill(run->pid, number);
    membench_wait(run);
}

static void a_run_that_was_interrupted_goes_on(void **state)
{
    struct membench *run = *state;
    stop_midway(run, "results", SIGINT);
    assert_int_equal(run->exit_status, 130);
    membench_expect_text(run->err, "--resume");
    membench_run(run, "--resume", "last");
    membench_expect(run, 0);
    assert_int_equal(run->trials.count, 13);
    for (unsigned trial = 1; trial <= 12; trial++) {
        assert_string_equal(membench_field(run, "outcome", .trial = trial), "ok");
    }
    assert_true(ask(run, "SELECT count(*) FROM run WHERE finished IS NOT NULL") == 1);
}

static void a_run_that_was_killed_goes_on(void **state)
{
    struct membench *run = *state;
    stop_midway(run, "results", SIGKILL);
    membench_run(run, "--resume", "last");
    membench_expect(run, 0);
    assert_int_equal(run->trials.count, 13);
    assert_true(ask(run, "SELECT count(DISTINCT number) FROM trial") == 12);
}

static void a_finished_run_has_nothing_left_to_do(void **state)
{
    struct membench *run = *state;
    membench_run(run, "-a", "glibc", "-n", "2", "--settle", "0",
                 membench_write(run, "brief.py", brief));
    membench_run(run, "--resume", "last");
    membench_expect(run, 0);
    assert_int_equal(run->trials.count, 3);
}

static void a_changed_workload_is_refused_unless_allowed(void **state)
{
    struct membench *run = *state;
    stop_midway(run, "results", SIGINT);
    membench_write(run, "stays_once.py", "def run(p):\n    pass\n");
    membench_run(run, "--resume", "last");
    membench_expect(run, 2);
    membench_expect_text(run->err, "has changed");
    membench_expect_text(run->err, "--allow-changed");
    membench_run(run, "--resume", "last", "--allow-changed");
    membench_expect(run, 0);
}

static void other_options_are_refused_with_resume(void **state)
{
    struct membench *run = *state;
    membench_run(run, "--resume", "last", "-n", "4");
    membench_expect(run, 2);
    membench_expect_text(run->err, "takes no option '--runs'");
    membench_run(run, "--resume", "last", membench_write(run, "brief.py", brief));
    membench_expect(run, 2);
    membench_run(run, "report", "last", "--tick");
    membench_expect(run, 2);
    membench_expect_text(run->err, "takes no option '--tick'");
}

/* What the shell had when the run was started is written down, not looked up again. */
static void the_hint_after_an_interruption_works_from_another_place(void **state)
{
    struct membench *run = *state;
    stop_midway(run, "elsewhere", SIGINT);
    membench_expect(run, 130);
    membench_expect_text(run->err, "--out elsewhere");
    membench_run(run, "--resume", "last", "--out", "elsewhere");
    membench_expect(run, 0);
}

static void an_unknown_run_is_refused(void **state)
{
    struct membench *run = *state;
    membench_run(run, "--resume", "last");
    membench_expect(run, 2);
    membench_expect_text(run->err, "hint:");
    membench_run(run, "-a", "glibc", "-n", "1", "--settle", "0",
                 membench_write(run, "brief.py", brief));
    membench_run(run, "--resume", "20200101-000000-0000");
    membench_expect(run, 2);
    membench_expect_text(run->err, "there is no run '20200101-000000-0000'");
}

static void a_stored_run_is_shown_again_as_it_was(void **state)
{
    struct membench *run = *state;
    membench_run(run, "-a", "glibc", "-n", "2", "--settle", "0",
                 membench_write(run, "brief.py", brief));
    cleanup_free char *shown = text_copy(run->out);
    double anon = membench_value(run, "end", "anon", .trial = 2);
    membench_run(run, "report", "last");
    membench_expect(run, 0);
    assert_string_equal(run->out, shown);
    assert_true(membench_value(run, "end", "anon", .trial = 2) == anon);
}

static void runs_are_listed(void **state)
{
    struct membench *run = *state;
    membench_run(run, "-a", "glibc", "-n", "1", "--settle", "0",
                 membench_write(run, "brief.py", brief));
    cleanup_free char *id = text_copy(strrchr(run->directory, '/') + 1);
    membench_run(run, "list", "runs");
    membench_expect(run, 0);
    membench_expect_text(run->out, id);
    membench_expect_text(run->out, "finished");
}

static void a_failed_trial_repeats_its_block_once(void **state)
{
    struct membench *run = *state;
    const char *workload = membench_write(run, "fails_once.py",
                                          "import os\n"
                                          "def run(p):\n"
                                          "    if not os.path.exists('mark'):\n"
                                          "        open('mark', 'w').close()\n"
                                          "        raise ValueError\n");
    membench_run(run, "-a", "glibc", "-n", "2", "--settle", "0", workload);
    membench_expect(run, 125);
    assert_string_equal(membench_field(run, "outcome", .trial = 1), "workload-error");
    assert_true(ask(run, "SELECT count(*) FROM trial") == 3);
    assert_true(ask(run, "SELECT count(*) FROM trial WHERE number = 3 AND outcome = 'ok'") == 1);
    assert_true(ask(run, "SELECT repeats FROM trial WHERE number = 3") == 1);
}

static void a_dry_run_prints_the_order_and_runs_nothing(void **state)
{
    struct membench *run = *state;
    const char *workload = membench_write(run, "brief.py", brief);
    membench_run(run, "--dry-run", "-a", "glibc", "-n", "3", "--seed", "5", workload);
    membench_expect(run, 0);
    cleanup_free char *first = text_copy(run->out);
    membench_expect_text(first, "seed 5");
    assert_int_not_equal(access(membench_path(run, "results"), F_OK), 0);
    membench_run(run, "--dry-run", "-a", "glibc", "-n", "3", "--seed", "5", workload);
    assert_string_equal(run->out, first);
}

static void a_file_that_is_no_database_is_refused(void **state)
{
    struct membench *run = *state;
    membench_write(run, "other.db",
                   "a text that is much longer than the header of a database, so "
                   "that nobody can take it for an empty one; and a bit more");
    membench_run(run, "-a", "glibc", "-n", "1", "--db", "other.db",
                 membench_write(run, "brief.py", brief));
    membench_expect(run, 125);
    membench_expect_text(run->err, "other.db");
    membench_expect_text(run->err, "hint:");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(a_run_that_was_interrupted_goes_on),
        membench_test(a_run_that_was_killed_goes_on),
        membench_test(a_finished_run_has_nothing_left_to_do),
        membench_test(a_changed_workload_is_refused_unless_allowed),
        membench_test(other_options_are_refused_with_resume),
        membench_test(the_hint_after_an_interruption_works_from_another_place),
        membench_test(an_unknown_run_is_refused),
        membench_test(a_stored_run_is_shown_again_as_it_was),
        membench_test(runs_are_listed),
        membench_test(a_failed_trial_repeats_its_block_once),
        membench_test(a_dry_run_prints_the_order_and_runs_nothing),
        membench_test(a_file_that_is_no_database_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
