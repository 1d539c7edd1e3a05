#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "measure/procfs.h"
#include "tests/support/contains.h"
#include "tests/support/descriptors.h"
#include "tests/support/puppet.h"

enum { MEBIBYTE = 1 << 20, LOAD = 32 * MEBIBYTE };

/* Stands still, holds LOAD, stands still without it. */
static void load_and_unload(struct puppet *self, void *argument)
{
    (void)argument;
    puppet_warm_up(self);
    puppet_hear(self);
    void *load = puppet_touch(LOAD);
    puppet_say(self, 1);
    puppet_hear(self);
    munmap(load, LOAD);
    puppet_say(self, 2);
    puppet_hear(self);
}

struct watched {
    struct puppet puppet;
    int process, statm;
};

static int setup(void **state)
{
    static struct watched watched;
    puppet_start(&watched.puppet, load_and_unload, NULL);
    puppet_await_warm(&watched.puppet);
    watched.process = procfs_open(watched.puppet.pid);
    watched.statm = openat(watched.process, "statm", O_RDONLY | O_CLOEXEC);
    *state = &watched;
    return watched.statm < 0 ? -1 : 0;
}

static int teardown(void **state)
{
    struct watched *watched = *state;
    close(watched->process);
    close(watched->statm);
    puppet_end(&watched->puppet);
    return 0;
}

static void step(struct watched *watched)
{
    puppet_say(&watched->puppet, 0);
    puppet_hear(&watched->puppet);
}

static void assert_near(uint64_t value, uint64_t expected, uint64_t tolerance)
{
    assert_in_range(value, expected > tolerance ? expected - tolerance : 0, expected + tolerance);
}

/* ---- memory ---- */

static void procfs_rollup_sees_a_touched_mapping_to_the_page(void **state)
{
    struct watched *watched = *state;
    struct procfs_rollup before, after;
    assert_int_equal(procfs_rollup(watched->process, &before), 0);
    step(watched);
    assert_int_equal(procfs_rollup(watched->process, &after), 0);
    /* The few pages more are those of the calls themselves. */
    assert_near(after.rss - before.rss, LOAD, MEBIBYTE / 2);
    assert_near(after.anonymous - before.anonymous, LOAD, MEBIBYTE / 2);
    assert_near(after.pss - before.pss, LOAD, MEBIBYTE / 2);
    assert_near(after.private_dirty - before.private_dirty, LOAD, MEBIBYTE / 2);
    assert_int_equal(after.lazyfree, 0);
    assert_int_equal(after.anon_huge, 0);
    step(watched);
    assert_int_equal(procfs_rollup(watched->process, &before), 0);
    assert_near(after.rss - before.rss, LOAD, MEBIBYTE / 2);
}

static void procfs_statm_agrees_with_the_rollup(void **state)
{
    struct watched *watched = *state;
    struct procfs_rollup rollup;
    struct procfs_statm statm;
    for (int i = 0; i < 2; i++) {
        step(watched);
        assert_int_equal(procfs_rollup(watched->process, &rollup), 0);
        assert_int_equal(procfs_statm(watched->statm, &statm), 0);
        assert_near(statm.resident, rollup.rss, MEBIBYTE);
        assert_near(statm.resident - statm.shared, rollup.anonymous, MEBIBYTE);
    }
}

static void procfs_status_tells_address_space_peak_and_threads(void **state)
{
    struct watched *watched = *state;
    struct procfs_status before, held, released;
    struct procfs_rollup rollup;
    assert_int_equal(procfs_status(watched->process, &before), 0);
    step(watched);
    assert_int_equal(procfs_status(watched->process, &held), 0);
    assert_int_equal(procfs_rollup(watched->process, &rollup), 0);
    step(watched);
    assert_int_equal(procfs_status(watched->process, &released), 0);
    assert_int_equal(held.threads, 1);
    assert_near(held.vsz - before.vsz, LOAD, MEBIBYTE);
    assert_near(held.peak_rss, rollup.rss, MEBIBYTE);
    assert_near(released.peak_rss, rollup.rss, MEBIBYTE);
    assert_near(released.vsz, before.vsz, MEBIBYTE);
}

static void procfs_reset_peak_forgets_what_was_released(void **state)
{
    struct watched *watched = *state;
    struct procfs_status status;
    struct procfs_rollup rollup;
    step(watched);
    step(watched);
    assert_int_equal(procfs_reset_peak(watched->process), 0);
    assert_int_equal(procfs_status(watched->process, &status), 0);
    assert_int_equal(procfs_rollup(watched->process, &rollup), 0);
    assert_near(status.peak_rss, rollup.rss, MEBIBYTE);
}

static void procfs_faults_grow_by_the_pages_touched(void **state)
{
    struct watched *watched = *state;
    uint64_t pages = LOAD / (uint64_t)sysconf(_SC_PAGESIZE);
    struct procfs_faults before, after;
    assert_int_equal(procfs_faults(watched->process, &before), 0);
    step(watched);
    assert_int_equal(procfs_faults(watched->process, &after), 0);
    assert_in_range(after.minor - before.minor, pages, pages + 200);
    assert_true(after.major >= before.major);
}

/* ---- names that mislead ---- */

/* The second field of /proc/PID/stat is the name, in parentheses: this one closes them itself. */
static void take_misleading_name(struct puppet *self, void *argument)
{
    (void)argument;
    prctl(PR_SET_NAME, ") Z 9 9 9 (");
    puppet_touch(4 * MEBIBYTE);
    puppet_say(self, 1);
    puppet_hear(self);
}

static void procfs_faults_is_not_misled_by_a_process_name(void **state)
{
    (void)state;
    struct puppet puppet;
    puppet_start(&puppet, take_misleading_name, NULL);
    puppet_hear(&puppet);
    cleanup_close int process = procfs_open(puppet.pid);
    struct procfs_faults faults;
    assert_int_equal(procfs_faults(process, &faults), 0);
    assert_in_range(faults.minor, 1024, 1024 + 2000);
    assert_in_range(faults.major, 0, 1000);
    cleanup_free char *threads = procfs_threads(puppet.pid);
    assert_contains(threads, "') Z 9 9 9 ('");
    assert_non_null(strpbrk(strstr(threads, "' state "), "RS"));
    puppet_end(&puppet);
}

/* ---- processor time ---- */

static void spin(struct puppet *self, void *argument)
{
    (void)argument;
    puppet_hear(self);
    struct timespec used;
    do {
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    } while (clock_seconds(used) < 0.1);
    puppet_say(self, 1);
    puppet_hear(self);
}

static void procfs_cpu_seconds_grow_by_what_was_spun(void **state)
{
    (void)state;
    struct puppet puppet;
    puppet_start(&puppet, spin, NULL);
    double before = procfs_cpu_seconds(puppet.pid);
    puppet_say(&puppet, 0);
    puppet_hear(&puppet);
    double after = procfs_cpu_seconds(puppet.pid);
    assert_true(before >= 0 && before < 0.1);
    assert_true(after >= 0.1 && after < 0.2);
    puppet_end(&puppet);
}

/* ---- trees ---- */

/* Forks a process that lives as long as the one that forks it. */
static pid_t fork_idler(void)
{
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        puppet_die_with(parent);
        for (;;) {
            pause();
        }
    }
    return pid;
}

static void *fork_in_a_thread(void *self)
{
    puppet_say(self, fork_idler());
    pause();
    return NULL;
}

static void fork_grandchildren(struct puppet *self)
{
    pthread_t thread;
    puppet_say(self, fork_idler());
    pthread_create(&thread, NULL, fork_in_a_thread, self);
    pause();
}

/* Two children; the first has two of its own, one of them forked by a second thread. */
static void fork_tree(struct puppet *self, void *argument)
{
    (void)argument;
    pid_t parent = getpid(), first = fork();
    if (first == 0) {
        puppet_die_with(parent);
        fork_grandchildren(self);
    }
    puppet_say(self, first);
    puppet_say(self, fork_idler());
    pause();
}

static bool holds(const struct procfs_tree *tree, long pid)
{
    for (unsigned i = 0; i < tree->count; i++) {
        if (tree->pids[i] == pid) {
            return true;
        }
    }
    return false;
}

static void procfs_descendants_finds_grandchildren_and_children_of_threads(void **state)
{
    (void)state;
    struct puppet puppet;
    struct procfs_tree tree = {0};
    long pids[4];
    puppet_start(&puppet, fork_tree, NULL);
    for (int i = 0; i < 4; i++) {
        pids[i] = puppet_hear(&puppet);
    }
    assert_int_equal(procfs_descendants(puppet.pid, &tree), 0);
    assert_int_equal(tree.count, 4);
    for (int i = 0; i < 4; i++) {
        assert_true(holds(&tree, pids[i]));
    }
    assert_false(holds(&tree, puppet.pid));
    procfs_descendants(getpid(), &tree);
    assert_int_equal(tree.count, 5);
    assert_int_equal(tree.pids[0], puppet.pid);
    procfs_tree_clear(&tree);
    assert_null(tree.pids);
    puppet_end(&puppet);
}

static void fork_many(struct puppet *self, void *argument)
{
    (void)argument;
    for (int i = 0; i < 150; i++) {
        fork_idler();
    }
    puppet_say(self, 1);
    pause();
}

static void procfs_descendants_finds_many_children(void **state)
{
    (void)state;
    struct puppet puppet;
    struct procfs_tree tree = {0};
    puppet_start(&puppet, fork_many, NULL);
    puppet_hear(&puppet);
    procfs_descendants(puppet.pid, &tree);
    assert_int_equal(tree.count, 150);
    procfs_descendants(puppet.pid, &tree);
    assert_int_equal(tree.count, 150);
    procfs_tree_clear(&tree);
    puppet_end(&puppet);
}

/* ---- threads ---- */

static void *sleep_in_a_thread(void *self)
{
    pthread_setname_np(pthread_self(), "po\033ol");
    puppet_say(self, 1);
    pause();
    return NULL;
}

static void start_thread(struct puppet *self, void *argument)
{
    (void)argument;
    pthread_t thread;
    prctl(PR_SET_NAME, "boss");
    pthread_create(&thread, NULL, sleep_in_a_thread, self);
    puppet_hear(self);
}

static void procfs_threads_names_every_thread_and_tames_the_names(void **state)
{
    (void)state;
    struct puppet puppet;
    puppet_start(&puppet, start_thread, NULL);
    puppet_hear(&puppet);
    cleanup_free char *threads = procfs_threads(puppet.pid);
    assert_contains(threads, " 'boss' state ");
    assert_contains(threads, " 'po?ol' state ");
    cleanup_free char *first = text_format("  thread %d 'boss'", puppet.pid);
    assert_contains(threads, first);
    cleanup_close int process = procfs_open(puppet.pid);
    struct procfs_status status;
    assert_int_equal(procfs_status(process, &status), 0);
    assert_int_equal(status.threads, 2);
    puppet_end(&puppet);
}

/* ---- the dead ---- */

static void a_process_that_has_died_gives_errors_and_never_its_pids_next_owner(void **state)
{
    (void)state;
    struct puppet puppet;
    puppet_start(&puppet, load_and_unload, NULL);
    pid_t pid = puppet.pid;
    cleanup_close int process = procfs_open(pid);
    cleanup_close int statm = openat(process, "statm", O_RDONLY | O_CLOEXEC);
    puppet_end(&puppet);

    struct procfs_statm memory;
    struct procfs_rollup rollup;
    struct procfs_status status;
    struct procfs_faults faults;
    struct procfs_tree tree = {0};
    assert_int_equal(procfs_statm(statm, &memory), -1);
    assert_int_equal(errno, ESRCH);
    assert_int_equal(procfs_rollup(process, &rollup), -1);
    assert_int_equal(errno, ESRCH);
    assert_int_equal(procfs_status(process, &status), -1);
    assert_int_equal(procfs_faults(process, &faults), -1);
    assert_int_equal(procfs_reset_peak(process), -1);
    assert_true(procfs_cpu_seconds(pid) == -1);
    assert_int_equal(procfs_open(pid), -1);
    assert_int_equal(procfs_descendants(pid, &tree), 0);
    assert_int_equal(tree.count, 0);
    cleanup_free char *threads = procfs_threads(pid);
    assert_string_equal(threads, "");
}

static void leave_at_once(struct puppet *self, void *argument)
{
    (void)self;
    (void)argument;
}

static void a_zombie_has_no_memory_to_read(void **state)
{
    (void)state;
    struct puppet puppet;
    puppet_start(&puppet, leave_at_once, NULL);
    puppet_await_end(&puppet);
    cleanup_close int process = procfs_open(puppet.pid);
    assert_true(process >= 0);
    struct procfs_rollup rollup;
    struct procfs_status status;
    assert_int_equal(procfs_rollup(process, &rollup), -1);
    assert_int_equal(procfs_status(process, &status), -1);
    puppet_end(&puppet);
}

/* ---- the machine ---- */

static void procfs_available_memory_is_some_of_what_there_is(void **state)
{
    (void)state;
    uint64_t all = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    assert_in_range(procfs_available_memory(), MEBIBYTE, all);
}

static void procfs_oom_kills_never_shrink(void **state)
{
    (void)state;
    uint64_t before = procfs_oom_kills();
    assert_true(procfs_oom_kills() >= before);
}

static void reading_leaves_no_descriptor_behind(void **state)
{
    struct watched *watched = *state;
    unsigned before = descriptors_count();
    struct procfs_rollup rollup;
    struct procfs_status status;
    struct procfs_faults faults;
    struct procfs_tree tree = {0};
    procfs_rollup(watched->process, &rollup);
    procfs_status(watched->process, &status);
    procfs_faults(watched->process, &faults);
    procfs_reset_peak(watched->process);
    procfs_descendants(getpid(), &tree);
    procfs_tree_clear(&tree);
    free(procfs_threads(getpid()));
    assert_int_equal(descriptors_count(), before);
}

#define watched_test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        watched_test(procfs_rollup_sees_a_touched_mapping_to_the_page),
        watched_test(procfs_statm_agrees_with_the_rollup),
        watched_test(procfs_status_tells_address_space_peak_and_threads),
        watched_test(procfs_reset_peak_forgets_what_was_released),
        watched_test(procfs_faults_grow_by_the_pages_touched),
        cmocka_unit_test(procfs_faults_is_not_misled_by_a_process_name),
        cmocka_unit_test(procfs_cpu_seconds_grow_by_what_was_spun),
        cmocka_unit_test(procfs_descendants_finds_grandchildren_and_children_of_threads),
        cmocka_unit_test(procfs_descendants_finds_many_children),
        cmocka_unit_test(procfs_threads_names_every_thread_and_tames_the_names),
        cmocka_unit_test(a_process_that_has_died_gives_errors_and_never_its_pids_next_owner),
        cmocka_unit_test(a_zombie_has_no_memory_to_read),
        cmocka_unit_test(procfs_available_memory_is_some_of_what_there_is),
        cmocka_unit_test(procfs_oom_kills_never_shrink),
        watched_test(reading_leaves_no_descriptor_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
