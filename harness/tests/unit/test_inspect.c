#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inspect/inspect.h"
#include "measure/procfs.h"
#include "tests/support/puppet.h"

enum { MEBIBYTE = 1 << 20, BEFORE = 24 * MEBIBYTE, OWN = 8 * MEBIBYTE };

static void clear(double values[METRIC_COUNT])
{
    for (int i = 0; i < METRIC_COUNT; i++) {
        values[i] = METRIC_ABSENT;
    }
}

static double sum_of_owners(const double values[METRIC_COUNT])
{
    double sum = values[METRIC_OWNER_UNEXPLAINED];
    for (int i = METRIC_OWNER_FIRST; i <= METRIC_OWNER_LAST; i++) {
        sum += metric_is_absent(values[i]) ? 0 : values[i];
    }
    return sum;
}

/* As a sample does it: first what the kernel counts, then the memory itself. */
static void inspect(pid_t pid, const char *family, double values[METRIC_COUNT])
{
    double malloc_seen;
    struct error err;
    struct procfs_rollup rollup;
    int process = procfs_open(pid);
    assert_int_equal(procfs_rollup(process, &rollup), 0);
    close(process);
    clear(values);
    values[METRIC_RSS] = (double)rollup.rss;
    values[METRIC_LAZYFREE] = (double)rollup.lazyfree;
    if (inspect_process(pid, family, values, &malloc_seen, &err)) {
        fail_msg("%s", err.message);
    }
    assert_true(sum_of_owners(values) == values[METRIC_RSS]);
}

static void hold_shared(struct puppet *self, void *argument)
{
    (void)argument;
    char *memory = mmap(NULL, OWN, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    memset(memory, 1, OWN);
    puppet_say(self, 0);
    puppet_hear(self);
}

static void shared_memory_is_an_owner_of_its_own(void **state)
{
    (void)state;
    double values[METRIC_COUNT];
    struct puppet puppet;
    puppet_start(&puppet, hold_shared, NULL);
    puppet_hear(&puppet);
    inspect(puppet.pid, "another", values);
    puppet_end(&puppet);
    assert_true(values[METRIC_OWNER_SHARED] == OWN);
    assert_true(values[METRIC_OWNER_UNEXPLAINED] == 0);
}

static void hold_private(struct puppet *self, void *argument)
{
    (void)argument;
    puppet_touch(OWN);
    puppet_say(self, 0);
    puppet_hear(self);
}

static void hold_nothing(struct puppet *self, void *argument)
{
    (void)argument;
    puppet_say(self, 0);
    puppet_hear(self);
}

/* Memory that no chunk of glibc's leads to is not glibc's: it must not be booked as such. */
static void what_nobody_owns_is_unexplained_under_glibc(void **state)
{
    (void)state;
    double without[METRIC_COUNT], values[METRIC_COUNT];
    struct puppet idle, puppet;
    puppet_start(&idle, hold_nothing, NULL);
    puppet_start(&puppet, hold_private, NULL);
    puppet_hear(&idle);
    puppet_hear(&puppet);
    inspect(idle.pid, "glibc", without);
    inspect(puppet.pid, "glibc", values);
    puppet_end(&idle);
    puppet_end(&puppet);
    double more = values[METRIC_OWNER_UNEXPLAINED] - without[METRIC_OWNER_UNEXPLAINED];
    assert_in_range((intmax_t)more, OWN - MEBIBYTE / 4, OWN + MEBIBYTE / 4);
    assert_true(metric_is_absent(values[METRIC_OWNER_MALLOC_UNSPLIT]));
}

static void under_another_malloc_it_is_that_ones_and_not_split(void **state)
{
    (void)state;
    double values[METRIC_COUNT];
    struct puppet puppet;
    puppet_start(&puppet, hold_private, NULL);
    puppet_hear(&puppet);
    inspect(puppet.pid, "another", values);
    puppet_end(&puppet);
    assert_true(values[METRIC_OWNER_MALLOC_UNSPLIT] >= OWN);
    assert_true(values[METRIC_OWNER_UNEXPLAINED] == 0);
    assert_true(metric_is_absent(values[METRIC_OWNER_MALLOC_IN_USE]));
    assert_true(metric_is_absent(values[METRIC_OWNER_MALLOC_RELEASABLE]));
    assert_true(metric_is_absent(values[METRIC_OWNER_MALLOC_PINNED]));
    assert_true(metric_is_absent(values[METRIC_OWNER_MALLOC_METADATA]));
    assert_true(metric_is_absent(values[METRIC_LIVE_BYTES]));
}

static void free_lazily(struct puppet *self, void *argument)
{
    (void)argument;
    char *memory = puppet_touch(OWN);
    madvise(memory, OWN / 2, MADV_FREE);
    puppet_say(self, 0);
    puppet_hear(self);
}

static void lazily_freed_pages_are_in_no_other_owner(void **state)
{
    (void)state;
    double values[METRIC_COUNT];
    struct puppet puppet;
    puppet_start(&puppet, free_lazily, NULL);
    puppet_hear(&puppet);
    inspect(puppet.pid, "another", values);
    puppet_end(&puppet);
    assert_in_range((uintmax_t)values[METRIC_OWNER_LAZYFREE], OWN / 2 - MEBIBYTE / 4, OWN / 2);
    assert_true(values[METRIC_OWNER_LAZYFREE] == values[METRIC_LAZYFREE]);
    assert_true(values[METRIC_OWNER_UNEXPLAINED] == 0);
}

static void fork_and_write(struct puppet *self, void *argument)
{
    (void)argument;
    char *memory = puppet_touch(BEFORE);
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        puppet_die_with(parent);
        for (size_t at = 0; at < OWN; at += 4096) {
            memory[at] = 2;
        }
        puppet_say(self, getpid());
        pause();
    }
    waitpid(child, NULL, 0);
}

/* What a child has of its parent is counted there; what it has written is its own. */
static void a_childs_own_memory_is_added_up(void **state)
{
    (void)state;
    double values[METRIC_COUNT];
    struct puppet puppet;
    struct error err;
    puppet_start(&puppet, fork_and_write, NULL);
    pid_t child = (pid_t)puppet_hear(&puppet);
    clear(values);
    assert_int_equal(inspect_child(child, "another", values, &err), 0);
    double once = values[METRIC_CHILDREN_ANON];
    assert_in_range((uintmax_t)once, OWN, OWN + MEBIBYTE);
    assert_in_range((uintmax_t)values[METRIC_CHILDREN_UNSPLIT], OWN, OWN + MEBIBYTE);
    assert_int_equal(inspect_child(child, "another", values, &err), 0);
    /* It may have touched a page more on its way into pause(). */
    double twice = values[METRIC_CHILDREN_ANON];
    assert_in_range((uintmax_t)twice, (uintmax_t)(2 * once), (uintmax_t)(2 * once) + 64 * 1024);
    puppet_end(&puppet);
}

static void a_process_that_is_gone_leaves_everything_absent(void **state)
{
    (void)state;
    double values[METRIC_COUNT], malloc_seen;
    struct error err;
    struct puppet puppet;
    puppet_start(&puppet, hold_private, NULL);
    puppet_hear(&puppet);
    pid_t pid = puppet.pid;
    puppet_end(&puppet);
    clear(values);
    assert_int_equal(inspect_process(pid, "glibc", values, &malloc_seen, &err), -1);
    assert_int_equal(inspect_child(pid, "glibc", values, &err), -1);
    for (int i = 0; i < METRIC_COUNT; i++) {
        assert_true(metric_is_absent(values[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shared_memory_is_an_owner_of_its_own),
        cmocka_unit_test(what_nobody_owns_is_unexplained_under_glibc),
        cmocka_unit_test(under_another_malloc_it_is_that_ones_and_not_split),
        cmocka_unit_test(lazily_freed_pages_are_in_no_other_owner),
        cmocka_unit_test(a_childs_own_memory_is_added_up),
        cmocka_unit_test(a_process_that_is_gone_leaves_everything_absent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
