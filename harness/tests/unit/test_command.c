#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/command.h"
#include "tests/support/descriptors.h"

/* Far more than any of these takes. */
static const double patience = 50;

static const char *const environment[] = {"PATH=/usr/bin:/bin", "COLOUR=blue", NULL};

static int run_script(const char *script, double seconds, struct command_output *output,
                      struct error *err)
{
    const char *const argv[] = {"/bin/sh", "-c", script, NULL};
    return command_run(argv, environment, seconds, output, err);
}

static void run(const char *script, struct command_output *output)
{
    struct error err = {0};
    if (run_script(script, patience, output, &err)) {
        fail_msg("%s", err.message);
    }
}

static void command_run_keeps_both_streams_apart(void **state)
{
    (void)state;
    struct command_output output;
    run("echo out; echo error >&2; printf 'a\\000b'", &output);
    assert_int_equal(output.out_length, 7);
    assert_memory_equal(output.out, "out\na\0b", 8);
    assert_string_equal(output.err, "error\n");
    assert_int_equal(output.err_length, 6);
    command_output_clear(&output);
    assert_null(output.out);
}

static void command_run_gives_empty_text_for_no_output(void **state)
{
    (void)state;
    struct command_output output;
    run("true", &output);
    assert_string_equal(output.out, "");
    assert_string_equal(output.err, "");
    assert_int_equal(output.out_length, 0);
    command_output_clear(&output);
}

static void command_run_reports_the_exit_status(void **state)
{
    (void)state;
    struct command_output output;
    run("exit 42", &output);
    assert_true(WIFEXITED(output.status));
    assert_int_equal(WEXITSTATUS(output.status), 42);
    command_output_clear(&output);
}

static void command_run_reports_the_signal(void **state)
{
    (void)state;
    struct command_output output;
    run("kill -USR1 $$", &output);
    assert_true(WIFSIGNALED(output.status));
    assert_int_equal(WTERMSIG(output.status), SIGUSR1);
    command_output_clear(&output);
}

static void command_run_reports_a_failed_exec(void **state)
{
    (void)state;
    struct error err = {0};
    struct command_output output;
    const char *const argv[] = {"/nowhere/at/all", NULL};
    assert_int_equal(command_run(argv, environment, patience, &output, &err), -1);
    assert_string_equal(err.message, "cannot start '/nowhere/at/all': No such file or directory");
}

static void command_run_cuts_output_at_one_mebibyte(void **state)
{
    (void)state;
    struct command_output output;
    run("head -c 3000000 /dev/zero | tr '\\000' x; echo the end >&2", &output);
    assert_int_equal(output.out_length, 1 << 20);
    assert_int_equal(strlen(output.out), 1 << 20);
    assert_string_equal(output.err, "the end\n");
    assert_int_equal(output.status, 0);
    command_output_clear(&output);
}

static void command_run_waits_for_a_command_that_closed_its_streams(void **state)
{
    (void)state;
    struct command_output output;
    run("echo first; exec >&- 2>&-; sleep 0.2; exit 3", &output);
    assert_string_equal(output.out, "first\n");
    assert_int_equal(WEXITSTATUS(output.status), 3);
    command_output_clear(&output);
}

static void command_run_says_when_the_time_was_up(void **state)
{
    (void)state;
    struct error err = {0};
    struct command_output output;
    assert_int_equal(run_script("echo begun; exec sleep 1000", 0.3, &output, &err), 0);
    assert_true(output.is_late);
    assert_string_equal(output.out, "begun\n");
    command_output_clear(&output);
    assert_int_equal(run_script("true", 60, &output, &err), 0);
    assert_false(output.is_late);
    command_output_clear(&output);
}

/* Everything that the command started holds the pipe: its end says that all of it is dead. */
static void command_run_kills_the_whole_group_when_the_time_is_up(void **state)
{
    (void)state;
    int alive[2];
    assert_int_equal(pipe(alive), 0);
    struct error err = {0};
    struct command_output output;
    assert_int_equal(run_script("trap '' TERM HUP; sleep 1000 & sleep 1000", 0.2, &output, &err),
                     0);
    assert_true(output.is_late);
    command_output_clear(&output);
    close(alive[1]);
    char byte;
    assert_int_equal(read(alive[0], &byte, 1), 0);
    close(alive[0]);
}

static void command_run_gives_exactly_the_environment(void **state)
{
    (void)state;
    struct error err;
    struct command_output output;
    const char *const argv[] = {"/usr/bin/env", NULL};
    assert_int_equal(command_run(argv, environment, patience, &output, &err), 0);
    assert_string_equal(output.out, "PATH=/usr/bin:/bin\nCOLOUR=blue\n");
    command_output_clear(&output);
}

static void command_run_gives_no_input(void **state)
{
    (void)state;
    struct command_output output;
    run("cat; readlink /proc/$$/fd/0", &output);
    assert_string_equal(output.out, "/dev/null\n");
    command_output_clear(&output);
}

/* The signals of a "Sig..." line of /proc/PID/status, less 32 and 33, which glibc keeps for itself.
 */
static unsigned long long signals_in(const char *status, const char *key)
{
    const char *line = strstr(status, key);
    assert_non_null(line);
    return strtoull(line + strlen(key), NULL, 16) & ~(3ull << 31);
}

static void command_run_gives_back_the_signals_that_are_blocked_or_ignored_here(void **state)
{
    (void)state;
    sigset_t blocked, before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    signal(SIGPIPE, SIG_IGN);
    struct error err;
    struct command_output output;
    const char *const argv[] = {"/bin/cat", "/proc/self/status", NULL};
    int failed = command_run(argv, environment, patience, &output, &err);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &before, NULL);
    assert_int_equal(failed, 0);
    assert_int_equal(signals_in(output.out, "SigBlk:"), 0);
    assert_int_equal(signals_in(output.out, "SigIgn:"), 0);
    command_output_clear(&output);
}

static void command_run_leaves_no_descriptor_behind(void **state)
{
    (void)state;
    struct error err;
    struct command_output output;
    unsigned before = descriptors_count();
    run("true", &output);
    command_output_clear(&output);
    run_script("sleep 1000", 0.05, &output, &err);
    command_output_clear(&output);
    const char *const missing[] = {"/nowhere", NULL};
    command_run(missing, environment, patience, &output, &err);
    assert_int_equal(descriptors_count(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(command_run_keeps_both_streams_apart),
        cmocka_unit_test(command_run_gives_empty_text_for_no_output),
        cmocka_unit_test(command_run_reports_the_exit_status),
        cmocka_unit_test(command_run_reports_the_signal),
        cmocka_unit_test(command_run_reports_a_failed_exec),
        cmocka_unit_test(command_run_cuts_output_at_one_mebibyte),
        cmocka_unit_test(command_run_waits_for_a_command_that_closed_its_streams),
        cmocka_unit_test(command_run_says_when_the_time_was_up),
        cmocka_unit_test(command_run_kills_the_whole_group_when_the_time_is_up),
        cmocka_unit_test(command_run_gives_exactly_the_environment),
        cmocka_unit_test(command_run_gives_no_input),
        cmocka_unit_test(command_run_gives_back_the_signals_that_are_blocked_or_ignored_here),
        cmocka_unit_test(command_run_leaves_no_descriptor_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
