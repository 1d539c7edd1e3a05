#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "measure/procfs.h"
#include "run/keeper.h"
#include "tests/support/contains.h"
#include "tests/support/descriptors.h"
#include "tests/support/puppet.h"

/* Only a keeper that does not do its work lets a test wait that long. */
static const double patience = 20;

static const char *const environment[] = {"PATH=/usr/bin:/bin", "COLOUR=blue", NULL};

/* A trial below a keeper, with a command in the place of the worker. */
struct stage {
    struct keeper_order order;
    struct keeper keeper;
    int wire; /* our end */
    int output;
    pid_t worker;
    int started, not_started, ended, refused; /* how often each was reported */
    int status, code;                         /* of KEEPER_ENDED, of KEEPER_NOT_STARTED */
};

static void prepare(struct stage *stage, const char *const *argv)
{
    int wire[2], output[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, wire), 0);
    assert_int_equal(pipe2(output, O_CLOEXEC), 0);
    *stage = (struct stage){.wire = wire[0],
                            .output = output[0],
                            .order = {.argv = argv,
                                      .environment = environment,
                                      .wire = wire[1],
                                      .output = output[1],
                                      .stacks = memfd_create("stacks", MFD_CLOEXEC)}};
}

static void raise_curtain(struct stage *stage)
{
    struct error err = {0};
    if (keeper_start(&stage->keeper, &stage->order, &err)) {
        fail_msg("%s", err.message);
    }
    close(take_descriptor(&stage->order.wire));
    close(take_descriptor(&stage->order.output));
}

/* Hears one report. Returns false when everything is gone. */
static bool hear(struct stage *stage)
{
    struct keeper_report report = keeper_receive(&stage->keeper);
    switch (report.word) {
    case KEEPER_NOTHING:
        usleep(500);
        break;
    case KEEPER_STARTED:
        stage->started++;
        stage->worker = report.value;
        break;
    case KEEPER_NOT_STARTED:
        stage->not_started++;
        stage->code = report.value;
        break;
    case KEEPER_LAYOUT_REFUSED:
        stage->refused++;
        break;
    case KEEPER_ENDED:
        stage->ended++;
        stage->status = report.value;
        break;
    case KEEPER_GONE:
        return false;
    }
    return true;
}

static void await_gone(struct stage *stage)
{
    while (hear(stage)) {
    }
}

/* All that the trial printed. It ends when no process holds the pipe: all are dead then. */
static char *read_output(struct stage *stage)
{
    enum { MOST = 65536 };
    char *text = text_allocate(MOST + 1);
    size_t length = 0;
    ssize_t got;
    while ((got = read(stage->output, text + length, MOST - length)) > 0) {
        length += (size_t)got;
    }
    text[length] = '\0';
    return text;
}

/* Waits for a line of output: that the command has come so far. */
static char *read_line(struct stage *stage)
{
    char line[256];
    size_t length = 0;
    while (length < sizeof line - 1 && read(stage->output, line + length, 1) == 1 &&
           line[length] != '\n') {
        length++;
    }
    line[length] = '\0';
    return text_copy(line);
}

static void strike_stage(struct stage *stage)
{
    assert_true(keeper_clear(&stage->keeper, patience));
    close(stage->wire);
    close(stage->output);
    close(stage->order.stacks);
}

/* Plays a shell script to its end. Returns what it printed. */
static char *play(struct stage *stage, const char *script)
{
    const char *const argv[] = {"/bin/sh", "-c", script, NULL};
    prepare(stage, argv);
    raise_curtain(stage);
    await_gone(stage);
    char *output = read_output(stage);
    strike_stage(stage);
    return output;
}

static void assert_all_dead(const char *pids)
{
    unsigned count = 0;
    char *end;
    for (const char *at = pids; *at; at = end) {
        long pid = strtol(at, &end, 10);
        if (end == at) {
            break;
        }
        assert_int_equal(kill((pid_t)pid, 0), -1);
        assert_int_equal(errno, ESRCH);
        count++;
    }
    assert_true(count > 0);
}

/* ---- what is reported ---- */

static void keeper_reports_the_exit_status(void **state)
{
    (void)state;
    struct stage stage;
    cleanup_free char *output = play(&stage, "echo $$; exit 42");
    assert_int_equal(stage.started, 1);
    assert_int_equal(stage.ended, 1);
    assert_int_equal(stage.not_started, 0);
    assert_true(WIFEXITED(stage.status));
    assert_int_equal(WEXITSTATUS(stage.status), 42);
    assert_int_equal(atoi(output), stage.worker);
}

static void keeper_reports_the_signal(void **state)
{
    (void)state;
    struct stage stage;
    free(play(&stage, "kill -SEGV $$"));
    assert_true(WIFSIGNALED(stage.status));
    assert_int_equal(WTERMSIG(stage.status), SIGSEGV);
}

static void keeper_reports_exec_failure(void **state)
{
    (void)state;
    struct stage stage;
    const char *const argv[] = {"/nowhere/membench-worker", NULL};
    prepare(&stage, argv);
    raise_curtain(&stage);
    await_gone(&stage);
    strike_stage(&stage);
    assert_int_equal(stage.not_started, 1);
    assert_int_equal(stage.code, ENOENT);
}

static void keeper_has_nothing_to_report_while_the_worker_runs(void **state)
{
    (void)state;
    struct stage stage;
    const char *const argv[] = {"/bin/sh", "-c", "echo here; sleep 1000", NULL};
    prepare(&stage, argv);
    raise_curtain(&stage);
    free(read_line(&stage));
    while (!stage.started) {
        hear(&stage);
    }
    assert_int_equal(keeper_receive(&stage.keeper).word, KEEPER_NOTHING);
    assert_int_equal(keeper_receive(&stage.keeper).word, KEEPER_NOTHING);
    keeper_kill(&stage.keeper);
    await_gone(&stage);
    assert_int_equal(keeper_receive(&stage.keeper).word, KEEPER_GONE);
    strike_stage(&stage);
}

/* ---- what the worker finds ---- */

static void the_worker_has_its_five_descriptors_and_no_other(void **state)
{
    (void)state;
    struct stage stage;
    int extra = dup(0); /* not close-on-exec */
    int high = fcntl(0, F_DUPFD, 300);
    cleanup_free char *output =
        play(&stage, "ls -1 /proc/$$/fd; cd /proc/$$/fd; readlink 0 1 2 200 201");
    close(extra);
    close(high);
    assert_true(text_starts_with(output, "0\n1\n2\n200\n201\n/dev/null\npipe:["));
    assert_contains(output, "socket:[");
    assert_contains(output, "/memfd:stacks");
}

static void descriptors_may_have_the_numbers_they_are_moved_to(void **state)
{
    (void)state;
    struct stage stage;
    const char *const argv[] = {"/bin/sh", "-c", "readlink /proc/$$/fd/200 /proc/$$/fd/201", NULL};
    prepare(&stage, argv);
    /* Crosswise: the wire lies where the stacks go, and the other way round. */
    int wire = dup3(stage.order.wire, KEEPER_STACKS, O_CLOEXEC);
    int stacks = dup3(stage.order.stacks, KEEPER_WIRE, O_CLOEXEC);
    close(stage.order.wire);
    close(stage.order.stacks);
    stage.order.wire = wire;
    stage.order.stacks = stacks;
    raise_curtain(&stage);
    await_gone(&stage);
    cleanup_free char *output = read_output(&stage);
    strike_stage(&stage);
    assert_true(text_starts_with(output, "socket:["));
    assert_contains(output, "\n/memfd:stacks");
}

/* The signals of a "Sig..." line of /proc/PID/status, less 32 and 33, which glibc keeps for itself.
 */
static unsigned long long signals_in(const char *status, const char *key)
{
    const char *line = strstr(status, key);
    assert_non_null(line);
    return strtoull(line + strlen(key), NULL, 16) & ~(3ull << 31);
}

static char *show_file(struct stage *stage, const char *path)
{
    const char *const argv[] = {"/bin/cat", path, NULL};
    stage->order.argv = argv;
    raise_curtain(stage);
    await_gone(stage);
    char *output = read_output(stage);
    strike_stage(stage);
    return output;
}

static void the_worker_has_no_signal_blocked_or_ignored(void **state)
{
    (void)state;
    struct stage stage;
    sigset_t blocked, before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    sigaddset(&blocked, SIGUSR1);
    prepare(&stage, NULL);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    cleanup_free char *output = show_file(&stage, "/proc/self/status");
    signal(SIGPIPE, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    sigprocmask(SIG_SETMASK, &before, NULL);
    assert_int_equal(signals_in(output, "SigBlk:"), 0);
    assert_int_equal(signals_in(output, "SigIgn:"), 0);
}

static void the_worker_has_exactly_the_environment(void **state)
{
    (void)state;
    struct stage stage;
    prepare(&stage, NULL);
    setenv("LEAK", "1", 1);
    cleanup_free char *output = show_file(&stage, "/proc/self/environ");
    unsetenv("LEAK");
    assert_memory_equal(output, "PATH=/usr/bin:/bin\0COLOUR=blue\0", 32);
}

static void the_worker_is_what_the_kernel_takes_when_memory_runs_out(void **state)
{
    (void)state;
    struct stage stage;
    prepare(&stage, NULL);
    cleanup_free char *output = show_file(&stage, "/proc/self/oom_score_adj");
    assert_string_equal(output, "800\n");
}

static void the_worker_leaves_no_core(void **state)
{
    (void)state;
    struct stage stage;
    cleanup_free char *output = play(&stage, "ulimit -c");
    assert_string_equal(output, "0\n");
}

static unsigned long personality_of(bool is_layout_fixed)
{
    struct stage stage;
    prepare(&stage, NULL);
    stage.order.is_layout_fixed = is_layout_fixed;
    cleanup_free char *output = show_file(&stage, "/proc/self/personality");
    if (stage.refused) {
        skip(); /* some containers forbid it, and the keeper says so */
    }
    return strtoul(output, NULL, 16);
}

static void a_fixed_layout_switches_randomisation_off(void **state)
{
    (void)state;
    assert_true(personality_of(true) & ADDR_NO_RANDOMIZE);
    assert_false(personality_of(false) & ADDR_NO_RANDOMIZE);
}

static char *status_with(bool no_huge_pages)
{
    struct stage stage;
    prepare(&stage, NULL);
    stage.order.no_huge_pages = no_huge_pages;
    return show_file(&stage, "/proc/self/status");
}

static void huge_pages_can_be_switched_off(void **state)
{
    (void)state;
    cleanup_free char *off = status_with(true);
    cleanup_free char *on = status_with(false);
    assert_contains(off, "THP_enabled:\t0");
    assert_contains(on, "THP_enabled:\t1");
}

static void worker_and_keeper_have_sessions_of_their_own(void **state)
{
    (void)state;
    struct stage stage;
    const char *const argv[] = {"/bin/sh", "-c", "echo here; sleep 1000", NULL};
    prepare(&stage, argv);
    raise_curtain(&stage);
    free(read_line(&stage));
    while (!stage.started) {
        hear(&stage);
    }
    assert_int_equal(getsid(stage.worker), stage.worker);
    assert_int_equal(getsid(stage.keeper.pid), stage.keeper.pid);
    keeper_kill(&stage.keeper);
    await_gone(&stage);
    strike_stage(&stage);
}

/* ---- nothing lives on ---- */

static void children_that_linger_are_dead_when_the_keeper_is_gone(void **state)
{
    (void)state;
    struct stage stage;
    cleanup_free char *pids = play(&stage, "sleep 1000 & echo $!; (sleep 1000 & echo $!); exit 0");
    assert_int_equal(stage.ended, 1);
    assert_all_dead(pids);
}

static void a_grandchild_in_its_own_session_that_ignores_sigterm_is_killed(void **state)
{
    (void)state;
    struct stage stage;
    cleanup_free char *pids = play(
        &stage, "trap 'exit 3' USR1;"
                "setsid sh -c 'trap \"\" TERM HUP INT; echo $$; kill -USR1 $1; sleep 1000' - $$ &"
                "wait");
    assert_int_equal(WEXITSTATUS(stage.status), 3);
    assert_all_dead(pids);
}

static void fifty_children_are_killed(void **state)
{
    (void)state;
    struct stage stage;
    cleanup_free char *pids =
        play(&stage, "i=0; while [ $i -lt 50 ]; do sleep 1000 & echo $!; i=$((i+1)); done");
    unsigned lines = 0;
    for (const char *at = pids; *at; at++) {
        lines += *at == '\n';
    }
    assert_int_equal(lines, 50);
    assert_all_dead(pids);
}

static void keeper_kill_kills_what_ignores_every_signal_it_can(void **state)
{
    (void)state;
    struct stage stage;
    const char *const argv[] = {
        "/bin/sh", "-c", "trap '' TERM INT HUP QUIT; echo $$; while :; do sleep 1000; done", NULL};
    prepare(&stage, argv);
    raise_curtain(&stage);
    cleanup_free char *pid = read_line(&stage);
    keeper_kill(&stage.keeper);
    await_gone(&stage);
    free(read_output(&stage));
    strike_stage(&stage);
    assert_all_dead(pid);
}

static void a_worker_that_stopped_itself_is_killed(void **state)
{
    (void)state;
    struct stage stage;
    const char *const argv[] = {"/bin/sh", "-c", "echo $$; kill -STOP $$", NULL};
    prepare(&stage, argv);
    raise_curtain(&stage);
    cleanup_free char *pid = read_line(&stage);
    keeper_kill(&stage.keeper);
    await_gone(&stage);
    strike_stage(&stage);
    assert_all_dead(pid);
}

static void a_worker_that_stopped_its_keeper_is_killed(void **state)
{
    (void)state;
    struct stage stage;
    const char *const argv[] = {"/bin/sh", "-c", "kill -STOP $PPID; echo $$; sleep 1000", NULL};
    prepare(&stage, argv);
    raise_curtain(&stage);
    cleanup_free char *pid = read_line(&stage);
    keeper_kill(&stage.keeper);
    await_gone(&stage);
    strike_stage(&stage);
    assert_all_dead(pid);
}

static void if_the_keeper_is_killed_nothing_of_the_trial_lives_on(void **state)
{
    (void)state;
    struct stage stage;
    const char *const argv[] = {
        "/bin/sh", "-c", "setsid sleep 1000 & echo $$ $!; while :; do sleep 1000; done", NULL};
    prepare(&stage, argv);
    raise_curtain(&stage);
    cleanup_free char *pids = read_line(&stage);
    kill(stage.keeper.pid, SIGKILL);
    await_gone(&stage);
    assert_true(keeper_clear(&stage.keeper, patience));
    assert_all_dead(pids);
    free(read_output(&stage));
    close(stage.wire);
    close(stage.output);
    close(stage.order.stacks);
}

/* The supervisor is a process of its own here, so that it can be killed as `kill -9` does. */
static void supervise(struct puppet *self, void *argument)
{
    struct stage *stage = argument;
    raise_curtain(stage);
    puppet_say(self, 1);
    pause();
}

static void kill_the_supervisor_of(const char *script)
{
    struct stage stage;
    struct puppet supervisor;
    const char *const argv[] = {"/bin/sh", "-c", script, NULL};
    prepare(&stage, argv);
    puppet_start(&supervisor, supervise, &stage);
    close(take_descriptor(&stage.order.wire));
    close(take_descriptor(&stage.order.output));
    puppet_hear(&supervisor);
    cleanup_free char *pids = read_line(&stage);
    puppet_end(&supervisor);
    /* Whoever reaps the keeper now: this ends only when all of them are dead. */
    free(read_output(&stage));
    while (waitpid(-1, NULL, 0) > 0) {
    }
    assert_all_dead(pids);
    close(stage.wire);
    close(stage.output);
    close(stage.order.stacks);
}

static void everything_dies_when_the_supervisor_is_killed(void **state)
{
    (void)state;
    kill_the_supervisor_of("setsid sh -c 'trap \"\" TERM; sleep 1000' & echo $$ $!;"
                           "while :; do sleep 1000; done");
}

static void everything_dies_with_the_supervisor_if_the_keeper_was_stopped(void **state)
{
    (void)state;
    kill_the_supervisor_of("kill -STOP $PPID; sleep 1000 & echo $$ $!; wait");
}

/* ---- the supervisor's side ---- */

static void a_trial_leaves_no_descriptor_and_no_child_behind(void **state)
{
    (void)state;
    unsigned before = descriptors_count();
    struct stage stage;
    free(play(&stage, "sleep 1000 & exit 0"));
    assert_int_equal(descriptors_count(), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void the_wire_ends_when_the_worker_closes_it(void **state)
{
    (void)state;
    struct stage stage;
    /* sh takes descriptors up to 9 only. */
    const char *const argv[] = {"/bin/bash", "-c", "exec 200>&-; echo here; sleep 1000", NULL};
    prepare(&stage, argv);
    raise_curtain(&stage);
    cleanup_free char *line = read_line(&stage);
    assert_string_equal(line, "here");
    char byte;
    assert_int_equal(recv(stage.wire, &byte, 1, 0), 0); /* the keeper does not hold it */
    keeper_kill(&stage.keeper);
    await_gone(&stage);
    strike_stage(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeper_reports_the_exit_status),
        cmocka_unit_test(keeper_reports_the_signal),
        cmocka_unit_test(keeper_reports_exec_failure),
        cmocka_unit_test(keeper_has_nothing_to_report_while_the_worker_runs),
        cmocka_unit_test(the_worker_has_its_five_descriptors_and_no_other),
        cmocka_unit_test(descriptors_may_have_the_numbers_they_are_moved_to),
        cmocka_unit_test(the_worker_has_no_signal_blocked_or_ignored),
        cmocka_unit_test(the_worker_has_exactly_the_environment),
        cmocka_unit_test(the_worker_is_what_the_kernel_takes_when_memory_runs_out),
        cmocka_unit_test(the_worker_leaves_no_core),
        cmocka_unit_test(a_fixed_layout_switches_randomisation_off),
        cmocka_unit_test(huge_pages_can_be_switched_off),
        cmocka_unit_test(worker_and_keeper_have_sessions_of_their_own),
        cmocka_unit_test(children_that_linger_are_dead_when_the_keeper_is_gone),
        cmocka_unit_test(a_grandchild_in_its_own_session_that_ignores_sigterm_is_killed),
        cmocka_unit_test(fifty_children_are_killed),
        cmocka_unit_test(keeper_kill_kills_what_ignores_every_signal_it_can),
        cmocka_unit_test(a_worker_that_stopped_itself_is_killed),
        cmocka_unit_test(a_worker_that_stopped_its_keeper_is_killed),
        cmocka_unit_test(if_the_keeper_is_killed_nothing_of_the_trial_lives_on),
        cmocka_unit_test(everything_dies_when_the_supervisor_is_killed),
        cmocka_unit_test(everything_dies_with_the_supervisor_if_the_keeper_was_stopped),
        cmocka_unit_test(a_trial_leaves_no_descriptor_and_no_child_behind),
        cmocka_unit_test(the_wire_ends_when_the_worker_closes_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
