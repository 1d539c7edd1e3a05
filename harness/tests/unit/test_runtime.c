#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "inspect/runtime.h"
#include "measure/cpython.h"
#include "tests/support/standing.h"

struct seen {
    struct standing process;
    struct image image;
};

static void look(struct seen *seen, const char *code)
{
    standing_start(&seen->process, code, NULL);
    struct error err;
    assert_int_equal(image_open_process(&seen->image, seen->process.pid, IMAGE_ALL, &err), 0);
}

static void look_away(struct seen *seen)
{
    image_close(&seen->image);
    standing_end(&seen->process);
}

static void the_runtime_of_python_is_found(void **state)
{
    (void)state;
    struct seen seen;
    look(&seen, "print('type', id(type)); sys.stdout.flush(); stop()");
    struct runtime runtime;
    assert_true(runtime_find(&runtime, &seen.image));
    assert_true((double)runtime.type == standing_number(&seen.process, "type"));
    assert_in_range(runtime.address, runtime.data_start, runtime.data_end);
    assert_in_range(runtime.type, runtime.data_start, runtime.data_end);
    look_away(&seen);
}

static void a_program_without_python_has_no_runtime(void **state)
{
    (void)state;
    struct seen seen;
    look(&seen, "pid = os.posix_spawn('/bin/sleep', ['sleep', '600'], {})\n"
                "while not os.readlink(f'/proc/{pid}/exe').endswith('sleep'): pass\n"
                "print('child', pid); sys.stdout.flush(); stop()");
    struct standing child = {.pid = (pid_t)standing_number(&seen.process, "child")};
    struct image image;
    struct error err;
    assert_int_equal(image_open_process(&image, child.pid, IMAGE_ALL, &err), 0);
    struct runtime runtime;
    assert_false(runtime_find(&runtime, &image));
    image_close(&image);
    standing_end(&child);
    look_away(&seen);
}

struct threads {
    unsigned count;
    uint64_t pthread_sum, tid_sum;
};

static void add_thread(uint64_t pthread, pid_t tid, void *context)
{
    struct threads *threads = context;
    threads->count++;
    threads->pthread_sum += pthread % 1000000007;
    threads->tid_sum += (uint64_t)tid;
}

static void all_threads_of_python_are_told(void **state)
{
    (void)state;
    struct seen seen;
    look(&seen, "import threading\n"
                "gate, ready = threading.Event(), threading.Barrier(4)\n"
                "def wait():\n"
                "    ready.wait(); gate.wait()\n"
                "threads = [threading.Thread(target=wait, daemon=True) for i in range(3)]\n"
                "[thread.start() for thread in threads]\n"
                "ready.wait()\n"
                "threads.append(threading.main_thread())\n"
                "print('pthreads', sum(thread.ident % 1000000007 for thread in threads))\n"
                "print('tids', sum(thread.native_id for thread in threads))\n"
                "sys.stdout.flush(); stop()");
    struct threads threads = {0};
    runtime_each_thread(&seen.image, add_thread, &threads);
    assert_int_equal(threads.count, 4);
    assert_true((double)threads.pthread_sum == standing_number(&seen.process, "pthreads"));
    assert_true((double)threads.tid_sum == standing_number(&seen.process, "tids"));
    look_away(&seen);
}

/* A frame that calls itself needs some hundred bytes of the stack; its blocks double never. */
static void frame_stacks_are_claimed(void **state)
{
    (void)state;
    struct seen seen;
    struct survey survey;
    look(&seen, "sys.setrecursionlimit(30000)\n"
                "def down(n):\n"
                "    stop() if n == 0 else down(n - 1)\n"
                "down(20000)");
    survey_init(&survey, &seen.image, "glibc");
    runtime_survey(&survey);
    uint64_t claimed = 0;
    for (size_t i = 0; i < survey.claim_count; i++) {
        claimed += survey.claims[i].end - survey.claims[i].start;
    }
    assert_true(survey.values[METRIC_OWNER_OTHER] > 20000 * 64);
    assert_true(survey.values[METRIC_OWNER_OTHER] <= (double)claimed);
    assert_true(survey.values[METRIC_OWNER_OTHER] > (double)claimed - 32768);
    survey_clear(&survey);
    look_away(&seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_runtime_of_python_is_found),
        cmocka_unit_test(a_program_without_python_has_no_runtime),
        cmocka_unit_test(all_threads_of_python_are_told),
        cmocka_unit_test(frame_stacks_are_claimed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
