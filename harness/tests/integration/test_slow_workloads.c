/* The shipped workloads show what their files say they show.
 *
 * Relations between phases, allocators and parameters, not figures. One trial for each: the margins
 * are many times what a figure varies by. */
#include "tests/support/membench.h"

#include <math.h>
#include <stdlib.h>

#define ONE_TRIAL "-n", "1", "--thp", "off"
#define EVERY_MALLOC "glibc,tcmalloc,tcmalloc-aggressive,jemalloc,jemalloc-background,mimalloc"

static const char *const every_malloc[] = {
    "glibc", "tcmalloc", "tcmalloc-aggressive", "jemalloc", "jemalloc-background", "mimalloc"};
enum { MALLOCS = sizeof every_malloc / sizeof *every_malloc };

static const double mebibyte = 0x1p20;

static double growth(struct membench *run, const char *phase, const char *allocator)
{
    return membench_value(run, phase, "anon", .allocator = allocator) -
           membench_value(run, "start", "anon", .allocator = allocator);
}

/* How much of the growth from 'start' to 'loaded' is still there at the phase. */
static double kept(struct membench *run, const char *phase, const char *metric,
                   const char *allocator)
{
    double start = membench_value(run, "start", metric, .allocator = allocator);
    double loaded = membench_value(run, "loaded", metric, .allocator = allocator);
    return (membench_value(run, phase, metric, .allocator = allocator) - start) / (loaded - start);
}

static void expect_kept(struct membench *run, const char *phase, const char *metric,
                        const char *allocator, double least, double most)
{
    double share = kept(run, phase, metric, allocator);
    if (!(share >= least && share <= most)) {
        fail_msg("%s: %s.%s keeps %.3f of the growth, not %g to %g", allocator, phase, metric,
                 share, least, most);
    }
}

static void expect_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance)) {
        fail_msg("%.0f is not within %.0f of %.0f", value, tolerance, expected);
    }
}

static void pinned_buffers_come_back_only_from_those_that_give_back(void **state)
{
    struct membench *run = *state;
    if (!getenv("MEMBENCH_TEST_FULL")) {
        print_message("four mallocs settle for 12 s each: the long form does it\n");
        skip();
    }
    membench_run(run, ONE_TRIAL, "--settle", "12", "-a",
                 "glibc,tcmalloc,tcmalloc-aggressive,jemalloc-background", "pinned_buffers");
    membench_expect(run, 0);
    expect_kept(run, "settled", "anon", "glibc", 0.8, 1.01);
    expect_kept(run, "settled", "anon", "tcmalloc", 0.8, 1.01);
    expect_kept(run, "settled", "anon", "tcmalloc-aggressive", 0, 0.3);
    expect_kept(run, "settled", "anon", "jemalloc-background", 0, 0.3);
}

/* At 'released' too, which asks more: no malloc can give back what pymalloc holds. */
static void small_objects_stay_under_every_malloc(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "--settle", "0", "-a", EVERY_MALLOC, "small_objects");
    membench_expect(run, 0);
    for (size_t i = 0; i < MALLOCS; i++) {
        expect_kept(run, "settled", "anon", every_malloc[i], 0.8, 1.01);
        expect_kept(run, "released", "anon", every_malloc[i], 0.8, 1.01);
    }
}

static double peak_growth(struct membench *run, const char *allocator)
{
    return membench_value(run, "loaded", "peak_rss", .allocator = allocator) -
           membench_value(run, "start", "rss", .allocator = allocator);
}

static void a_growing_buffer_peaks_higher_under_tcmalloc(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "--settle", "0", "-a", "glibc,tcmalloc", "growing_buffer");
    membench_expect(run, 0);
    assert_true(peak_growth(run, "glibc") >= 110 * mebibyte);
    assert_true(peak_growth(run, "tcmalloc") >= 1.5 * peak_growth(run, "glibc"));
    expect_kept(run, "end", "anon", "glibc", 0, 0.1);
    expect_kept(run, "end", "anon", "tcmalloc", 0.8, 1.01);
}

static void a_steady_state_costs_more_in_size_classes(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "--settle", "0", "-a", "glibc,tcmalloc,jemalloc", "steady_state");
    membench_expect(run, 0);
    const double data = 3000 * 33100 + 60000 * 1060;
    static const struct {
        const char *allocator;
        double least, most;
    } costs[] = {{"glibc", 1.0, 1.05}, {"tcmalloc", 1.06, 1.25}, {"jemalloc", 1.06, 1.25}};
    for (size_t i = 0; i < sizeof costs / sizeof *costs; i++) {
        const char *name = costs[i].allocator;
        double cost = growth(run, "settled", name) / data;
        if (!(cost >= costs[i].least && cost <= costs[i].most)) {
            fail_msg("%s: %.3f times the data", name, cost);
        }
    }
}

static void a_leak_grows_by_its_bytes_under_every_malloc(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "--settle", "0", "--cycles", "3", "-a", EVERY_MALLOC, "leak");
    membench_expect(run, 0);
    for (size_t i = 0; i < MALLOCS; i++) {
        const char *name = every_malloc[i];
        double end[3];
        for (unsigned cycle = 1; cycle <= 3; cycle++) {
            end[cycle - 1] = membench_value(run, "end", "anon", .allocator = name, .cycle = cycle);
        }
        expect_near(end[1] - end[0], 16 * mebibyte, 0.16 * mebibyte);
        expect_near(end[2] - end[1], 16 * mebibyte, 0.16 * mebibyte);
        double released = membench_value(run, "released", "anon", .allocator = name);
        expect_near(released, end[2], 0.5 * mebibyte);
    }
}

static void a_legitimate_cache_stays_and_does_not_grow_again(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "--settle", "0", "--cycles", "2", "-a", "glibc",
                 "legitimate_cache");
    membench_expect(run, 0);
    double start = membench_value(run, "start", "anon");
    double first = membench_value(run, "end", "anon", .cycle = 1) - start;
    assert_true(first >= 80 * mebibyte);
    expect_near(membench_value(run, "end", "anon", .cycle = 2) - start, first, 0.02 * first);
    expect_near(membench_value(run, "released", "anon") - start, first, 0.02 * first);
}

static void cyclic_frames_wait_for_the_collector(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "--settle", "0.3", "-a", "glibc", "cyclic_frames");
    membench_expect(run, 0);
    const double data = 20 * 3 * 2 * mebibyte;
    double collected =
        membench_value(run, "settled", "anon") - membench_value(run, "collected", "anon");
    assert_true(collected >= 0.9 * data);
    assert_true(membench_value(run, "settled", "collected_objects") == 0);
    assert_true(membench_value(run, "collected", "collected_objects") >= 20 * (1 + 3));
}

/* The control differs by the fork alone. */
static void background_thread_of_jemalloc_is_missing_in_a_forked_worker(void **state)
{
    struct membench *run = *state;
    const char *const allocator = "jemalloc-background";
    membench_run(run, ONE_TRIAL, "--settle", "4", "-a", allocator, "prefork_worker");
    membench_expect(run, 0);
    assert_true(membench_value(run, "settled", "processes") == 2);
    expect_kept(run, "settled", "tree_pss", allocator, 0.8, 1.01);
    membench_run(run, ONE_TRIAL, "--settle", "4", "-a", allocator, "-p", "fork=false",
                 "prefork_worker");
    membench_expect(run, 0);
    assert_true(membench_value(run, "settled", "processes") == 1);
    expect_kept(run, "settled", "tree_pss", allocator, 0, 0.3);
}

static void a_thread_pool_keeps_what_malloc_does_not_give_back(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "--settle", "0.5", "--tick", "-a", "glibc,tcmalloc-aggressive",
                 "thread_pool");
    membench_expect(run, 0);
    assert_true(membench_value(run, "settled", "threads", .allocator = "glibc") == 1 + 24);
    expect_kept(run, "settled", "anon", "glibc", 0.8, 1.01);
    expect_kept(run, "settled", "anon", "tcmalloc-aggressive", 0, 0.3);
}

static void big_buffers_cost_faults_where_they_are_given_back(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "--settle", "0", "-a", "tcmalloc,tcmalloc-aggressive",
                 "big_buffers");
    membench_expect(run, 0);
    assert_true(growth(run, "settled", "tcmalloc") >= 20 * mebibyte);
    assert_true(growth(run, "settled", "tcmalloc-aggressive") <= 2 * mebibyte);
    double kept_faults = membench_value(run, "end", "minor_faults", .allocator = "tcmalloc");
    double given_faults =
        membench_value(run, "end", "minor_faults", .allocator = "tcmalloc-aggressive");
    assert_true(given_faults >= 5 * kept_faults);
}

static void fork_logging_deadlock_hangs_in_the_child(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "-a", "glibc", "fork_logging_deadlock");
    membench_expect(run, 0);
    assert_string_equal(membench_field(run, "outcome"), "timed-out");
    /* Not anywhere before it. */
    membench_expect_text(membench_output(run, 1), "in flush\n");
    membench_expect_text(membench_output(run, 1), "in fork_child_that_logs\n");
}

static void threaded_logging_fork_ends(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "--settle", "0", "-a", "glibc", "threaded_logging_fork");
    membench_expect(run, 0);
    assert_string_equal(membench_field(run, "outcome"), "ok");
    assert_true(membench_value(run, "end", "processes") == 1);
    assert_true(membench_value(run, "end", "threads") == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(pinned_buffers_come_back_only_from_those_that_give_back),
        membench_test(small_objects_stay_under_every_malloc),
        membench_test(a_growing_buffer_peaks_higher_under_tcmalloc),
        membench_test(a_steady_state_costs_more_in_size_classes),
        membench_test(a_leak_grows_by_its_bytes_under_every_malloc),
        membench_test(a_legitimate_cache_stays_and_does_not_grow_again),
        membench_test(cyclic_frames_wait_for_the_collector),
        membench_test(background_thread_of_jemalloc_is_missing_in_a_forked_worker),
        membench_test(a_thread_pool_keeps_what_malloc_does_not_give_back),
        membench_test(big_buffers_cost_faults_where_they_are_given_back),
        membench_test(fork_logging_deadlock_hangs_in_the_child),
        membench_test(threaded_logging_fork_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
