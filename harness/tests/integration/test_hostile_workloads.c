/* Workloads that fail, misbehave or break things: each has its outcome, what was measured before is
 * kept, and (by the teardown of every test) nothing of it lives on. Under glibc. */
#include "tests/support/membench.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/text.h"

#define ONE_TRIAL "-a", "glibc", "-n", "1", "--settle", "0"

/* The text with every white space as one blank: a table wraps its lines. */
static const char *flat(struct membench *run, const char *text)
{
    cleanup_free char *copy = text_copy(text);
    char *to = copy;
    for (const char *from = copy; *from; from++) {
        bool is_space = *from == ' ' || *from == '\n';
        if (!is_space) {
            *to++ = *from;
        } else if (to > copy && to[-1] != ' ') {
            *to++ = ' ';
        }
    }
    *to = '\0';
    text_list_add(&run->owned, copy);
    return run->owned.items[run->owned.count - 1];
}

/* Every trial has its rows, and what went wrong is said on stdout as in the file. */
static void expect_outcome(struct membench *run, const char *outcome, const char *summary)
{
    bool is_ok = strcmp(outcome, "ok") == 0;
    membench_expect(run, is_ok ? 0 : 125);
    assert_string_equal(membench_field(run, "outcome", .trial = 1), outcome);
    membench_expect_text(membench_field(run, "summary", .trial = 1), summary);
    membench_expect_text(run->err, outcome);
    assert_true(membench_count(run, NULL, NULL) > 0);
    if (!is_ok) {
        membench_expect_text(run->out, outcome);
        membench_expect_text(flat(run, run->out), summary);
    }
}

/* Measures a file that holds this, and looks for its outcome. */
static void measure(struct membench *run, const char *text, const char *outcome,
                    const char *summary)
{
    membench_write(run, "hostile.py", text);
    membench_run(run, ONE_TRIAL, "hostile.py");
    expect_outcome(run, outcome, summary);
}

static void expect_hint(struct membench *run, const char *hint)
{
    membench_expect_text(flat(run, run->out), "hint: ");
    membench_expect_text(flat(run, run->out), hint);
}

static void expect_sample(struct membench *run, const char *phase)
{
    assert_true(membench_value(run, phase, "rss") > 0);
}

/* ---- phases ---- */

static void a_yielded_object_that_is_no_text_is_an_error(void **state)
{
    struct membench *run = *state;
    measure(run, "def run(p):\n    yield 'fine'\n    yield 3\n", "workload-error",
            "run() yielded int, not the name of a phase");
    expect_hint(run, "a phase is a name like 'loaded'");
    expect_sample(run, "fine");
}

static void a_bad_name_of_a_phase_is_an_error(void **state)
{
    struct membench *run = *state;
    measure(run, "def run(p):\n    yield 'fine'\n    yield 'Not fine'\n", "workload-error",
            "'Not fine' cannot be the name of a phase");
    expect_hint(run, "a phase is a name like 'loaded'");
    expect_sample(run, "fine");
    measure(run, "def run(p):\n    yield '\\ud800'\n", "workload-error",
            "cannot be the name of a phase");
}

static void a_built_in_name_of_a_phase_is_an_error(void **state)
{
    struct membench *run = *state;
    measure(run, "def run(p):\n    yield 'settled'\n", "workload-error",
            "'settled' cannot be the name of a phase");
    expect_hint(run, "not start, end, settled, collected or released");
    assert_int_equal(membench_count(run, "settled", NULL), 0);
}

/* ---- exceptions ---- */

static void an_exception_is_an_error_with_its_traceback(void **state)
{
    struct membench *run = *state;
    measure(run, "def run(p):\n    yield 'fine'\n    one / 0\none = 1\n", "workload-error",
            "ZeroDivisionError: division by zero");
    expect_sample(run, "fine");
    assert_int_equal(membench_count(run, "end", NULL), 0);
    membench_expect_text(run->out, "line 3, in run");
    membench_expect_text(membench_output(run, 1), "line 3, in run");
}

static void a_failing_import_is_an_error(void **state)
{
    struct membench *run = *state;
    measure(run, "import surely_not_there\ndef run(p):\n    pass\n", "workload-error",
            "ModuleNotFoundError: No module named 'surely_not_there'");
    assert_int_equal(membench_count(run, "start", NULL), 0);
    measure(run, "import surely_not_there\n", "workload-error",
            "ModuleNotFoundError: No module named 'surely_not_there'");
    expect_sample(run, "start");
}

static void an_exit_while_it_is_imported_is_an_error(void **state)
{
    struct membench *run = *state;
    measure(run, "import sys\nsys.exit(3)\ndef run(p):\n    pass\n", "workload-error",
            "exit status 3 while it was imported");
}

static void an_exit_within_run_is_an_error(void **state)
{
    struct membench *run = *state;
    measure(run, "import sys\ndef run(p):\n    yield 'fine'\n    sys.exit(0)\n", "workload-error",
            "exit status 0");
    expect_sample(run, "fine");
}

static void an_exception_that_cannot_be_printed_is_an_error(void **state)
{
    struct membench *run = *state;
    measure(run,
            "class Silent(Exception):\n"
            "    def __str__(self):\n"
            "        raise self\n"
            "def run(p):\n"
            "    raise Silent\n",
            "workload-error", "Silent");
}

/* ---- ways to die ---- */

static void an_exit_without_goodbye_is_an_error(void **state)
{
    struct membench *run = *state;
    measure(run, "import os\ndef run(p):\n    yield 'fine'\n    os._exit(3)\n", "workload-error",
            "the process left with exit status 3");
    expect_hint(run, "os._exit()");
    expect_sample(run, "fine");
    measure(run, "import os\nos._exit(0)\n", "workload-error",
            "the process left with exit status 0");
}

static void a_segmentation_fault_is_a_crash_with_the_python_stack(void **state)
{
    struct membench *run = *state;
    membench_write(run, "hostile.py",
                   "import ctypes\n"
                   "def dereference():\n"
                   "    ctypes.string_at(8)\n"
                   "def run(p):\n"
                   "    yield 'fine'\n"
                   "    dereference()\n");
    /* In a sanitizing build the signal would end in an exit status. */
    membench_run(run, ONE_TRIAL, "-E", "UBSAN_OPTIONS=handle_segv=0", "hostile.py");
    expect_outcome(run, "crashed", "killed by signal 11");
    expect_sample(run, "fine");
    membench_expect_text(membench_output(run, 1), "line 3 in dereference");
    membench_expect_text(run->out, "line 6 in run");
}

static void killing_its_process_group_kills_only_the_workload(void **state)
{
    struct membench *run = *state;
    measure(run, "import os, signal\nos.killpg(0, signal.SIGKILL)\n", "crashed",
            "killed by signal 9");
    expect_sample(run, "start");
}

static void killing_its_parent_is_noticed(void **state)
{
    struct membench *run = *state;
    measure(run, "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nwhile True: pass\n",
            "crashed", "the keeper of the trial was killed");
    expect_sample(run, "start");
}

static void memory_beyond_the_limit_ends_the_trial(void **state)
{
    struct membench *run = *state;
    membench_write(run, "hostile.py",
                   "def run(p):\n"
                   "    yield 'fine'\n"
                   "    kept = [b'x' * (1 << 20) for _ in range(2000)]\n"
                   "    yield 'too-far'\n");
    membench_run(run, ONE_TRIAL, "--memory-limit", "200MiB", "hostile.py");
    expect_outcome(run, "out-of-memory", "memory limit of 200 MiB");
    expect_hint(run, "raise --memory-limit");
    expect_sample(run, "fine");
    assert_int_equal(membench_count(run, "too-far", NULL), 0);
}

static void memory_of_children_counts_for_the_limit(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "--memory-limit", "200MiB", "-p", "children=4", "-p",
                 "mebibytes=80", membench_fixture("children.py"));
    expect_outcome(run, "out-of-memory", "memory limit of 200 MiB");
    expect_sample(run, "before");
}

static void a_memory_error_is_out_of_memory(void **state)
{
    struct membench *run = *state;
    measure(run,
            "import resource\n"
            "def run(p):\n"
            "    yield 'fine'\n"
            "    resource.setrlimit(resource.RLIMIT_AS, (1 << 28, 1 << 28))\n"
            "    kept = []\n"
            "    while True:\n"
            "        kept.append(b'x' * (1 << 20))\n",
            "out-of-memory", "MemoryError");
    expect_sample(run, "fine");
}

/* ---- ways not to end ---- */

static const char never_ends[] = "import subprocess, threading, time\n"
                                 "def wait_for_ever():\n"
                                 "    subprocess.run(['sleep', '3600'])\n"
                                 "def run(p):\n"
                                 "    threading.Thread(target=time.sleep, args=(3600,)).start()\n"
                                 "    yield 'fine'\n"
                                 "    wait_for_ever()\n";

static void a_trial_that_never_ends_is_ended_and_shows_its_stacks(void **state)
{
    struct membench *run = *state;
    membench_write(run, "hostile.py", never_ends);
    membench_run(run, ONE_TRIAL, "--timeout", "2", "hostile.py");
    expect_outcome(run, "timed-out", "not at its end after 2 s");
    expect_hint(run, "--timeout");
    expect_sample(run, "fine");
    assert_int_equal(membench_count(run, "end", NULL), 0);

    /* What each thread of each process waits in, then what Python was doing. */
    const char *worker = strstr(run->out, "worker ");
    membench_expect_text(worker, "'membench-worker' state S waits in ");
    membench_expect_text(worker, ": sleep 3600");
    membench_expect_text(strstr(worker, ": sleep 3600"), "'sleep' state S waits in ");
    membench_expect_text(strstr(worker, "Python stacks"), "line 3 in wait_for_ever");
}

static void an_expected_end_is_a_success(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, membench_fixture("sleeps_expected.py"));
    membench_expect(run, 0);
    assert_string_equal(membench_field(run, "outcome"), "timed-out");
    expect_sample(run, "start");
}

static void another_end_than_the_expected_one_is_a_failure(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "-p", "fail=true", membench_fixture("sleeps_expected.py"));
    expect_outcome(run, "workload-error", "RuntimeError");
}

static void ignoring_signals_does_not_save_a_trial(void **state)
{
    struct membench *run = *state;
    membench_write(run, "hostile.py",
                   "import signal, time\n"
                   "for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:\n"
                   "    signal.signal(number, signal.SIG_IGN)\n"
                   "while True:\n"
                   "    time.sleep(3600)\n");
    membench_run(run, ONE_TRIAL, "--timeout", "1", "hostile.py");
    expect_outcome(run, "timed-out", "not at its end after 1 s");
}

static void a_stopped_trial_is_ended_at_its_deadline(void **state)
{
    struct membench *run = *state;
    membench_write(run, "hostile.py", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\n");
    membench_run(run, ONE_TRIAL, "--timeout", "1", "hostile.py");
    expect_outcome(run, "timed-out", "not at its end after 1 s");
}

static void a_stopped_keeper_is_woken_at_the_deadline(void **state)
{
    struct membench *run = *state;
    run->seconds = 30;
    membench_write(run, "hostile.py",
                   "import os, signal, time\n"
                   "os.kill(os.getppid(), signal.SIGSTOP)\n"
                   "time.sleep(3600)\n");
    membench_run(run, ONE_TRIAL, "--timeout", "1", "hostile.py");
    expect_outcome(run, "timed-out", "not at its end after 1 s");
}

static void a_thread_that_never_ends_is_killed_after_the_last_sample(void **state)
{
    struct membench *run = *state;
    measure(run,
            "import threading, time\n"
            "def run(p):\n"
            "    threading.Thread(target=time.sleep, args=(3600,)).start()\n"
            "    yield 'fine'\n",
            "ok", "");
    membench_expect_text(membench_field(run, "warnings"), "had not ended");
    membench_expect_text(membench_field(run, "warnings"), "was killed");
    membench_expect_text(flat(run, run->out), "after the last sample and was killed");
    expect_sample(run, "released");
}

/* ---- descriptors and directories ---- */

static void closing_all_descriptors_is_an_error(void **state)
{
    struct membench *run = *state;
    measure(run,
            "import os\n"
            "def run(p):\n"
            "    yield 'fine'\n"
            "    os.closerange(3, 1024)\n"
            "    files = [open('file-%d' % i, 'w') for i in range(300)]\n"
            "    yield 'in-a-file'\n",
            "workload-error", "the workload closed membench's socket (descriptor 200)");
    expect_hint(run, "leave the descriptors alone");
    expect_sample(run, "fine");
    assert_int_equal(membench_count(run, "in-a-file", NULL), 0);
    /* Nothing of ours may have been written into a file of the workload. */
    for (unsigned i = 0; i < 300; i++) {
        cleanup_free char *name = text_format("file-%u", i);
        struct stat status;
        assert_int_equal(stat(membench_path(run, name), &status), 0);
        assert_int_equal(status.st_size, 0);
    }
}

static void a_socket_in_the_place_of_ours_is_left_alone(void **state)
{
    struct membench *run = *state;
    membench_write(run, "hostile.py",
                   "import os, socket\n"
                   "def run(p):\n"
                   "    yield 'fine'\n"
                   "    os.closerange(3, 1024)\n"
                   "    kind = socket.SOCK_SEQPACKET\n"
                   "    pairs = [socket.socketpair(socket.AF_UNIX, kind) for _ in range(150)]\n"
                   "    child = os.fork()\n"
                   "    if child == 0:\n"
                   "        os.fstat(200)\n"
                   "        open('still-open', 'w').close()\n"
                   "        os._exit(0)\n"
                   "    os.waitpid(child, 0)\n"
                   "    yield 'to-a-stranger'\n");
    membench_run(run, ONE_TRIAL, "--timeout", "30", "hostile.py");
    expect_outcome(run, "workload-error", "the workload closed membench's socket (descriptor 200)");
    expect_sample(run, "fine");
    struct stat status;
    assert_int_equal(stat(membench_path(run, "still-open"), &status), 0);
}

static void writing_to_the_socket_is_an_error(void **state)
{
    struct membench *run = *state;
    measure(run,
            "import os\n"
            "def run(p):\n"
            "    yield 'fine'\n"
            "    os.write(200, b'Hello?')\n"
            "    yield 'after'\n",
            "workload-error", "something other than the worker wrote to membench's socket");
    expect_hint(run, "leave the descriptors alone");
    expect_sample(run, "fine");
}

static void closing_its_own_stdout_is_no_harm(void **state)
{
    struct membench *run = *state;
    measure(run,
            "import os\n"
            "def run(p):\n"
            "    for descriptor in range(3):\n"
            "        os.close(descriptor)\n"
            "    yield 'fine'\n",
            "ok", "");
    expect_sample(run, "released");
    assert_string_equal(membench_output(run, 1), "");
}

static void changing_the_directory_does_not_move_the_results(void **state)
{
    struct membench *run = *state;
    membench_write(run, "hostile.py",
                   "import os\n"
                   "os.chdir('/')\n"
                   "def run(p):\n"
                   "    print(os.getcwd())\n"
                   "    yield 'fine'\n");
    membench_run(run, "-a", "glibc", "-n", "2", "--settle", "0", "-o", "out/side", "hostile.py");
    membench_expect(run, 0);
    assert_string_equal(membench_field(run, "outcome", .trial = 2), "ok");
    assert_string_equal(membench_output(run, 2), "/\n");
    membench_expect_text(run->directory, membench_path(run, "out/side/"));
}

/* ---- output ---- */

static void the_end_of_a_flood_of_output_is_kept(void **state)
{
    struct membench *run = *state;
    measure(run,
            "import sys\n"
            "line = 'x' * 65535 + '\\n'\n"
            "for _ in range(1600):\n"
            "    sys.stdout.write(line)\n"
            "print('the last line')\n",
            "ok", "");
    const char *output = membench_output(run, 1);
    size_t length = strlen(output);
    assert_true(length > 60000 && length <= 65536);
    assert_string_equal(output + length - strlen("xx\nthe last line\n"), "xx\nthe last line\n");
}

/* No control character but the line feed, nothing above ASCII that is not UTF-8. */
static void expect_tame(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        if ((*at < 0x20 && *at != '\n') || *at == 0x7f || *at == 0xff ||
            (at[0] == 0xc2 && at[1] < 0xa0)) {
            fail_msg("the byte 0x%02x is in:\n%s", *at, text);
        }
    }
}

static void the_words_of_a_workload_do_not_steer_the_terminal(void **state)
{
    struct membench *run = *state;
    membench_set(run, "LC_ALL", "C.UTF-8");
    membench_write(
        run, "hos\x1b[31mtile.py",
        "'''\x1b[31mred'''\n"
        "import sys\n"
        "PARAMS = {'text': '\\x1b[31m\\x9b31m'}\n"
        "def run(p):\n"
        "    sys.stdout.buffer.write(b'\\x1b]0;title\\x07\\xff\\xfe\\xc2\\x9b31m\\x08\\n')\n"
        "    sys.stdout.flush()\n"
        "    yield 'fine'\n"
        "    raise ValueError('\\x1b[31m\\x9b31m\\udcff\\r\\n\\x07')\n");
    membench_run(run, ONE_TRIAL, "hos\x1b[31mtile.py");
    expect_outcome(run, "workload-error", "ValueError: ");
    expect_sample(run, "fine");
    membench_expect_text(run->out, "title");
    expect_tame(run->out);
    expect_tame(run->err);
}

/* ---- processes ---- */

static void children_that_linger_are_measured_and_killed(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "-p", "children=50", membench_fixture("lingers.py"));
    expect_outcome(run, "ok", "");
    /* With the worker and a grandchild that has a session of its own and ignores SIGTERM. */
    assert_int_equal(lround(membench_value(run, "end", "processes")), 52);
    assert_int_equal(lround(membench_value(run, "released", "processes")), 52);
}

static void a_child_that_returns_from_run_is_not_the_worker(void **state)
{
    struct membench *run = *state;
    measure(run,
            "import os\n"
            "def run(p):\n"
            "    child = os.fork()\n"
            "    if child:\n"
            "        assert os.waitpid(child, 0)[1] == 0\n"
            "    yield 'forked'\n"
            "    return child\n",
            "ok", "");
    assert_int_equal(membench_count(run, "forked", "rss"), 1);
    assert_int_equal(membench_count(run, "end", "rss"), 1);
    assert_int_equal(membench_count(run, "released", "rss"), 1);
}

static void failing_trials_do_not_stop_the_others(void **state)
{
    struct membench *run = *state;
    membench_write(run, "hostile.py",
                   "import os\n"
                   "with open('count', 'a') as file:\n"
                   "    file.write('.')\n"
                   "def run(p):\n"
                   "    yield 'fine'\n"
                   "    if os.path.getsize('count') in (2, 4):\n"
                   "        raise RuntimeError('not this time')\n");
    membench_run(run, "-a", "glibc", "-n", "5", "--settle", "0", "hostile.py");
    membench_expect(run, 125);
    for (unsigned trial = 1; trial <= 5; trial++) {
        bool fails = trial == 2 || trial == 4;
        assert_string_equal(membench_field(run, "outcome", .trial = trial),
                            fails ? "workload-error" : "ok");
        assert_true(membench_value(run, "fine", "rss", .trial = trial) > 0);
        assert_int_equal(membench_count(run, "released", "rss", .trial = trial), fails ? 0 : 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(a_yielded_object_that_is_no_text_is_an_error),
        membench_test(a_bad_name_of_a_phase_is_an_error),
        membench_test(a_built_in_name_of_a_phase_is_an_error),
        membench_test(an_exception_is_an_error_with_its_traceback),
        membench_test(a_failing_import_is_an_error),
        membench_test(an_exit_while_it_is_imported_is_an_error),
        membench_test(an_exit_within_run_is_an_error),
        membench_test(an_exception_that_cannot_be_printed_is_an_error),
        membench_test(an_exit_without_goodbye_is_an_error),
        membench_test(a_segmentation_fault_is_a_crash_with_the_python_stack),
        membench_test(killing_its_process_group_kills_only_the_workload),
        membench_test(killing_its_parent_is_noticed),
        membench_test(memory_beyond_the_limit_ends_the_trial),
        membench_test(memory_of_children_counts_for_the_limit),
        membench_test(a_memory_error_is_out_of_memory),
        membench_test(a_trial_that_never_ends_is_ended_and_shows_its_stacks),
        membench_test(an_expected_end_is_a_success),
        membench_test(another_end_than_the_expected_one_is_a_failure),
        membench_test(ignoring_signals_does_not_save_a_trial),
        membench_test(a_stopped_trial_is_ended_at_its_deadline),
        membench_test(a_stopped_keeper_is_woken_at_the_deadline),
        membench_test(a_thread_that_never_ends_is_killed_after_the_last_sample),
        membench_test(closing_all_descriptors_is_an_error),
        membench_test(a_socket_in_the_place_of_ours_is_left_alone),
        membench_test(writing_to_the_socket_is_an_error),
        membench_test(closing_its_own_stdout_is_no_harm),
        membench_test(changing_the_directory_does_not_move_the_results),
        membench_test(the_end_of_a_flood_of_output_is_kept),
        membench_test(the_words_of_a_workload_do_not_steer_the_terminal),
        membench_test(children_that_linger_are_measured_and_killed),
        membench_test(a_child_that_returns_from_run_is_not_the_worker),
        membench_test(failing_trials_do_not_stop_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
