/* Wrong usage and files that are no workloads: what is said, and that nothing is begun. */
#include "tests/support/membench.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char workload[] = "PARAMS = {'size': 1, 'name': 'x', 'flag': True, 'share': 0.5}\n"
                               "\n"
                               "def run(p):\n"
                               "    open('it-ran', 'w').close()\n"
                               "    yield 'loaded'\n";

static bool is_there(struct membench *run, const char *name)
{
    return access(membench_path(run, name), F_OK) == 0;
}

/* An error is a line 'membench: MESSAGE' and a line 'hint: HINT'. */
static void expect_error(struct membench *run, const char *message, const char *hint)
{
    if (strncmp(run->err, "membench: ", strlen("membench: ")) != 0) {
        fail_msg("it does not begin with 'membench: ':\n%s", run->err);
    }
    membench_expect_text(run->err, message);
    const char *second = strstr(run->err, "\nhint: ");
    membench_expect_text(second, hint);
    assert_string_equal(strchr(second + 1, '\n'), "\n");
}

static void check_refusal(struct membench *run, const char *message, const char *hint,
                          const char *const *argv)
{
    if (!is_there(run, "workload.py")) {
        membench_write(run, "workload.py", workload);
    }
    membench_start_program(run, argv);
    membench_wait(run);
    membench_expect(run, 2);
    expect_error(run, message, hint);
    assert_string_equal(run->out, "");
    assert_false(is_there(run, "results"));
    assert_false(is_there(run, "it-ran"));
}

/* Fails unless membench with these arguments is refused as wrong usage. */
#define refuse(run, message, hint, ...)                                                            \
    check_refusal(run, message, hint, (const char *const[]){MEMBENCH_PROGRAM, __VA_ARGS__, NULL})

/* The same for a file that holds this. */
static void refuse_file(struct membench *run, const char *text, const char *message,
                        const char *hint)
{
    membench_write(run, "bad.py", text);
    refuse(run, message, hint, "bad.py");
}

/* ---- help ---- */

static void without_arguments_it_shows_its_usage_and_fails(void **state)
{
    struct membench *run = *state;
    membench_start_program(run, (const char *const[]){MEMBENCH_PROGRAM, NULL});
    membench_wait(run);
    membench_expect(run, 2);
    membench_expect_text(run->out, "usage: membench [run] [OPTIONS] WORKLOAD... [-- ARGUMENTS]");
    assert_false(is_there(run, "results"));
}

static void help_teaches_by_three_examples(void **state)
{
    struct membench *run = *state;
    membench_run(run, "--help");
    membench_expect(run, 0);
    unsigned examples = 0;
    for (const char *at = run->out; (at = strstr(at, "\n  membench ")); at++) {
        examples++;
    }
    assert_int_equal(examples, 3);
    assert_string_equal(run->err, "");
}

static void help_of_a_run_shows_every_option(void **state)
{
    static const char *const options[] = {"-a, --alloc NAMES",
                                          "--object-allocator WHICH",
                                          "-p, --param NAME=VALUE",
                                          "-n, --runs N",
                                          "--cycles N",
                                          "--settle SECONDS",
                                          "--tick",
                                          "--timeout SECONDS",
                                          "--duration SECONDS",
                                          "--memory-limit SIZE",
                                          "-E, --env NAME[=VALUE]",
                                          "--venv DIR",
                                          "--script",
                                          "--layout WHICH",
                                          "--thp MODE",
                                          "--seed N",
                                          "-o, --out DIR",
                                          "-q, --quiet",
                                          "--no-color",
                                          "-h, --help"};
    struct membench *run = *state;
    membench_run(run, "run", "--help");
    membench_expect(run, 0);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        membench_expect_text(run->out, options[i]);
    }
    assert_string_equal(run->err, "");
}

/* ---- options ---- */

static void an_unknown_option_is_refused_and_the_nearest_is_offered(void **state)
{
    struct membench *run = *state;
    refuse(run, "unknown option '--runz'", "'runs'", "--runz", "3", "workload.py");
    refuse(run, "unknown option '--layuot=fixed'", "'layout'", "--layuot=fixed", "workload.py");
    refuse(run, "unknown option '-Z'", "--help shows all", "-Z", "workload.py");
}

static void an_option_without_its_value_is_refused(void **state)
{
    struct membench *run = *state;
    refuse(run, "option '-n' needs a value", "--help", "workload.py", "-n");
    refuse(run, "option '--runs' needs a value", "--help", "workload.py", "--runs");
    refuse(run, "option '--tick' takes no value", "--help", "--tick=3", "workload.py");
}

static void a_number_that_is_none_is_refused(void **state)
{
    struct membench *run = *state;
    refuse(run, "--runs: '0' is not a whole number", "--help", "-n", "0", "workload.py");
    refuse(run, "--runs: 'x' is not a whole number", "--help", "-n", "x", "workload.py");
    refuse(run, "--runs: '1.5' is not a whole number", "--help", "-n", "1.5", "workload.py");
    refuse(run, "--cycles: '-1' is not a whole number", "--help", "--cycles=-1", "workload.py");
    refuse(run, "--settle: 'soon' is not a number", "at least 0", "--settle", "soon",
           "workload.py");
    refuse(run, "--timeout: '0' is not a number", "at least 0.1", "--timeout", "0", "workload.py");
    refuse(run, "--timeout: '5s' is not a number", "without a unit", "--timeout", "5s",
           "workload.py");
    refuse(run, "--seed: '-1' is not a seed", "whole number", "--seed=-1", "workload.py");
    refuse(run, "--memory-limit: 'much' is not a size", "2GiB", "--memory-limit", "much",
           "workload.py");
    refuse(run, "--memory-limit: '0' is not a size", "2GiB", "--memory-limit", "0", "workload.py");
}

static void a_choice_that_is_none_is_refused_with_the_choices(void **state)
{
    struct membench *run = *state;
    refuse(run, "no layout 'loose'", "random, fixed", "--layout", "loose", "workload.py");
    refuse(run, "'on' is not a mode", "host", "--thp", "on", "workload.py");
    refuse(run, "no object allocator 'jemalloc'", "pymalloc, malloc, both", "--object-allocator",
           "jemalloc", "workload.py");
}

static void an_environment_that_cannot_be_set_is_refused(void **state)
{
    struct membench *run = *state;
    refuse(run, "'SURELY_NOT_SET' is not set", "SURELY_NOT_SET=VALUE", "-E", "SURELY_NOT_SET",
           "workload.py");
    refuse(run, "LD_PRELOAD", "define an allocator", "-E", "LD_PRELOAD=/some/library.so",
           "workload.py");
    refuse(run, "'=value' is not an environment variable", "NAME=VALUE", "-E", "=value",
           "workload.py");
}

static void a_directory_that_is_no_virtual_environment_is_refused(void **state)
{
    struct membench *run = *state;
    membench_write(run, "venv/lib/some.txt", "");
    refuse(run, "/venv' is not a virtual environment", "-m venv DIR", "--venv", "venv",
           "workload.py");
    refuse(run, "/missing' is not a virtual environment", "-m venv DIR", "--venv", "missing",
           "workload.py");
    membench_set(run, "VIRTUAL_ENV", membench_path(run, "venv"));
    refuse(run, "is not a virtual environment", "-m venv DIR", "workload.py");
}

static void what_is_for_scripts_is_refused_for_a_workload(void **state)
{
    struct membench *run = *state;
    refuse(run, "'workload.py' defines run(p)", "--script", "workload.py", "--", "--port", "0");
    refuse(run, "'workload.py' defines run(p)", "--timeout", "--duration", "1", "workload.py");
}

static void a_list_of_something_else_is_refused_with_what_there_is(void **state)
{
    struct membench *run = *state;
    refuse(run, "no list of 'things'", "membench list workloads", "list", "things");
    refuse(run, "'list' takes one word", "membench list metrics", "list");
    refuse(run, "'list' takes one word", "membench list metrics", "list", "metrics", "more");
}

/* ---- parameters ---- */

static void an_unknown_parameter_is_refused_with_the_known_ones(void **state)
{
    struct membench *run = *state;
    refuse(run, "no workload has a parameter 'speed'", "known are size, name, flag, share", "-p",
           "speed=1", "workload.py");
    refuse(run, "no workload has a parameter 'sise'", "'size'", "-p", "sise=1", "workload.py");
    membench_write(run, "bare.py", "def run(p):\n    pass\n");
    refuse(run, "no workload has a parameter 'size'", "PARAMS = {...}", "-p", "size=1", "bare.py");
    refuse(run, "'size' is not a parameter", "-p NAME=VALUE", "-p", "size", "workload.py");
}

static void a_parameter_of_another_type_is_refused_with_its_default(void **state)
{
    struct membench *run = *state;
    refuse(run, "parameter 'size' of workload 'workload' cannot be 'big'", "its default is 1", "-p",
           "size=big", "workload.py");
    refuse(run, "cannot be '1.5'", "a whole number", "-p", "size=1.5", "workload.py");
    refuse(run, "cannot be 'maybe'", "true or false; its default is True", "-p", "flag=maybe",
           "workload.py");
    refuse(run, "cannot be 'half'", "a number; its default is 0.5", "-p", "share=half",
           "workload.py");
}

/* ---- allocators ---- */

static void an_unknown_allocator_is_refused_and_the_nearest_is_offered(void **state)
{
    struct membench *run = *state;
    refuse(run, "unknown allocator 'jemaloc'", "'jemalloc'", "-a", "jemaloc", "workload.py");
    refuse(run, "unknown allocator 'tcmaloc'", "'tcmalloc'", "-a", "glibc,tcmaloc", "workload.py");
    refuse(run, "unknown allocator 'nothing-like-it'", "glibc, glibc-arena1", "-a",
           "nothing-like-it", "workload.py");
    refuse(run, "unknown allocator ''", "glibc, glibc-arena1", "-a", "glibc,", "workload.py");
    refuse(run, "'glibc;MALLOC_ARENA_MAX=1' has no name", "NAME=BASE", "-a",
           "glibc;MALLOC_ARENA_MAX=1", "workload.py");
    refuse(run, "'glibc;X' has no name", "NAME=BASE", "-a", "glibc;X", "workload.py");
    refuse(run, "unknown allocator 'jemallox'", "'jemalloc'", "-a", "mine=jemallox", "workload.py");
}

static void an_allocator_that_is_given_twice_is_refused(void **state)
{
    struct membench *run = *state;
    refuse(run, "'glibc' is given twice", "once", "-a", "glibc,glibc", "workload.py");
    refuse(run, "'mine' is given twice", "once", "-a", "mine=glibc", "-a",
           "mine=glibc;MALLOC_ARENA_MAX=1", "workload.py");
}

static void a_bad_definition_of_an_allocator_is_refused(void **state)
{
    struct membench *run = *state;
    refuse(run, "'glibc' cannot be the name", "take another", "-a", "glibc=jemalloc",
           "workload.py");
    refuse(run, "'two words' cannot be the name", "NAME=BASE", "-a", "two words=glibc",
           "workload.py");
    refuse(run, "'' cannot be the name", "NAME=BASE", "-a", "=glibc", "workload.py");
    refuse(run, "'SURELY_NOT_SET' is not set", "=VALUE", "-a", "mine=glibc;SURELY_NOT_SET",
           "workload.py");
    refuse(run, "LD_PRELOAD", "define an allocator", "-a", "mine=glibc;LD_PRELOAD=/x.so",
           "workload.py");
}

/* ---- files ---- */

static void a_run_without_a_workload_is_refused(void **state)
{
    struct membench *run = *state;
    refuse(run, "no workload is given", "membench list workloads", "run");
    refuse(run, "no workload is given", "membench list workloads", "-n", "1");
}

static void a_missing_file_is_refused_and_the_nearest_shipped_workload_is_offered(void **state)
{
    struct membench *run = *state;
    refuse(run, "there is no file 'request_burst'", "'request_bursts'", "request_burst");
    refuse(run, "there is no file 'missing.py'", "membench list workloads", "missing.py");
    refuse(run, "cannot read 'workload.py/below.py': Not a directory", "a Python file",
           "workload.py/below.py");
}

static void what_is_no_regular_file_is_refused(void **state)
{
    struct membench *run = *state;
    membench_write(run, "directory/file", "");
    refuse(run, "'directory' is a directory", "a Python file", "directory");
    refuse(run, "'/dev/zero' is not a regular file", "a Python file", "/dev/zero");
    assert_int_equal(mkfifo(membench_path(run, "pipe"), 0600), 0);
    refuse(run, "'pipe' is not a regular file", "a Python file", "pipe");
}

static void a_file_that_may_not_be_read_is_refused(void **state)
{
    struct membench *run = *state;
    if (geteuid() == 0) {
        skip(); /* root may read everything */
    }
    assert_int_equal(chmod(membench_write(run, "closed.py", workload), 0), 0);
    refuse(run, "cannot read 'closed.py': Permission denied", "may read", "closed.py");
}

static void a_binary_file_is_refused(void **state)
{
    struct membench *run = *state;
    refuse(run, "it is a binary file", "Python source", MEMBENCH_PROGRAM);
    refuse_file(run, "\x89PNG\r\n\x1a\n\xff\xfe", "'bad.py': ", "Python");
}

static void a_syntax_error_is_refused_with_its_line(void **state)
{
    struct membench *run = *state;
    refuse_file(run, "one = 1\n\ndef run(p)\n    pass\n", "'bad.py': line 3: expected ':'",
                "Python 3.11");
    refuse_file(run, "print 'two'\n", "'bad.py': line 1: ", "Python 3.11");
    refuse_file(run, "if True:\n    pass\n\tpass\n", "'bad.py': line 3: ", "Python 3.11");
}

static void a_file_that_no_parser_can_hold_is_refused(void **state)
{
    enum { DEPTH = 200000 };
    static char text[DEPTH + 2];
    struct membench *run = *state;
    memset(text, '-', DEPTH);
    text[DEPTH] = '1';
    refuse_file(run, text, "'bad.py': ", "Python source");
}

static void the_words_of_a_file_do_not_steer_the_terminal(void **state)
{
    struct membench *run = *state;
    refuse_file(run, "one = 1\n\x1b[31mred = \x1b]0;title\x07\n", "'bad.py': line 2: ", "Python");
    assert_null(strpbrk(run->err, "\x1b\x07"));
}

static void parameters_that_are_no_constants_are_refused(void **state)
{
    struct membench *run = *state;
    refuse_file(run, "PARAMS = {'size': open}\ndef run(p):\n    pass\n",
                "'bad.py': line 1: the default of parameter 'size'", "PARAMS = {");
    refuse_file(run, "PARAMS = {'size': [1]}\ndef run(p):\n    pass\n",
                "'bad.py': line 1: the default of parameter 'size'", "PARAMS = {");
    refuse_file(run, "\nPARAMS = ['size']\ndef run(p):\n    pass\n",
                "'bad.py': line 2: PARAMS is not a dictionary", "PARAMS = {");
    refuse_file(run, "PARAMS = {'si ze': 1}\ndef run(p):\n    pass\n",
                "'bad.py': line 1: a parameter's name", "PARAMS = {");
    refuse_file(run, "PARAMS = {'text': '\\ud800'}\ndef run(p):\n    pass\n",
                "'bad.py': line 1: the default of parameter 'text'", "PARAMS = {");
    refuse_file(run, "PARAMS = {'text': 'a\\0b'}\ndef run(p):\n    pass\n",
                "'bad.py': line 1: the default of parameter 'text'", "PARAMS = {");
}

static void a_wrong_timeout_is_refused(void **state)
{
    static const char hint[] = "TIMEOUT = 60";
    struct membench *run = *state;
    refuse_file(run, "TIMEOUT = 'long'\ndef run(p):\n    pass\n", "'bad.py': line 1: TIMEOUT",
                hint);
    refuse_file(run, "TIMEOUT = 0\ndef run(p):\n    pass\n", "'bad.py': line 1: TIMEOUT", hint);
    refuse_file(run, "TIMEOUT = 1e999\ndef run(p):\n    pass\n", "'bad.py': line 1: TIMEOUT", hint);
}

static void a_wrong_expectation_is_refused(void **state)
{
    struct membench *run = *state;
    refuse_file(run, "EXPECT = 'the best'\ndef run(p):\n    pass\n", "'bad.py': line 1: EXPECT",
                "timed-out");
    refuse_file(run, "EXPECT = 'skipped'\ndef run(p):\n    pass\n", "'bad.py': line 1: EXPECT",
                "timed-out");
}

static void an_odd_docstring_is_no_reason_to_refuse(void **state)
{
    struct membench *run = *state;
    membench_write(run, "odd.py", "'''\\ud800 \\0 \\x1b[31m'''\ndef run(p):\n    pass\n");
    membench_run(run, "-a", "glibc", "-n", "1", "--settle", "0", "odd.py");
    membench_expect(run, 0);
}

/* ---- where results go ---- */

/* A place that cannot be written to is found before the first trial, not after an hour. */
static void refuse_place(struct membench *run, const char *place, const char *message)
{
    membench_write(run, "workload.py", workload);
    membench_run(run, "-a", "glibc", "-n", "1", "-o", place, "workload.py");
    membench_expect(run, 125);
    expect_error(run, message, "--out");
    assert_string_equal(run->out, "");
    assert_false(is_there(run, "it-ran"));
}

static void a_file_as_the_place_of_results_is_refused_at_once(void **state)
{
    struct membench *run = *state;
    membench_write(run, "file", "");
    refuse_place(run, "file", "'file': Not a directory");
    refuse_place(run, "file/below", "'file/below': Not a directory");
}

static void a_place_that_may_not_be_written_to_is_refused_at_once(void **state)
{
    struct membench *run = *state;
    refuse_place(run, "/proc/results", "'/proc/results': ");
    if (geteuid() == 0) {
        return; /* root may write everywhere else */
    }
    const char *closed = membench_path(run, "closed");
    assert_int_equal(mkdir(closed, 0555), 0);
    refuse_place(run, "closed", "Permission denied");
    refuse_place(run, "closed/below", "'closed/below': Permission denied");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(without_arguments_it_shows_its_usage_and_fails),
        membench_test(help_teaches_by_three_examples),
        membench_test(help_of_a_run_shows_every_option),
        membench_test(an_unknown_option_is_refused_and_the_nearest_is_offered),
        membench_test(an_option_without_its_value_is_refused),
        membench_test(a_number_that_is_none_is_refused),
        membench_test(a_choice_that_is_none_is_refused_with_the_choices),
        membench_test(an_environment_that_cannot_be_set_is_refused),
        membench_test(a_directory_that_is_no_virtual_environment_is_refused),
        membench_test(what_is_for_scripts_is_refused_for_a_workload),
        membench_test(a_list_of_something_else_is_refused_with_what_there_is),
        membench_test(an_unknown_parameter_is_refused_with_the_known_ones),
        membench_test(a_parameter_of_another_type_is_refused_with_its_default),
        membench_test(an_unknown_allocator_is_refused_and_the_nearest_is_offered),
        membench_test(an_allocator_that_is_given_twice_is_refused),
        membench_test(a_bad_definition_of_an_allocator_is_refused),
        membench_test(a_run_without_a_workload_is_refused),
        membench_test(a_missing_file_is_refused_and_the_nearest_shipped_workload_is_offered),
        membench_test(what_is_no_regular_file_is_refused),
        membench_test(a_file_that_may_not_be_read_is_refused),
        membench_test(a_binary_file_is_refused),
        membench_test(a_syntax_error_is_refused_with_its_line),
        membench_test(a_file_that_no_parser_can_hold_is_refused),
        membench_test(the_words_of_a_file_do_not_steer_the_terminal),
        membench_test(parameters_that_are_no_constants_are_refused),
        membench_test(a_wrong_timeout_is_refused),
        membench_test(a_wrong_expectation_is_refused),
        membench_test(an_odd_docstring_is_no_reason_to_refuse),
        membench_test(a_file_as_the_place_of_results_is_refused_at_once),
        membench_test(a_place_that_may_not_be_written_to_is_refused_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
