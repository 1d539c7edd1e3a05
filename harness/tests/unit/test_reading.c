#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "run/reading.h"
#include "tests/support/contains.h"
#include "tests/support/descriptors.h"
#include "tests/support/puppet.h"

enum { MEBIBYTE = 1 << 20, LARGE = 32 * MEBIBYTE, SMALL = 8 * MEBIBYTE };

/* ---- a worker that does one thing at a word ---- */

enum word { HOLD_LARGE, HOLD_SMALL, DROP, FREE_LAZILY, SPIN, FORK, END_CHILD };

struct belongings {
    char *memory;
    size_t size;
    pid_t child;
};

static void hold(struct belongings *own, size_t size)
{
    own->memory = puppet_touch(size);
    own->size = size;
}

static void drop(struct belongings *own)
{
    munmap(own->memory, own->size);
}

static void spin(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    double end = clock_seconds(used) + 0.05;
    do {
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    } while (clock_seconds(used) < end);
}

/* A child that holds SMALL of its own; it is forked when this returns, and has touched it all. */
static void fork_child(struct belongings *own)
{
    int ready[2];
    char byte = 0;
    if (pipe(ready)) {
        abort();
    }
    pid_t parent = getpid();
    own->child = fork();
    if (own->child == 0) {
        puppet_die_with(parent);
        puppet_touch(SMALL);
        (void)!write(ready[1], &byte, 1);
        pause();
        _exit(0);
    }
    (void)!read(ready[0], &byte, 1);
    close(ready[0]);
    close(ready[1]);
}

static void end_child(const struct belongings *own)
{
    kill(own->child, SIGKILL);
    waitpid(own->child, NULL, 0);
}

static void do_as_told(struct belongings *own, enum word word)
{
    switch (word) {
    case HOLD_LARGE:
        hold(own, LARGE);
        break;
    case HOLD_SMALL:
        hold(own, SMALL);
        break;
    case DROP:
        drop(own);
        break;
    case FREE_LAZILY:
        madvise(own->memory, own->size, MADV_FREE);
        break;
    case SPIN:
        spin();
        break;
    case FORK:
        fork_child(own);
        break;
    case END_CHILD:
        end_child(own);
        break;
    }
}

static void obey(struct puppet *self, void *argument)
{
    (void)argument;
    struct belongings own = {0};
    puppet_warm_up(self);
    for (;;) {
        do_as_told(&own, (enum word)puppet_hear(self));
        puppet_say(self, 0);
    }
}

struct watched {
    struct puppet worker;
    struct reading reading;
    struct sample sample; /* the last one */
};

static int setup(void **state)
{
    static struct watched watched;
    puppet_start(&watched.worker, obey, NULL);
    puppet_await_warm(&watched.worker);
    *state = &watched;
    return reading_open(&watched.reading, getpid(), watched.worker.pid, clock_now());
}

static int teardown(void **state)
{
    struct watched *watched = *state;
    reading_close(&watched->reading);
    puppet_end(&watched->worker);
    return 0;
}

static void tell(struct watched *watched, enum word word)
{
    puppet_say(&watched->worker, word);
    puppet_hear(&watched->worker);
}

/* Takes a sample; its values. */
static const double *take(struct watched *watched)
{
    assert_int_equal(reading_take_sample(&watched->reading, &watched->sample), 0);
    return watched->sample.values;
}

static void resume(struct watched *watched)
{
    reading_add_counts(&watched->reading, &watched->sample, &(struct wire_counts){0});
    reading_resume(&watched->reading);
}

/* A whole standstill. */
static const double *stand_still(struct watched *watched)
{
    take(watched);
    resume(watched);
    return watched->sample.values;
}

/* A sanitizer's runtime writes to its own pages after each fork. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLACK (3 * MEBIBYTE)
#endif
#endif
#ifndef SLACK
#define SLACK MEBIBYTE
#endif

static void assert_about(double value, double expected)
{
    if (value < expected - SLACK || value > expected + SLACK) {
        fail_msg("%.2f MiB instead of %.2f MiB", value / MEBIBYTE, expected / MEBIBYTE);
    }
}

/* ---- memory ---- */

/* As long as it is not known who serves malloc, the owners stay absent, too. */
static void a_sample_fills_everything_but_counts_and_owners(void **state)
{
    const double *values = take(*state);
    for (int i = 0; i < METRIC_COUNT; i++) {
        assert_int_equal(metric_is_absent(values[i]), i >= METRIC_ALLOCATED_BLOCKS);
    }
}

static void owners_are_told_once_the_malloc_is_known(void **state)
{
    struct watched *watched = *state;
    const double *values = take(watched);
    for (int i = METRIC_OWNER_FIRST; i < METRIC_COUNT; i++) {
        assert_true(metric_is_absent(values[i]));
    }
    watched->reading.family = "another";
    values = take(watched);
    double sum = values[METRIC_OWNER_UNEXPLAINED];
    for (int i = METRIC_OWNER_FIRST; i <= METRIC_OWNER_LAST; i++) {
        sum += metric_is_absent(values[i]) ? 0 : values[i];
    }
    assert_true(sum == values[METRIC_RSS]);
    assert_true(metric_is_absent(values[METRIC_CHILDREN_ANON]));
}

static void what_children_hold_is_told_apart(void **state)
{
    struct watched *watched = *state;
    watched->reading.family = "another";
    tell(watched, FORK);
    assert_about(take(watched)[METRIC_CHILDREN_ANON], SMALL);
    tell(watched, END_CHILD);
    assert_true(metric_is_absent(take(watched)[METRIC_CHILDREN_ANON]));
}

static double *take_at(struct watched *watched, const char *phase)
{
    text_place(watched->sample.phase, sizeof watched->sample.phase, phase);
    take(watched);
    return watched->sample.values;
}

static void what_goes_back_between_collected_and_released_is_released_bytes(void **state)
{
    struct watched *watched = *state;
    tell(watched, HOLD_LARGE);
    assert_true(metric_is_absent(take_at(watched, PHASE_END)[METRIC_RELEASED_BYTES]));
    assert_true(metric_is_absent(take_at(watched, PHASE_COLLECTED)[METRIC_RELEASED_BYTES]));
    double before = watched->sample.values[METRIC_RSS];
    tell(watched, DROP);
    const double *values = take_at(watched, PHASE_RELEASED);
    assert_about(values[METRIC_RELEASED_BYTES], LARGE);
    assert_true(values[METRIC_RELEASED_BYTES] == before - values[METRIC_RSS]);
}

static void without_collected_there_is_nothing_to_compare_released_with(void **state)
{
    assert_true(metric_is_absent(take_at(*state, PHASE_RELEASED)[METRIC_RELEASED_BYTES]));
}

static void the_account_is_heard_where_the_owners_are_known(void **state)
{
    struct watched *watched = *state;
    struct wire_counts counts = {.account = {.live = 5, .resident = -1}};
    take(watched);
    assert_null(reading_add_counts(&watched->reading, &watched->sample, &counts));
    assert_true(metric_is_absent(watched->sample.values[METRIC_ACCOUNT_LIVE]));
    watched->reading.family = "scudo";
    take(watched);
    assert_null(reading_add_counts(&watched->reading, &watched->sample, &counts));
    assert_true(watched->sample.values[METRIC_ACCOUNT_LIVE] == 5);
    assert_true(metric_is_absent(watched->sample.values[METRIC_ACCOUNT_RESIDENT]));
}

/* As a thread of the allocator's own does it. */
static void what_goes_back_before_the_account_was_releasable(void **state)
{
    struct watched *watched = *state;
    struct wire_counts counts = {.account = {.live = MEBIBYTE, .pinned = LARGE, .fresh = -1}};
    watched->reading.family = "jemalloc";
    tell(watched, HOLD_LARGE);
    take(watched);
    tell(watched, DROP);
    cleanup_free char *said = reading_add_counts(&watched->reading, &watched->sample, &counts);
    assert_null(said);
    assert_about(watched->sample.values[METRIC_OWNER_MALLOC_RELEASABLE], LARGE);
}

static void an_account_of_less_than_is_seen_is_told(void **state)
{
    struct watched *watched = *state;
    struct wire_counts counts = {.account = {-1, -1, -1, -1, -1, .resident = MEBIBYTE}};
    watched->reading.family = "mimalloc";
    tell(watched, HOLD_LARGE);
    take(watched);
    cleanup_free char *said = reading_add_counts(&watched->reading, &watched->sample, &counts);
    assert_contains(said, "the witnesses disagree");
    assert_true(watched->sample.values[METRIC_OWNER_UNEXPLAINED] > LARGE - 2 * MEBIBYTE);
}

static void rss_and_anon_grow_by_what_is_held(void **state)
{
    struct watched *watched = *state;
    double rss = take(watched)[METRIC_RSS], anon = watched->sample.values[METRIC_ANON];
    tell(watched, HOLD_LARGE);
    const double *values = take(watched);
    assert_about(values[METRIC_RSS], rss + LARGE);
    assert_about(values[METRIC_ANON], anon + LARGE);
    assert_about(values[METRIC_TREE_PSS], values[METRIC_PSS]);
    assert_true(values[METRIC_THREADS] == 1);
    assert_true(values[METRIC_PROCESSES] == 1);
}

static void memory_freed_lazily_is_in_rss_but_not_in_anon(void **state)
{
    struct watched *watched = *state;
    double rss = take(watched)[METRIC_RSS], anon = watched->sample.values[METRIC_ANON];
    tell(watched, HOLD_LARGE);
    tell(watched, FREE_LAZILY);
    const double *values = take(watched);
    assert_about(values[METRIC_RSS], rss + LARGE);
    assert_about(values[METRIC_LAZYFREE], LARGE);
    assert_about(values[METRIC_ANON], anon);
}

static void a_process_that_stands_still_does_not_move(void **state)
{
    struct watched *watched = *state;
    tell(watched, HOLD_LARGE);
    take(watched);
    assert_true(watched->sample.moved == 0);
    assert_int_equal(sample_doubt(&watched->sample), DOUBT_NONE);
}

/* ---- peaks ---- */

static void a_phase_peak_is_that_of_its_phase(void **state)
{
    struct watched *watched = *state;
    double rss = stand_still(watched)[METRIC_RSS];
    tell(watched, HOLD_LARGE);
    tell(watched, DROP);
    const double *values = stand_still(watched);
    assert_about(values[METRIC_RSS], rss);
    assert_about(values[METRIC_PHASE_PEAK_RSS], rss + LARGE);
    tell(watched, HOLD_SMALL);
    tell(watched, DROP);
    values = stand_still(watched);
    assert_about(values[METRIC_PHASE_PEAK_RSS], rss + SMALL);
    assert_about(stand_still(watched)[METRIC_PHASE_PEAK_RSS], rss);
}

static void the_peak_is_the_highest_of_all_phases(void **state)
{
    struct watched *watched = *state;
    double rss = stand_still(watched)[METRIC_RSS];
    tell(watched, HOLD_LARGE);
    tell(watched, DROP);
    assert_about(stand_still(watched)[METRIC_PEAK_RSS], rss + LARGE);
    tell(watched, HOLD_SMALL);
    assert_about(stand_still(watched)[METRIC_PEAK_RSS], rss + LARGE);
}

static void the_peak_does_not_know_what_was_before_start(void **state)
{
    struct watched *watched = *state;
    double before = take(watched)[METRIC_RSS];
    tell(watched, HOLD_LARGE);
    tell(watched, DROP);
    reading_close(&watched->reading);
    reading_open(&watched->reading, getpid(), watched->worker.pid, clock_now());
    const double *values = stand_still(watched);
    assert_about(values[METRIC_PEAK_RSS], before);
    assert_about(values[METRIC_PHASE_PEAK_RSS], before + LARGE);
    assert_about(stand_still(watched)[METRIC_PEAK_RSS], before);
}

static void a_peak_is_never_below_what_is_resident(void **state)
{
    struct watched *watched = *state;
    stand_still(watched);
    for (int i = 0; i < 4; i++) {
        tell(watched, HOLD_SMALL);
        const double *values = stand_still(watched);
        assert_true(values[METRIC_PHASE_PEAK_RSS] >= values[METRIC_RSS]);
        assert_true(values[METRIC_PEAK_RSS] >= values[METRIC_PHASE_PEAK_RSS]);
    }
}

/* As if the kernel had refused: its high-water mark is then that of an earlier phase. */
static void without_a_reset_an_old_peak_is_not_taken_for_a_new_one(void **state)
{
    struct watched *watched = *state;
    double rss = stand_still(watched)[METRIC_RSS];
    tell(watched, HOLD_LARGE);
    tell(watched, DROP);
    take(watched);
    watched->reading.phase_peak = 0;
    watched->reading.can_reset_peak = false;
    const double *values = take(watched);
    assert_about(values[METRIC_PHASE_PEAK_RSS], rss);
    assert_about(values[METRIC_PEAK_RSS], rss + LARGE);
}

static void a_point_of_the_curve_counts_for_the_peak(void **state)
{
    struct watched *watched = *state;
    struct curve_point point;
    double rss = stand_still(watched)[METRIC_RSS];
    tell(watched, HOLD_LARGE);
    assert_int_equal(reading_take_point(&watched->reading, &point), 0);
    assert_about(point.rss, rss + LARGE);
    tell(watched, DROP);
    procfs_reset_peak(watched->reading.process);
    assert_about(take(watched)[METRIC_PHASE_PEAK_RSS], rss + LARGE);
}

/* ---- the tree ---- */

static void a_child_counts_for_the_tree_while_it_lives(void **state)
{
    struct watched *watched = *state;
    struct curve_point point;
    double pss = stand_still(watched)[METRIC_TREE_PSS];
    double private_before = watched->sample.values[METRIC_PEAK_TREE_PRIVATE];
    tell(watched, FORK);
    assert_int_equal(reading_take_point(&watched->reading, &point), 0);
    assert_int_equal(point.processes, 2);
    assert_true(point.tree_private >= private_before + SMALL);
    const double *values = stand_still(watched);
    assert_true(values[METRIC_PROCESSES] == 2);
    assert_about(values[METRIC_TREE_PSS], pss + SMALL);
    assert_about(reading_tree_pss(&watched->reading), pss + SMALL);

    tell(watched, END_CHILD);
    values = stand_still(watched);
    assert_true(values[METRIC_PROCESSES] == 1);
    assert_about(values[METRIC_TREE_PSS], pss);
    assert_true(values[METRIC_PEAK_TREE_PRIVATE] >= private_before + SMALL);
}

/* ---- meters ---- */

static void meters_stand_at_zero_at_start(void **state)
{
    struct watched *watched = *state;
    tell(watched, SPIN);
    const double *values = take(watched);
    assert_true(values[METRIC_WALL_SECONDS] == 0);
    assert_true(values[METRIC_CPU_SECONDS] == 0);
    assert_true(values[METRIC_MINOR_FAULTS] == 0);
    assert_true(values[METRIC_MAJOR_FAULTS] == 0);
}

static void meters_hold_what_the_worker_used(void **state)
{
    struct watched *watched = *state;
    stand_still(watched);
    tell(watched, SPIN);
    tell(watched, HOLD_SMALL);
    double pages = SMALL / (double)sysconf(_SC_PAGESIZE);
    const double *values = take(watched);
    assert_true(values[METRIC_CPU_SECONDS] >= 0.05);
    assert_true(values[METRIC_WALL_SECONDS] >= 0.05);
    assert_true(values[METRIC_MINOR_FAULTS] >= pages);
    assert_true(values[METRIC_MINOR_FAULTS] < pages + 200);
}

static void what_a_standstill_costs_is_left_out(void **state)
{
    struct watched *watched = *state;
    stand_still(watched);
    tell(watched, SPIN);
    take(watched);
    struct sample before = watched->sample;
    /* The worker answers, and is slow about it. */
    tell(watched, SPIN);
    tell(watched, HOLD_SMALL);
    double cpu = procfs_cpu_seconds(watched->worker.pid), wall = clock_now();
    resume(watched);
    const double *values = take(watched);
    double cpu_between = procfs_cpu_seconds(watched->worker.pid) - cpu;
    double wall_between = clock_now() - wall;
    assert_true(values[METRIC_CPU_SECONDS] - before.values[METRIC_CPU_SECONDS] <= cpu_between);
    assert_true(values[METRIC_WALL_SECONDS] - before.values[METRIC_WALL_SECONDS] <= wall_between);
    assert_true(values[METRIC_MINOR_FAULTS] - before.values[METRIC_MINOR_FAULTS] < 100);
    assert_true(values[METRIC_CPU_SECONDS] >= before.values[METRIC_CPU_SECONDS]);
}

static void elapsed_counts_from_the_workers_start(void **state)
{
    struct watched *watched = *state;
    struct curve_point point;
    watched->reading.started -= 1000;
    take(watched);
    assert_true(watched->sample.elapsed >= 1000);
    assert_int_equal(reading_take_point(&watched->reading, &point), 0);
    assert_true(point.elapsed >= watched->sample.elapsed);
}

/* ---- counts ---- */

static void an_unknown_count_is_absent(void **state)
{
    struct watched *watched = *state;
    take(watched);
    reading_add_counts(&watched->reading, &watched->sample,
                       &(struct wire_counts){.allocated_blocks = -1,
                                             .tracked_objects = 7,
                                             .garbage_objects = 0,
                                             .collected_objects = -1});
    const double *values = watched->sample.values;
    assert_true(metric_is_absent(values[METRIC_ALLOCATED_BLOCKS]));
    assert_true(metric_is_absent(values[METRIC_COLLECTED_OBJECTS]));
    assert_true(values[METRIC_TRACKED_OBJECTS] == 7);
    assert_true(values[METRIC_GARBAGE_OBJECTS] == 0);
}

static void a_count_that_is_unknown_later_is_absent_then(void **state)
{
    struct watched *watched = *state;
    struct wire_counts counts = {.collected_objects = 40};
    take(watched);
    reading_add_counts(&watched->reading, &watched->sample, &counts);
    reading_resume(&watched->reading);
    counts.collected_objects = -1;
    take(watched);
    reading_add_counts(&watched->reading, &watched->sample, &counts);
    assert_true(metric_is_absent(watched->sample.values[METRIC_COLLECTED_OBJECTS]));
}

static void collected_objects_count_from_start(void **state)
{
    struct watched *watched = *state;
    struct wire_counts counts = {.collected_objects = 40};
    take(watched);
    reading_add_counts(&watched->reading, &watched->sample, &counts);
    assert_true(watched->sample.values[METRIC_COLLECTED_OBJECTS] == 0);
    reading_resume(&watched->reading);
    counts.collected_objects = 100;
    take(watched);
    reading_add_counts(&watched->reading, &watched->sample, &counts);
    assert_true(watched->sample.values[METRIC_COLLECTED_OBJECTS] == 60);
}

/* ---- the dead ---- */

static void a_dead_worker_cannot_be_read(void **state)
{
    struct watched *watched = *state;
    struct sample sample;
    struct curve_point point;
    pid_t pid = watched->worker.pid;
    assert_int_equal(kill(pid, SIGKILL), 0);
    puppet_await_end(&watched->worker);
    assert_int_equal(reading_take_sample(&watched->reading, &sample), -1);
    puppet_end(&watched->worker);
    assert_int_equal(reading_take_sample(&watched->reading, &sample), -1);
    assert_int_equal(reading_take_point(&watched->reading, &point), -1);
    reading_close(&watched->reading);
    assert_int_equal(reading_open(&watched->reading, getpid(), pid, clock_now()), -1);
    assert_int_equal(reading_take_point(&watched->reading, &point), -1);
    reading_close(&watched->reading);
    setup(state);
}

static void a_reading_leaves_no_descriptor_behind(void **state)
{
    struct watched *watched = *state;
    reading_close(&watched->reading);
    unsigned before = descriptors_count();
    reading_open(&watched->reading, getpid(), watched->worker.pid, clock_now());
    stand_still(watched);
    stand_still(watched);
    reading_close(&watched->reading);
    assert_int_equal(descriptors_count(), before);
}

#define reading_test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        reading_test(owners_are_told_once_the_malloc_is_known),
        reading_test(what_children_hold_is_told_apart),
        reading_test(a_sample_fills_everything_but_counts_and_owners),
        reading_test(what_goes_back_between_collected_and_released_is_released_bytes),
        reading_test(without_collected_there_is_nothing_to_compare_released_with),
        reading_test(the_account_is_heard_where_the_owners_are_known),
        reading_test(what_goes_back_before_the_account_was_releasable),
        reading_test(an_account_of_less_than_is_seen_is_told),
        reading_test(rss_and_anon_grow_by_what_is_held),
        reading_test(memory_freed_lazily_is_in_rss_but_not_in_anon),
        reading_test(a_process_that_stands_still_does_not_move),
        reading_test(a_phase_peak_is_that_of_its_phase),
        reading_test(the_peak_is_the_highest_of_all_phases),
        reading_test(the_peak_does_not_know_what_was_before_start),
        reading_test(a_peak_is_never_below_what_is_resident),
        reading_test(without_a_reset_an_old_peak_is_not_taken_for_a_new_one),
        reading_test(a_point_of_the_curve_counts_for_the_peak),
        reading_test(a_child_counts_for_the_tree_while_it_lives),
        reading_test(meters_stand_at_zero_at_start),
        reading_test(meters_hold_what_the_worker_used),
        reading_test(what_a_standstill_costs_is_left_out),
        reading_test(elapsed_counts_from_the_workers_start),
        reading_test(an_unknown_count_is_absent),
        reading_test(a_count_that_is_unknown_later_is_absent_then),
        reading_test(collected_objects_count_from_start),
        reading_test(a_dead_worker_cannot_be_read),
        reading_test(a_reading_leaves_no_descriptor_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
