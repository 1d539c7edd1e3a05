#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "measure/worker_exit.h"
#include "run/keeper.h"
#include "run/stacks.h"
#include "tests/support/contains.h"
#include "tests/support/puppet.h"

static const char dump[] = "Thread 0x1 (most recent call first):\n  File \"x.py\", line 3 in run\n";

static void write_dump(int number)
{
    (void)number;
    (void)!write(KEEPER_STACKS, dump, sizeof dump - 1);
}

/* A worker that has the file for its stacks where it should be, or nothing there. */
static void wait_as_worker(struct puppet *self, void *stacks)
{
    prctl(PR_SET_NAME, "waiting");
    if (stacks) {
        dup2(*(int *)stacks, KEEPER_STACKS);
        signal(WORKER_DUMP_SIGNAL, write_dump);
    }
    puppet_say(self, 0);
    for (;;) {
        pause();
    }
}

static void the_workers_threads_and_python_stacks_are_shown(void **state)
{
    (void)state;
    struct puppet worker;
    cleanup_close int stacks = memfd_create("stacks", MFD_CLOEXEC);
    puppet_start(&worker, wait_as_worker, &stacks);
    puppet_hear(&worker);
    cleanup_free char *text = stacks_collect(getpid(), worker.pid, stacks);
    cleanup_free char *head =
        text_format("worker %d\n  thread %d 'waiting' state ", worker.pid, worker.pid);
    cleanup_free char *tail = text_format("Python stacks of the worker:\n%s", dump);
    assert_contains(text, head);
    assert_contains(text, tail);
    puppet_end(&worker);
}

/* The signal would kill it: nobody in it listens. */
static void a_worker_whose_descriptor_is_another_file_is_not_signalled(void **state)
{
    (void)state;
    struct puppet worker;
    cleanup_close int stacks = memfd_create("stacks", MFD_CLOEXEC);
    puppet_start(&worker, wait_as_worker, NULL);
    puppet_hear(&worker);
    cleanup_free char *text = stacks_collect(getpid(), worker.pid, stacks);
    assert_contains(text, "'waiting'");
    assert_lacks(text, "Python stacks");
    int status = puppet_end(&worker);
    assert_int_equal(status, SIGKILL); /* of puppet_end; the dump's signal would stand there */
}

static void other_processes_are_shown_with_their_command(void **state)
{
    (void)state;
    struct puppet worker, other;
    cleanup_close int stacks = memfd_create("stacks", MFD_CLOEXEC);
    puppet_start(&worker, wait_as_worker, &stacks);
    puppet_start(&other, wait_as_worker, NULL);
    puppet_hear(&worker);
    puppet_hear(&other);
    cleanup_free char *text = stacks_collect(getpid(), worker.pid, stacks);
    cleanup_free char *line = text_format("process %d: %s", other.pid, program_invocation_name);
    assert_contains(text, line);
    puppet_end(&other);
    puppet_end(&worker);
}

static void end_at_once(struct puppet *self, void *argument)
{
    (void)self;
    (void)argument;
}

static void a_process_that_has_ended_is_shown_as_such(void **state)
{
    (void)state;
    struct puppet worker;
    cleanup_close int stacks = memfd_create("stacks", MFD_CLOEXEC);
    puppet_start(&worker, end_at_once, NULL);
    puppet_await_end(&worker);
    cleanup_free char *text = stacks_collect(getpid(), getpid(), stacks);
    assert_contains(text, "(ended, not yet reaped)");
    puppet_end(&worker);
}

static void without_a_process_there_is_nothing_to_show(void **state)
{
    (void)state;
    struct puppet gone;
    cleanup_close int stacks = memfd_create("stacks", MFD_CLOEXEC);
    puppet_start(&gone, end_at_once, NULL);
    pid_t pid = gone.pid;
    puppet_end(&gone);
    cleanup_free char *text = stacks_collect(pid, pid, stacks);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_workers_threads_and_python_stacks_are_shown),
        cmocka_unit_test(a_worker_whose_descriptor_is_another_file_is_not_signalled),
        cmocka_unit_test(other_processes_are_shown_with_their_command),
        cmocka_unit_test(a_process_that_has_ended_is_shown_as_such),
        cmocka_unit_test(without_a_process_there_is_nothing_to_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
