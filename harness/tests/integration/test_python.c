/* A script under membench is what it is under python3, and run(p) is called as its protocol says.
 */
#include "tests/support/membench.h"

#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

#define ONE_TRIAL "-a", "glibc", "-n", "1", "--settle", "0"

static const double mebibyte = 0x1p20;

#define run_python(run, ...)                                                                       \
    (membench_start_program(                                                                       \
         run, (const char *const[]){MEMBENCH_PYTHON_PROGRAM, "-B", __VA_ARGS__, NULL}),            \
     membench_wait(run))

static void expect_outcome(struct membench *run, int exit_status, const char *outcome)
{
    membench_expect(run, exit_status);
    assert_string_equal(membench_field(run, "outcome"), outcome);
}

static double over_start(struct membench *run, const char *phase, const char *metric)
{
    return membench_value(run, phase, metric) - membench_value(run, "start", metric);
}

/* ---- a script ---- */

/* Bytecode is not written and hashes are seeded: that much is membench's, and told to python3. */
static void expect_same_facts(struct membench *run, const char *script)
{
    membench_run(run, ONE_TRIAL, "--layout", "fixed", script, "--", "first", "-n", "--alloc", "",
                 "ü");
    membench_expect(run, 0);
    const char *printed = membench_output(run, 1);
    membench_set(run, "PYTHONHASHSEED", "0");
    run_python(run, script, "first", "-n", "--alloc", "", "ü");
    membench_expect(run, 0);
    assert_string_equal(printed, run->out);
}

static void a_script_sees_the_same_facts(void **state)
{
    expect_same_facts(*state, membench_fixture("python_facts.py"));
}

static void a_script_by_a_relative_path_sees_the_same_facts(void **state)
{
    struct membench *run = *state;
    membench_write(run, "sub/keep.txt", "");
    assert_int_equal(
        symlink(membench_fixture("python_facts.py"), membench_path(run, "sub/link.py")), 0);
    expect_same_facts(run, "sub/link.py");
    assert_int_equal(symlink("sub/link.py", membench_path(run, "link.py")), 0);
    expect_same_facts(run, "link.py");
}

static void arguments_behind_two_dashes_are_the_scripts(void **state)
{
    struct membench *run = *state;
    const char *script = membench_write(run, "arguments.py", "import sys; print(sys.argv[1:])\n");
    membench_run(run, ONE_TRIAL, script, "--", "-n", "x", "--", "--help", "");
    membench_expect(run, 0);
    assert_string_equal(membench_output(run, 1), "['-n', 'x', '--', '--help', '']\n");
}

static void a_module_beside_the_script_is_imported_from_there(void **state)
{
    struct membench *run = *state;
    membench_write(run, "app/beside.py", "print('imported', __name__)\n");
    membench_write(run, "beside.py", "raise Exception('the wrong one')\n");
    const char *script = membench_write(run, "app/main.py", "import beside\n");
    membench_run(run, ONE_TRIAL, script);
    membench_expect(run, 0);
    assert_string_equal(membench_output(run, 1), "imported beside\n");
    assert_int_equal(access(membench_path(run, "app/__pycache__"), F_OK), -1);
}

static void an_uncaught_exception_prints_what_python_prints(void **state)
{
    struct membench *run = *state;
    static const char *const scripts[] = {membench_fixture("raises.py"),
                                          membench_fixture("excepthook.py")};
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        membench_run(run, ONE_TRIAL, scripts[i]);
        expect_outcome(run, 125, "workload-error");
        const char *printed = membench_output(run, 1);
        run_python(run, scripts[i]);
        membench_expect(run, 1);
        /* One stream there, two here; standard output is written last, when python3 ends. */
        cleanup_free char *expected = text_format("%s%s", run->err, run->out);
        assert_string_equal(printed, expected);
    }
}

static void an_uncaught_exception_is_told_with_its_traceback(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, membench_fixture("raises.py"));
    expect_outcome(run, 125, "workload-error");
    membench_expect_text(membench_field(run, "summary"), "Trouble: ");
    cleanup_free char *said = text_format("%s%s", run->out, run->err);
    membench_expect_text(said, "raises.py\", line 17, in outer");
    /* What was measured until then is there. */
    assert_true(membench_value(run, "start", "anon") > 0);
    assert_int_equal(membench_count(run, "end", NULL), 0);

    /* Not only because the program printed it. */
    membench_run(run, ONE_TRIAL, membench_fixture("excepthook.py"));
    expect_outcome(run, 125, "workload-error");
    membench_expect_text(run->out, "excepthook.py\", line 5, in <module>");
}

static void the_exit_status_decides_the_outcome(void **state)
{
    struct membench *run = *state;
    static const struct {
        const char *code, *outcome, *said;
    } cases[] = {
        {"import sys; sys.exit()\n", "ok", ""},
        {"import sys; sys.exit(0)\n", "ok", ""},
        {"raise SystemExit(None)\n", "ok", ""},
        {"raise SystemExit(False)\n", "ok", ""},
        {"import sys; sys.exit(3)\n", "workload-error", ""},
        {"import sys; sys.exit('out of luck')\n", "workload-error", "out of luck\n"},
        {"import sys; sys.exit((1, 2))\n", "workload-error", "(1, 2)\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *script = membench_write(run, "leaves.py", cases[i].code);
        membench_run(run, ONE_TRIAL, script);
        bool is_ok = strcmp(cases[i].outcome, "ok") == 0;
        expect_outcome(run, is_ok ? 0 : 125, cases[i].outcome);
        assert_true(text_starts_with(membench_output(run, 1), cases[i].said));
        assert_string_equal(membench_phases(run, 1),
                            is_ok ? "start end settled collected released" : "start");
    }
}

static void an_exit_status_is_in_the_summary(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, membench_write(run, "leaves.py", "raise SystemExit(3)\n"));
    expect_outcome(run, 125, "workload-error");
    membench_expect_text(membench_field(run, "summary"), "exit status 3");
}

static void a_non_daemon_thread_is_waited_for_before_end(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, membench_fixture("late_thread.py"));
    membench_expect(run, 0);
    double kept = over_start(run, "end", "anon");
    assert_true(kept >= 32 * mebibyte && kept < 36 * mebibyte);
}

static void globals_are_alive_at_the_end(void **state)
{
    struct membench *run = *state;
    const char *script = membench_write(run, "keeps.py", "kept = b'x' * (32 << 20)\n");
    membench_run(run, ONE_TRIAL, script);
    membench_expect(run, 0);
    assert_true(over_start(run, "released", "anon") >= 32 * mebibyte);
}

static void imports_of_a_script_come_after_start(void **state)
{
    struct membench *run = *state;
    membench_write(run, "heavy.py", "kept = b'x' * (32 << 20)\n");
    membench_run(run, ONE_TRIAL, membench_write(run, "main.py", "import heavy\n"));
    membench_expect(run, 0);
    assert_true(over_start(run, "end", "anon") >= 32 * mebibyte);
}

static void exit_handlers_run_after_the_last_sample(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, membench_fixture("at_exit.py"));
    membench_expect(run, 0);
    assert_string_equal(membench_output(run, 1), "goodbye 67108864\n");
    assert_true(over_start(run, "released", "peak_rss") < 32 * mebibyte);
}

static void a_duration_ends_a_script_that_serves_for_ever(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "--duration", "0.5", membench_fixture("serves.py"));
    expect_outcome(run, 0, "ok");
    assert_string_equal(membench_output(run, 1), "serving\ncleaned up\n");
    assert_true(membench_value(run, "end", "wall_seconds") >= 0.5);
    assert_string_equal(membench_phases(run, 1), "start end settled collected released");
}

static void a_duration_does_not_hurt_a_script_that_ends_before(void **state)
{
    struct membench *run = *state;
    membench_run(run, "-a", "glibc", "-n", "1", "--settle", "1", "--duration", "0.5",
                 membench_write(run, "short.py", "print('done')\n"));
    expect_outcome(run, 0, "ok");
}

static void an_interrupt_without_a_duration_is_an_error(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, membench_write(run, "main.py", "raise KeyboardInterrupt\n"));
    expect_outcome(run, 125, "workload-error");
}

static bool has_line(const char *text, const char *line)
{
    cleanup_free char *padded = text_format("\n%s", text);
    cleanup_free char *wanted = text_format("\n%s\n", line);
    return strstr(padded, wanted) != NULL;
}

static void only_the_variables_asked_for_reach_the_script(void **state)
{
    struct membench *run = *state;
    static const char *const leaks[] = {"LD_PRELOAD",       "MALLOC_ARENA_MAX", "MALLOC_CONF",
                                        "GLIBC_TUNABLES",   "PYTHONMALLOC",     "PYTHONHASHSEED",
                                        "PYTHONUNBUFFERED", "SOMETHING_ELSE"};
    membench_set(run, "LD_PRELOAD", "libm.so.6");
    membench_set(run, "MALLOC_ARENA_MAX", "1");
    membench_set(run, "MALLOC_CONF", "tcache:false");
    membench_set(run, "GLIBC_TUNABLES", "glibc.malloc.arena_max=1");
    membench_set(run, "PYTHONMALLOC", "malloc");
    membench_set(run, "PYTHONHASHSEED", "5");
    membench_set(run, "PYTHONUNBUFFERED", "1");
    membench_set(run, "SOMETHING_ELSE", "x");
    membench_set(run, "TAKEN", "from the caller");
    membench_run(run, ONE_TRIAL, "-E", "TAKEN", "-E", "GIVEN=a=b c", "-E",
                 "EMPTY=", membench_fixture("environment.py"));
    membench_expect(run, 0);
    const char *printed = membench_output(run, 1);
    assert_true(has_line(printed, "TAKEN=from the caller"));
    assert_true(has_line(printed, "GIVEN=a=b c"));
    assert_true(has_line(printed, "EMPTY="));
    cleanup_free char *home = text_format("HOME=%s", run->place);
    assert_true(has_line(printed, home));
    for (size_t i = 0; i < sizeof leaks / sizeof *leaks; i++) {
        if (strstr(printed, leaks[i])) {
            fail_msg("%s reached the script:\n%s", leaks[i], printed);
        }
    }
    /* PYTHONMALLOC of the caller would have switched pymalloc off. */
    assert_true(membench_value(run, "end", "allocated_blocks") > 0);
}

static void the_scripts_own_option_runs_a_workload_file_as_main(void **state)
{
    struct membench *run = *state;
    const char *file = membench_write(run, "both.py",
                                      "def run(p):\n    print('run', __name__)\n\n"
                                      "if __name__ == '__main__':\n    print('main')\n");
    membench_run(run, ONE_TRIAL, "--script", file);
    membench_expect(run, 0);
    assert_string_equal(membench_output(run, 1), "main\n");
    membench_run(run, ONE_TRIAL, file);
    membench_expect(run, 0);
    assert_string_equal(membench_output(run, 1), "run both\n");
}

static void a_forked_child_of_a_script_leaves_as_under_python(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, membench_fixture("forks_script.py"));
    expect_outcome(run, 0, "ok");
    assert_string_equal(membench_output(run, 1),
                        "leaving child\nchild left with 0\nleaving parent\n");
    assert_string_equal(membench_phases(run, 1), "start end settled collected released");
}

static void a_forked_child_leaves_with_its_own_exit_status(void **state)
{
    struct membench *run = *state;
    const char *script = membench_fixture("forks_exit.py");
    run_python(run, script);
    membench_expect(run, 0);
    assert_string_equal(run->out, "nothing 0\nthree 3\ntext 1\nerror 1\n");
    cleanup_free char *text = text_copy(run->err);
    membench_run(run, ONE_TRIAL, "--script", script);
    expect_outcome(run, 0, "ok");
    const char *printed = membench_output(run, 1);
    membench_expect_text(printed, "nothing 0\nthree 3\nout of luck\ntext 1\n");
    membench_expect_text(printed, strstr(text, "Traceback"));
    membench_expect_text(printed, "\nerror 1\n");
    membench_run(run, ONE_TRIAL, script);
    expect_outcome(run, 0, "ok");
    membench_expect_text(membench_output(run, 1), "nothing 0\nthree 3\nout of luck\ntext 1\n");
    membench_expect_text(membench_output(run, 1), "\nerror 1\n");
}

/* ---- a virtual environment ---- */

/* Makes one that holds a package, and returns its directory. */
static const char *make_venv(struct membench *run)
{
    const char *directory = membench_path(run, "venv");
    run_python(run, "-m", "venv", "--without-pip", directory);
    membench_expect(run, 0);
    membench_write(run, "venv/lib/python" MEMBENCH_PYTHON_VERSION "/site-packages/parcel.py",
                   "CONTENT = 'delivered'\n");
    return directory;
}

static void expect_venv(struct membench *run, const char *directory)
{
    membench_expect(run, 0);
    const char *printed = membench_output(run, 1);
    membench_expect_text(printed, "delivered");
    cleanup_free char *python = text_format("%s/bin/python3", directory);
    membench_start_program(
        run, (const char *const[]){python, "-B", membench_fixture("imports_parcel.py"), NULL});
    membench_wait(run);
    membench_expect(run, 0);
    assert_string_equal(printed, run->out);
}

static void a_virtual_environment_works_by_its_option(void **state)
{
    struct membench *run = *state;
    const char *directory = make_venv(run);
    membench_run(run, ONE_TRIAL, "--venv", directory, membench_fixture("imports_parcel.py"));
    expect_venv(run, directory);
}

static void the_active_virtual_environment_works_by_itself(void **state)
{
    struct membench *run = *state;
    const char *directory = make_venv(run);
    membench_set(run, "VIRTUAL_ENV", directory);
    membench_run(run, ONE_TRIAL, membench_fixture("imports_parcel.py"));
    expect_venv(run, directory);
}

static void without_a_virtual_environment_its_package_is_missing(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, membench_fixture("imports_parcel.py"));
    expect_outcome(run, 125, "workload-error");
    membench_expect_text(membench_field(run, "summary"), "No module named 'parcel'");
}

/* ---- run(p) ---- */

static void phases_come_in_the_order_of_the_yields(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, membench_fixture("phases.py"));
    membench_expect(run, 0);
    assert_string_equal(membench_phases(run, 1),
                        "start one two two three_3-x end settled collected released");
    assert_int_equal(membench_count(run, "two", "rss", .visit = 1), 1);
    assert_int_equal(membench_count(run, "two", "rss", .visit = 2), 1);
    assert_int_equal(membench_count(run, "one", "rss", .visit = 2), 0);
    assert_true(membench_elapsed(run, "two", .visit = 1) <
                membench_elapsed(run, "two", .visit = 2));
}

static void phases_and_end_come_with_every_cycle(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "--cycles", "2", membench_fixture("phases.py"));
    membench_expect(run, 0);
    assert_string_equal(membench_phases(run, 1),
                        "start one two two three_3-x end one two two three_3-x end "
                        "settled collected released");
    for (unsigned cycle = 1; cycle <= 2; cycle++) {
        assert_int_equal(membench_count(run, "two", "rss", .cycle = cycle, .visit = 2), 1);
        assert_int_equal(membench_count(run, "two", "rss", .cycle = cycle, .visit = 3), 0);
        assert_int_equal(membench_count(run, "end", "rss", .cycle = cycle), 1);
    }
    assert_int_equal(membench_count(run, "settled", "rss", .cycle = 2), 1);
}

static void what_run_returns_lives_until_the_next_arrives(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "--cycles", "3", membench_fixture("drops.py"));
    membench_expect(run, 0);
    assert_string_equal(membench_output(run, 1),
                        "burst 1\nburst 2\ndropped 1\nburst 3\ndropped 2\ndropped 3\n");
}

static void what_a_generator_returns_lives_until_the_next_arrives(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "--cycles", "3", membench_fixture("drops_yielding.py"));
    membench_expect(run, 0);
    assert_string_equal(membench_output(run, 1),
                        "burst 1\nburst 2\ndropped 1\nburst 3\ndropped 2\ndropped 3\n");
}

static unsigned count_text(const char *text, const char *part)
{
    unsigned count = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part)) {
        count++;
    }
    return count;
}

static void tick_gets_the_state_every_tenth_second_of_settling(void **state)
{
    struct membench *run = *state;
    membench_run(run, "-a", "glibc", "-n", "1", "--settle", "1", "--tick", "--cycles", "2",
                 membench_fixture("drops.py"));
    membench_expect(run, 0);
    const char *printed = membench_output(run, 1);
    unsigned ticks = count_text(printed, "tick 2\n");
    assert_true(ticks >= 5 && ticks <= 10);
    assert_int_equal(count_text(printed, "tick"), ticks);
    membench_expect_text(printed, "dropped 1\ntick 2\n");
    membench_expect_text(printed, "tick 2\ndropped 2\n");
}

static void nothing_ticks_unless_asked_for(void **state)
{
    struct membench *run = *state;
    membench_run(run, "-a", "glibc", "-n", "1", "--settle", "0.5", membench_fixture("drops.py"));
    membench_expect(run, 0);
    assert_string_equal(membench_output(run, 1), "burst 1\ndropped 1\n");
}

static void the_timeout_of_a_workload_ends_it(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, membench_fixture("sleeps.py"));
    expect_outcome(run, 125, "timed-out");
    membench_expect_text(membench_field(run, "summary"), "1 s");
    assert_string_equal(membench_phases(run, 1), "start");
}

static void the_timeout_of_the_command_line_comes_first(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "--timeout", "0.5", membench_fixture("sleeps.py"));
    expect_outcome(run, 125, "timed-out");
    membench_expect_text(membench_field(run, "summary"), "0.5 s");
}

static void an_expected_outcome_is_a_success(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, membench_fixture("sleeps_expected.py"));
    expect_outcome(run, 0, "timed-out");
}

static void another_failure_than_the_expected_one_is_none(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "-p", "fail=true", membench_fixture("sleeps_expected.py"));
    expect_outcome(run, 125, "workload-error");
}

static void a_coroutine_function_is_refused(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, membench_fixture("asynchronous.py"));
    expect_outcome(run, 125, "workload-error");
    membench_expect_text(membench_field(run, "summary"), "coroutine");
    cleanup_free char *said = text_format("%s%s", run->out, run->err);
    membench_expect_text(said, "asyncio.run()");
}

static void a_forked_child_that_returns_from_run_leaves_as_python_does(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, membench_fixture("forks.py"));
    expect_outcome(run, 0, "ok");
    assert_string_equal(membench_output(run, 1),
                        "leaving child\nchild left with 0\nleaving parent\n");
    assert_string_equal(membench_phases(run, 1), "start forked end settled collected released");
    assert_true(membench_value(run, "end", "processes") == 1);
}

static void a_workload_that_leaves_early_is_an_error_whatever_its_status(void **state)
{
    struct membench *run = *state;
    static const char *const codes[] = {
        "import sys\ndef run(p):\n    sys.exit(0)\n",
        "import sys\ndef run(p):\n    yield 'loaded'\n    sys.exit(0)\n",
        "import sys\nsys.exit(0)\ndef run(p):\n    pass\n",
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        membench_run(run, ONE_TRIAL, membench_write(run, "leaves.py", codes[i]));
        expect_outcome(run, 125, "workload-error");
        membench_expect_text(membench_field(run, "summary"),
                             "the workload left with exit status 0");
        assert_int_equal(membench_count(run, "end", NULL), 0);
    }
}

static void a_workload_is_a_module_of_its_name(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, membench_fixture("pickles.py"));
    membench_expect(run, 0);
    assert_string_equal(membench_output(run, 1), "pickles True\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(a_script_sees_the_same_facts),
        membench_test(a_script_by_a_relative_path_sees_the_same_facts),
        membench_test(arguments_behind_two_dashes_are_the_scripts),
        membench_test(a_module_beside_the_script_is_imported_from_there),
        membench_test(an_uncaught_exception_prints_what_python_prints),
        membench_test(an_uncaught_exception_is_told_with_its_traceback),
        membench_test(the_exit_status_decides_the_outcome),
        membench_test(an_exit_status_is_in_the_summary),
        membench_test(a_non_daemon_thread_is_waited_for_before_end),
        membench_test(globals_are_alive_at_the_end),
        membench_test(imports_of_a_script_come_after_start),
        membench_test(exit_handlers_run_after_the_last_sample),
        membench_test(a_duration_ends_a_script_that_serves_for_ever),
        membench_test(a_duration_does_not_hurt_a_script_that_ends_before),
        membench_test(an_interrupt_without_a_duration_is_an_error),
        membench_test(only_the_variables_asked_for_reach_the_script),
        membench_test(the_scripts_own_option_runs_a_workload_file_as_main),
        membench_test(a_forked_child_of_a_script_leaves_as_under_python),
        membench_test(a_forked_child_leaves_with_its_own_exit_status),
        membench_test(a_virtual_environment_works_by_its_option),
        membench_test(the_active_virtual_environment_works_by_itself),
        membench_test(without_a_virtual_environment_its_package_is_missing),
        membench_test(phases_come_in_the_order_of_the_yields),
        membench_test(phases_and_end_come_with_every_cycle),
        membench_test(what_run_returns_lives_until_the_next_arrives),
        membench_test(what_a_generator_returns_lives_until_the_next_arrives),
        membench_test(tick_gets_the_state_every_tenth_second_of_settling),
        membench_test(nothing_ticks_unless_asked_for),
        membench_test(the_timeout_of_a_workload_ends_it),
        membench_test(the_timeout_of_the_command_line_comes_first),
        membench_test(an_expected_outcome_is_a_success),
        membench_test(another_failure_than_the_expected_one_is_none),
        membench_test(a_coroutine_function_is_refused),
        membench_test(a_forked_child_that_returns_from_run_leaves_as_python_does),
        membench_test(a_workload_that_leaves_early_is_an_error_whatever_its_status),
        membench_test(a_workload_is_a_module_of_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
