/* Claims from the command line to the exit status, the looks on the way, and what is left in the
 * run's directory. */
#include "tests/support/membench.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "store/database.h"

/* keeps.py holds 64 MiB, whatever glibc's arenas are. */
static const char same[] = "glibc-arena1 end.anon <= 1.1 * glibc";
static const char less[] = "glibc-arena1 end.anon <= 0.9 * glibc";

static void measure(struct membench *run, const char *runs, const char *claim, const char *bisect)
{
    membench_run(run, "-q", "-a", "glibc,glibc-arena1", "-n", runs, "--settle", "0", "--claim",
                 claim, membench_fixture("keeps.py"), bisect);
}

static void a_claim_that_holds_is_confirmed(void **state)
{
    struct membench *run = *state;
    measure(run, "auto", same, NULL);
    membench_expect(run, 0);
    membench_expect_text(run->out, "confirmed: glibc-arena1 end.anon <= 1.1 * glibc on keeps");
    membench_expect_text(run->out, "n = 8");
    membench_run(run, "report", "last");
    membench_expect(run, 0);
    membench_run(run, "report", "last", "--bisect");
    membench_expect(run, 0);
}

static void a_claim_that_does_not_hold_is_refuted(void **state)
{
    struct membench *run = *state;
    measure(run, "4", less, NULL);
    membench_expect(run, 1);
    membench_expect_text(run->out, "refuted: glibc-arena1 end.anon <= 0.9 * glibc on keeps");
    membench_run(run, "report", "last");
    membench_expect(run, 1);
    membench_run(run, "report", "last", "--bisect");
    membench_expect(run, 1);
}

static void two_runs_are_too_few_to_say(void **state)
{
    struct membench *run = *state;
    measure(run, "2", less, NULL);
    membench_expect(run, 3);
    membench_expect_text(run->out, "inconclusive: glibc-arena1 end.anon");
    membench_expect_text(run->out, "4 runs at least");
    membench_run(run, "report", "last");
    membench_expect(run, 3);
    membench_run(run, "report", "last", "--bisect");
    membench_expect(run, 125);
}

static void bisect_leaves_with_0_1_or_125(void **state)
{
    struct membench *run = *state;
    measure(run, "4", same, "--bisect");
    membench_expect(run, 0);
    measure(run, "4", less, "--bisect");
    membench_expect(run, 1);
    measure(run, "2", same, "--bisect"); /* three that do not vary at all would be exact */
    membench_expect(run, 125);
}

static void a_library_that_is_missing_cannot_be_judged(void **state)
{
    struct membench *run = *state;
    static const char *const bisects[] = {NULL, "--bisect"};
    for (size_t i = 0; i < 2; i++) {
        cleanup_free char *gone = text_format("gone=%s", membench_path(run, "gone.so"));
        membench_run(run, "-q", "-a", "glibc", "-a", gone, "-n", "2", "--settle", "0", "--claim",
                     "gone end.anon <= 0.8 * glibc", membench_fixture("idle.py"), bisects[i]);
        membench_expect(run, 125);
        membench_expect_text(run->out, "not measured: gone end.anon <= 0.8 * glibc on idle");
        membench_expect_text(run->out, "no such file");
    }
}

static void a_phase_that_no_trial_comes_by_cannot_be_judged(void **state)
{
    struct membench *run = *state;
    membench_run(run, "-q", "-a", "glibc", "-n", "2", "--settle", "0", "--claim",
                 "glibc loaded.anon <= 1GiB", membench_fixture("idle.py"));
    membench_expect(run, 125);
    membench_expect_text(run->out, "phase 'loaded'");
}

static void a_bad_claim_or_plan_is_wrong_usage(void **state)
{
    struct membench *run = *state;
    const char *plan = membench_write(run, "plan.toml", "[run]\nruns = \"many\"\n");
    membench_run(run, "--claim", "end.anon is small", membench_fixture("idle.py"));
    membench_expect(run, 2);
    membench_run(run, "--plan", plan);
    membench_expect(run, 2);
    membench_run(run, "--claim", "end.anon is small", membench_fixture("idle.py"), "--bisect");
    membench_expect(run, 125);
    membench_run(run, "--plan", plan, "--bisect");
    membench_expect(run, 125);
}

/* Three budgets share the chance of error: the least p of 8 runs is 2 / 2^8, and 3 times that is
 * over 0.05 / 3; of 12 runs it is 2 / 2^12. */
static void a_run_goes_on_until_everything_is_decided(void **state)
{
    struct membench *run = *state;
    membench_run(run, "-a", "glibc", "--settle", "0", "--seed", "7", "--claim",
                 "end.anon <= 300MiB", "--claim", "end.anon <= 200MiB", "--claim",
                 "end.anon <= 100MiB", membench_fixture("idle.py"));
    membench_expect(run, 0);
    membench_expect_text(run->err, "look 1 of 3: 3 of 3 undecided, going on to 12 runs\n");
    membench_expect_text(run->err, "look 2 of 3: all 3 decided after 12 runs\n");
    membench_expect_text(run->out, "12 runs of each allocator");
    membench_expect_text(run->out, "n = 12");
    assert_int_equal(run->trials.count, 1 + 12);
}

/* 16 and 48 MiB in turn: whether the median is over 35 MiB no number of runs can say. */
static const char alternates[] =
    "import os, time\n"
    "def run(p):\n"
    "    with open('count', 'a') as file:\n"
    "        file.write('x')\n"
    "    count = os.path.getsize('count')\n"
    "    time.sleep(60 if count == 10 and not os.path.exists('go') else 0)\n"
    "    return b'x' * ((48 if count % 2 else 16) << 20)\n";

static void a_run_ends_undecided_after_20_runs(void **state)
{
    struct membench *run = *state;
    membench_write(run, "go", "");
    membench_run(run, "-a", "glibc", "--settle", "0", "--claim", "glibc end.anon <= 35MiB",
                 membench_write(run, "alternates.py", alternates));
    membench_expect(run, 3);
    membench_expect_text(run->err, "look 2 of 3: 1 of 1 undecided, going on to 20 runs\n");
    membench_expect_text(run->err, "look 3 of 3: 1 of 1 undecided after 20 runs\n");
    membench_expect_text(run->out, "20 runs would confirm");
    assert_int_equal(run->trials.count, 1 + 20);
}

static void expect_all_20(struct membench *run)
{
    membench_expect(run, 3);
    assert_int_equal(run->trials.count, 1 + 20);
    for (unsigned trial = 1; trial <= 20; trial++) {
        cleanup_free char *block = text_format("%u", trial);
        assert_string_equal(membench_field(run, "block", .trial = trial), block);
    }
}

/* Stopped in the tenth trial, after the first look: taken up again, it goes the same way. */
static void a_run_stopped_between_two_looks_goes_on_as_it_would_have(void **state)
{
    struct membench *run = *state;
    membench_start(run, "-a", "glibc", "--settle", "0", "--seed", "7", "--claim",
                   "glibc end.anon <= 35MiB", membench_write(run, "alternates.py", alternates));
    struct stat status = {0};
    double deadline = clock_now() + 60;
    while (status.st_size < 10 && clock_now() < deadline) {
        usleep(10000);
        stat(membench_path(run, "count"), &status);
    }
    kill(run->pid, SIGINT);
    membench_wait(run);
    membench_expect(run, 130);
    membench_expect_text(run->err, "going on to 12 runs");
    membench_run(run, "report", "last");
    membench_expect(run, 125);
    membench_expect_text(run->err, "has not finished");
    membench_write(run, "go", "");
    membench_run(run, "--resume", "last");
    expect_all_20(run);
    membench_expect_text(run->err, "look 3 of 3: 1 of 1 undecided after 20 runs\n");
}

/* Another version of membench may think otherwise of the eight runs that another sitting had. */
static void a_run_that_had_gone_on_does_so_whatever_is_thought_of_it_now(void **state)
{
    struct membench *run = *state;
    struct error err;
    struct database database;
    membench_run(run, "-a", "glibc", "--settle", "0", "--claim", "end.anon <= 300MiB",
                 membench_fixture("idle.py"));
    membench_expect(run, 0);
    assert_int_equal(run->trials.count, 1 + 8);
    const char *path = membench_path(run, "results/membench.db");
    assert_int_equal(database_open(&database, path, DATABASE_WRITE, &err), 0);
    assert_int_equal(database_execute(&database, "UPDATE run SET runs = 12", &err), 0);
    database_close(&database);
    membench_run(run, "--resume", "last");
    membench_expect(run, 0);
    assert_int_equal(run->trials.count, 1 + 12);
}

static char *read_text(struct membench *run, const char *name)
{
    enum { MOST = 1 << 20 };
    cleanup_free char *path = text_format("%s/%s", run->directory, name);
    char *text = text_allocate(MOST);
    assert_true(file_read_at(AT_FDCWD, path, text, MOST) > 0);
    return text;
}

static void a_claim_of_a_plan_is_told_with_its_source(void **state)
{
    struct membench *run = *state;
    cleanup_free char *plan =
        text_format("[run]\nruns = 4\nsettle = 0\n"
                    "allocators = [\"glibc\", \"glibc-arena1\"]\n"
                    "[[workload]]\nfile = \"%s\"\n"
                    "[[claim]]\ntext = \"%s\"\ntitle = \"One arena is enough\"\n"
                    "source = \"https://example.org/arenas\"\n",
                    membench_fixture("keeps.py"), same);
    membench_run(run, "-q", "--plan", membench_write(run, "plan.toml", plan));
    membench_expect(run, 0);
    membench_expect_text(run->out, "source: https://example.org/arenas");
    cleanup_free char *csv = read_text(run, "comparisons.csv");
    cleanup_free char *page = read_text(run, "report.html");
    membench_expect_text(csv, "One arena is enough,https://example.org/arenas");
    membench_expect_text(csv, ",confirmed,");
    membench_expect_text(page, "class=\"headline good\"");
    membench_expect_text(page, "https://example.org/arenas");
}

/* The draws come from the plan's seed. */
static void a_report_says_the_same_figures_again(void **state)
{
    struct membench *run = *state;
    measure(run, "4", same, NULL);
    cleanup_free char *before = read_text(run, "comparisons.csv");
    membench_run(run, "report", "last");
    cleanup_free char *after = read_text(run, "comparisons.csv");
    assert_string_equal(before, after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(a_claim_that_holds_is_confirmed),
        membench_test(a_claim_that_does_not_hold_is_refuted),
        membench_test(two_runs_are_too_few_to_say),
        membench_test(bisect_leaves_with_0_1_or_125),
        membench_test(a_library_that_is_missing_cannot_be_judged),
        membench_test(a_phase_that_no_trial_comes_by_cannot_be_judged),
        membench_test(a_bad_claim_or_plan_is_wrong_usage),
        membench_test(a_run_goes_on_until_everything_is_decided),
        membench_test(a_run_ends_undecided_after_20_runs),
        membench_test(a_run_stopped_between_two_looks_goes_on_as_it_would_have),
        membench_test(a_run_that_had_gone_on_does_so_whatever_is_thought_of_it_now),
        membench_test(a_claim_of_a_plan_is_told_with_its_source),
        membench_test(a_report_says_the_same_figures_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
