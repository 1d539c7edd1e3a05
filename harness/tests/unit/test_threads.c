#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "inspect/threads.h"
#include "tests/support/puppet.h"

enum { THREADS = 5, ENDED = 2, STACK = 1 << 20, TOUCHED = 512 * 1024 };

/* What the threads say of their own stacks, by pthread_getattr_np; shared with the puppet. */
struct stacks {
    struct {
        void *start;
        size_t size;
    } of[THREADS];
    pthread_barrier_t all_touched;
};

static struct stacks *stacks;

static void *touch_stack(void *argument)
{
    size_t index = (size_t)(uintptr_t)argument;
    pthread_attr_t attributes;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstack(&attributes, &stacks->of[index].start, &stacks->of[index].size);
    pthread_attr_destroy(&attributes);
    volatile char *top = (char *)__builtin_frame_address(0);
    for (size_t at = 0; at < TOUCHED; at += 4096) {
        top[-(ptrdiff_t)at - 8192] = 1;
    }
    pthread_barrier_wait(&stacks->all_touched);
    if (index >= ENDED) {
        pause();
    }
    return NULL;
}

static void hold_threads(struct puppet *self, void *argument)
{
    (void)argument;
    pthread_t threads[THREADS];
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    for (size_t i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], &attributes, touch_stack, (void *)(uintptr_t)i);
    }
    pthread_barrier_wait(&stacks->all_touched);
    for (size_t i = 0; i < ENDED; i++) {
        pthread_join(threads[i], NULL);
    }
    /* As large as a stack, and no stack. */
    puppet_touch(STACK);
    puppet_say(self, 0);
    puppet_hear(self);
}

static int setup(void **state)
{
    (void)state;
    stacks = mmap(NULL, sizeof *stacks, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_barrierattr_t shared;
    pthread_barrierattr_init(&shared);
    return stacks == MAP_FAILED || pthread_barrier_init(&stacks->all_touched, &shared, THREADS + 1);
}

static int teardown(void **state)
{
    (void)state;
    return munmap(stacks, sizeof *stacks);
}

/* Every resident byte of every stack, also of those whose threads have ended, and nothing else. */
static void stacks_are_those_that_the_threads_themselves_know(void **state)
{
    (void)state;
    struct puppet puppet;
    struct image image;
    struct survey survey;
    struct error err;
    puppet_start(&puppet, hold_threads, NULL);
    puppet_hear(&puppet);
    assert_int_equal(image_open_process(&image, puppet.pid, IMAGE_ALL, &err), 0);
    survey_init(&survey, &image, "");
    threads_survey(&survey);

    uint64_t expected = 0;
    for (size_t i = 0; i < THREADS; i++) {
        uint64_t start = (uint64_t)(uintptr_t)stacks->of[i].start;
        uint64_t bytes = image_resident(&image, start, start + stacks->of[i].size, RESIDENT_ANON);
        assert_true(i < ENDED ? bytes > 0 : bytes >= TOUCHED);
        assert_true(survey_is_claimed(&survey, start));
        expected += bytes;
    }
    assert_int_equal(survey.values[METRIC_OWNER_THREAD_STACKS], expected);
    assert_true(survey.values[METRIC_OWNER_MAIN_STACK] > 0);
    assert_in_range((uintmax_t)survey.values[METRIC_OWNER_OTHER], 4096, 256 * 1024);

    survey_clear(&survey);
    image_close(&image);
    puppet_end(&puppet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(stacks_are_those_that_the_threads_themselves_know, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
