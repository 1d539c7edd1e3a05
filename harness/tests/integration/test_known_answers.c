/* What is known beforehand must be measured: each fixture does one thing whose size is written in
 * it. Under glibc; test_preload_known_answers.c has the other allocators. */
#include "tests/support/membench.h"

#include <math.h>

#define ONE_TRIAL "-a", "glibc", "-n", "1", "--settle", "0", "--thp", "off"

static const double mebibyte = 0x1p20;

static void expect_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance)) {
        fail_msg("%.0f is not within %.0f of %.0f", value, tolerance, expected);
    }
}

static double change(struct membench *run, const char *from, const char *to, const char *metric)
{
    return membench_value(run, to, metric) - membench_value(run, from, metric);
}

static void kept_memory_is_anon_over_start(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, membench_fixture("keeps.py"));
    membench_expect(run, 0);
    expect_near(change(run, "start", "end", "anon"), 64 * mebibyte, 0.64 * mebibyte);
    expect_near(change(run, "start", "settled", "anon"), 64 * mebibyte, 0.64 * mebibyte);
    expect_near(change(run, "start", "released", "anon"), 64 * mebibyte, 0.64 * mebibyte);
    expect_near(change(run, "start", "end", "private_dirty"), 64 * mebibyte, mebibyte);
    expect_near(change(run, "start", "end", "tree_pss"), 64 * mebibyte, 2 * mebibyte);
}

static void transient_memory_is_in_the_peak_of_its_phase_only(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, membench_fixture("transient.py"));
    membench_expect(run, 0);
    double before = membench_value(run, "before", "rss");
    expect_near(membench_value(run, "after", "phase_peak_rss") - before, 256 * mebibyte,
                2.56 * mebibyte);
    expect_near(membench_value(run, "after", "rss") - before, 0, 2 * mebibyte);
    expect_near(membench_value(run, "before", "phase_peak_rss") - before, 0, 2 * mebibyte);
    expect_near(membench_value(run, "end", "phase_peak_rss") - before, 0, 2 * mebibyte);
    assert_true(membench_value(run, "before", "peak_rss") < 128 * mebibyte);
    assert_true(membench_value(run, "released", "peak_rss") ==
                membench_value(run, "after", "phase_peak_rss"));
}

static void what_goes_back_by_itself_is_timed(void **state)
{
    struct membench *run = *state;
    membench_run(run, "-a", "glibc", "-n", "1", "--settle", "5", membench_fixture("gives_back.py"));
    membench_expect(run, 0);
    double half = membench_value(run, "settled", "decay_50_seconds");
    double most = membench_value(run, "settled", "decay_90_seconds");
    assert_true(half > 0.9 && most - half > 0.5 && most < 5.5);
    assert_true(isnan(membench_value(run, "end", "decay_50_seconds")));
    membench_expect_text(run->out, "Seconds until it went back by itself, idle for 5 s");
    membench_expect_text(run->out, "cause: not grown");
}

static void what_stays_is_never_given_back(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, membench_fixture("keeps.py"));
    membench_expect(run, 0);
    assert_true(isnan(membench_value(run, "settled", "decay_50_seconds")));
    membench_expect_text(run->out, "cause: live objects 64.");
}

static void cycles_with_legacy_finalizers_become_garbage(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "-p", "legacy=true", membench_fixture("garbage.py"));
    membench_expect(run, 0);
    assert_true(membench_value(run, "settled", "garbage_objects") == 0);
    assert_true(membench_value(run, "collected", "garbage_objects") == 1000);
}

static void cycles_with_modern_finalizers_are_collected(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, membench_fixture("garbage.py"));
    membench_expect(run, 0);
    assert_true(membench_value(run, "collected", "garbage_objects") == 0);
    assert_true(change(run, "settled", "collected", "collected_objects") >= 1000);
    assert_true(change(run, "settled", "collected", "tracked_objects") <= -1000);
}

static void tracked_objects_are_counted_exactly(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, membench_fixture("tracks.py"));
    membench_expect(run, 0);
    expect_near(change(run, "before", "after", "tracked_objects"), 12345, 0);
}

static void allocated_blocks_are_counted(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, membench_fixture("tracks.py"));
    membench_expect(run, 0);
    /* A block per list, and what the generator and the interpreter use beside them. */
    expect_near(change(run, "before", "after", "allocated_blocks"), 12345, 50);
}

static void living_children_are_in_the_tree(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, membench_fixture("children.py"));
    membench_expect(run, 0);
    assert_true(membench_value(run, "before", "processes") == 1);
    assert_true(membench_value(run, "with-children", "processes") == 4);
    assert_true(membench_value(run, "after", "processes") == 1);
    double more = change(run, "before", "with-children", "tree_pss");
    assert_true(more >= 60 * mebibyte && more < 72 * mebibyte);
    expect_near(change(run, "before", "with-children", "anon"), 0, mebibyte);
    expect_near(change(run, "before", "after", "tree_pss"), 0, 2 * mebibyte);
}

static void children_of_the_burst_are_in_the_peak_of_the_tree(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "-p", "stay=false", membench_fixture("children.py"));
    membench_expect(run, 0);
    assert_true(membench_value(run, "after", "processes") == 1);
    expect_near(change(run, "before", "after", "tree_pss"), 0, 2 * mebibyte);
    assert_true(membench_value(run, "before", "peak_tree_private") < 40 * mebibyte);
    /* An upper bound: what a child shares with its parent counts in both. */
    double peak = membench_value(run, "after", "peak_tree_private");
    double own = membench_value(run, "before", "anon");
    assert_true(peak >= 60 * mebibyte + own);
    assert_true(peak <= 60 * mebibyte + 4 * own + 12 * mebibyte);
}

static void zeros_that_are_only_read_weigh_nothing(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, membench_fixture("reads_zeros.py"));
    membench_expect(run, 0);
    expect_near(change(run, "before", "read", "rss"), 0, mebibyte);
    assert_true(change(run, "before", "read", "vsz") >= 64 * mebibyte);
}

static double growth(struct membench *run, unsigned cycle)
{
    return membench_value(run, "end", "anon", .cycle = cycle) -
           membench_value(run, "end", "anon", .cycle = cycle - 1);
}

static void a_leak_grows_with_every_cycle(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "--cycles", "3", "-p", "leak=true", membench_fixture("bursts.py"));
    membench_expect(run, 0);
    expect_near(growth(run, 2), 16 * mebibyte, 0.16 * mebibyte);
    expect_near(growth(run, 3), 16 * mebibyte, 0.16 * mebibyte);
}

static void a_plateau_does_not_grow(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "--cycles", "3", membench_fixture("bursts.py"));
    membench_expect(run, 0);
    expect_near(growth(run, 2), 0, 0.16 * mebibyte);
    expect_near(growth(run, 3), 0, 0.16 * mebibyte);
    expect_near(membench_value(run, "end", "anon", .cycle = 3) -
                    membench_value(run, "start", "anon"),
                16 * mebibyte, 0.64 * mebibyte);
}

/* Counting a million objects takes the worker tens of milliseconds at each standstill. If they were
 * the workload's, its time would be nearly all that passes. */
static void standstills_are_left_out_of_the_times(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, membench_fixture("stands_still.py"));
    membench_expect(run, 0);
    double wall = membench_value(run, "again", "wall_seconds", .visit = 30) -
                  membench_value(run, "again", "wall_seconds", .visit = 1);
    double cpu = membench_value(run, "again", "cpu_seconds", .visit = 30) -
                 membench_value(run, "again", "cpu_seconds", .visit = 1);
    double elapsed =
        membench_elapsed(run, "again", .visit = 30) - membench_elapsed(run, "again", .visit = 1);
    assert_true(wall < elapsed / 2);
    assert_true(cpu < elapsed / 2);
    assert_true(wall > 0 && cpu >= 0);
}

static void work_between_phases_is_in_the_times(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, membench_fixture("works.py"));
    membench_expect(run, 0);
    assert_true(change(run, "begin", "worked", "cpu_seconds") >= 0.29);
    assert_true(change(run, "begin", "worked", "wall_seconds") >= 0.29);
    assert_true(change(run, "worked", "slept", "wall_seconds") >= 0.3);
    assert_true(change(run, "worked", "slept", "cpu_seconds") < 0.2);
    assert_true(membench_value(run, "start", "wall_seconds") == 0);
    assert_true(membench_value(run, "start", "cpu_seconds") == 0);
}

static void settling_takes_as_long_as_was_asked_for(void **state)
{
    struct membench *run = *state;
    membench_run(run, "-a", "glibc", "-n", "1", "--settle", "0.7", membench_fixture("idle.py"));
    membench_expect(run, 0);
    assert_true(change(run, "end", "settled", "wall_seconds") >= 0.7);
}

static void a_parameter_is_typed_as_its_default(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "-p", "whole=3", "-p", "real=2", "-p", "flag=yes", "-p", "text=7",
                 membench_fixture("parameters.py"));
    membench_expect(run, 0);
    membench_expect_text(membench_output(run, 1),
                         "namespace(whole=3, real=2.0, flag=True, text='7', untouched=16777216)\n");
    membench_expect_text(membench_field(run, "params"),
                         "whole=3 real=2 flag=True text=7 untouched=16777216");
}

static void blocks_are_absent_where_every_object_goes_through_malloc(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "--object-allocator", "both", membench_fixture("keeps.py"));
    membench_expect(run, 0);
    assert_true(
        isnan(membench_value(run, "end", "allocated_blocks", .object_allocator = "malloc")));
    assert_true(membench_value(run, "end", "allocated_blocks", .object_allocator = "pymalloc") > 0);
    assert_true(membench_value(run, "end", "tracked_objects", .object_allocator = "malloc") > 0);
}

static void every_metric_has_a_row_at_every_phase(void **state)
{
    struct membench *run = *state;
    membench_run(run, "-a", "glibc", "-n", "2", "--settle", "0", membench_fixture("idle.py"));
    membench_expect(run, 0);
    size_t metrics = membench_count(run, "start", NULL, .trial = 1);
    assert_true(metrics > 0);
    assert_int_equal(membench_count(run, NULL, NULL), 2 * 5 * metrics);
    assert_string_equal(membench_phases(run, 1), "start end settled collected released");
    assert_string_equal(membench_phases(run, 2), "start end settled collected released");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(kept_memory_is_anon_over_start),
        membench_test(transient_memory_is_in_the_peak_of_its_phase_only),
        membench_test(what_goes_back_by_itself_is_timed),
        membench_test(what_stays_is_never_given_back),
        membench_test(cycles_with_legacy_finalizers_become_garbage),
        membench_test(cycles_with_modern_finalizers_are_collected),
        membench_test(tracked_objects_are_counted_exactly),
        membench_test(allocated_blocks_are_counted),
        membench_test(living_children_are_in_the_tree),
        membench_test(children_of_the_burst_are_in_the_peak_of_the_tree),
        membench_test(zeros_that_are_only_read_weigh_nothing),
        membench_test(a_leak_grows_with_every_cycle),
        membench_test(a_plateau_does_not_grow),
        membench_test(standstills_are_left_out_of_the_times),
        membench_test(work_between_phases_is_in_the_times),
        membench_test(settling_takes_as_long_as_was_asked_for),
        membench_test(a_parameter_is_typed_as_its_default),
        membench_test(blocks_are_absent_where_every_object_goes_through_malloc),
        membench_test(every_metric_has_a_row_at_every_phase),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
