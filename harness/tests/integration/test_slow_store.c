/* What happens to a store when membench is killed, its disk is full, or it is not alone. */
#include "tests/support/membench.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"
#include "store/database.h"

static const char brief[] = "import time\n"
                            "def run(p):\n"
                            "    time.sleep(0.02)\n";

static double ask(struct membench *run, const char *path, const char *sql)
{
    struct error err = {0};
    struct database database;
    if (database_open(&database, membench_path(run, path), DATABASE_WRITE, &err)) {
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

static void assert_whole(struct membench *run, const char *path)
{
    assert_true(ask(run, path,
                    "SELECT count(*) FROM pragma_integrity_check "
                    "WHERE integrity_check <> 'ok'") == 0);
    assert_true(ask(run, path,
                    "SELECT count(*) FROM trial LEFT JOIN sample ON "
                    "sample.trial = trial.id WHERE sample.id IS NULL") == 0);
}

/* Killed at 50 random moments, it always goes on, and every trial is there once in the end. */
static void a_store_survives_fifty_kills(void **state)
{
    enum { KILLS = 50, TRIALS = 60 };
    struct membench *run = *state;
    struct random random = {.state = 20170514};
    const char *workload = membench_write(run, "brief.py", brief);
    const char *database = membench_path(run, "results/membench.db");
    for (int i = 0; i < KILLS; i++) {
        if (access(database, F_OK) == 0 &&
            ask(run, "results/membench.db", "SELECT count(*) FROM run") > 0) {
            membench_start(run, "-q", "--resume", "last");
        } else {
            membench_start(run, "-q", "-a", "glibc", "-n", "60", "--settle", "0", workload);
        }
        usleep((useconds_t)random_below(&random, 250000));
        kill(run->pid, SIGKILL);
        membench_wait(run);
        if (access(database, F_OK) == 0) {
            assert_whole(run, "results/membench.db");
        }
    }
    membench_run(run, "-q", "--resume", "last");
    membench_expect(run, 0);
    assert_whole(run, "results/membench.db");
    const char *last = "SELECT count(*) FROM trial WHERE run = "
                       "(SELECT id FROM run ORDER BY started DESC, id DESC LIMIT 1)";
    assert_true(ask(run, "results/membench.db", last) == TRIALS);
}

/* Whatever the disk takes, a trial is either in the store or in text beside it. */
static void on_a_full_disk_the_rows_are_kept_as_text(void **state)
{
    struct membench *run = *state;
    const char *place = membench_path(run, "small");
    mkdir(place, 0777);
    if (mount("membench-test", place, "tmpfs", 0, "size=1m")) {
        skip(); /* not root, or in a container that may not */
    }
    membench_run(run, "-q", "-a", "glibc", "-n", "200", "--settle", "0", "-o", "small",
                 membench_write(run, "brief.py", brief));
    int status = run->exit_status;
    bool says_so = strstr(run->err, "could not be stored") && strstr(run->err, "unsaved-trial-");
    double stored = ask(run, "small/membench.db", "SELECT count(*) FROM trial");
    umount2(place, MNT_DETACH);
    assert_int_equal(status, 125);
    assert_true(says_so);
    assert_true(stored > 0);
}

static void two_runs_on_one_database_both_finish(void **state)
{
    struct membench *run = *state;
    const char *workload = membench_write(run, "brief.py", brief);
    const char *script = membench_write(run, "both.sh",
                                        "\"$1\" -q -a glibc -n 20 --settle 0 \"$2\" & first=$!\n"
                                        "\"$1\" -q -a glibc -n 20 --settle 0 \"$2\" || exit 1\n"
                                        "wait $first\n");
    membench_start_program(
        run, (const char *const[]){"/bin/sh", script, MEMBENCH_PROGRAM, workload, NULL});
    membench_wait(run);
    membench_expect(run, 0);
    assert_true(ask(run, "results/membench.db", "SELECT count(*) FROM trial") == 40);
    assert_true(ask(run, "results/membench.db",
                    "SELECT count(*) FROM run WHERE finished IS NOT NULL") == 2);
}

static void a_database_that_is_locked_for_a_while_is_waited_for(void **state)
{
    struct membench *run = *state;
    struct error err = {0};
    struct database database;
    const char *workload = membench_write(run, "brief.py", brief);
    membench_run(run, "-q", "-a", "glibc", "-n", "1", "--settle", "0", workload);
    assert_int_equal(
        database_open(&database, membench_path(run, "results/membench.db"), DATABASE_WRITE, &err),
        0);
    assert_int_equal(database_execute(&database, "BEGIN EXCLUSIVE", &err), 0);
    membench_start(run, "-q", "-a", "glibc", "-n", "1", "--settle", "0", workload);
    sleep(5);
    assert_int_equal(database_execute(&database, "COMMIT", &err), 0);
    database_close(&database);
    membench_wait(run);
    membench_expect(run, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(a_store_survives_fifty_kills),
        membench_test(on_a_full_disk_the_rows_are_kept_as_text),
        membench_test(two_runs_on_one_database_both_finish),
        membench_test(a_database_that_is_locked_for_a_while_is_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
