#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "run/trial.h"
#include "tests/support/contains.h"
#include "tests/support/descriptors.h"
#include "tests/support/fake_plan.h"
#include "tests/support/fake_worker.h"

struct stage {
    struct fake_plan fake;
    struct record record;
    int signals;      /* a signalfd of SIGUSR1 */
    unsigned moments; /* that were told while it ran */
    double last_moment;
    unsigned phases; /* likewise */
    unsigned descriptors;
};

static struct stage *prepare(const char *part)
{
    static struct stage stage;
    sigset_t usr1;
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr1, NULL);
    stage = (struct stage){.descriptors = descriptors_count()};
    stage.signals = signalfd(-1, &usr1, SFD_CLOEXEC | SFD_NONBLOCK);
    fake_plan_init(&stage.fake, part);
    return &stage;
}

static void see_moment(void *context, double seconds, double rss)
{
    struct stage *stage = context;
    assert_true(seconds >= stage->last_moment && rss >= 0);
    stage->moments++;
    stage->last_moment = seconds;
}

static void see_phase(void *context, const struct sample *sample)
{
    struct stage *stage = context;
    assert_true(phase_is_well_formed(sample->phase));
    stage->phases++;
}

static void run(struct stage *stage, int expected)
{
    struct error err = {0};
    struct observer observer = {.context = stage, .moment = see_moment, .phase = see_phase};
    int result = trial_run(&stage->fake.plan, &stage->fake.trial, stage->signals, &observer,
                           &stage->record, &err);
    assert_int_equal(result, expected);
}

static struct stage *play(const char *part)
{
    struct stage *stage = prepare(part);
    run(stage, 0);
    return stage;
}

/* Whatever the worker did, nothing of it is left. */
static void strike(struct stage *stage)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    record_clear(&stage->record);
    fake_plan_clear(&stage->fake);
    close(stage->signals);
    assert_int_equal(descriptors_count(), stage->descriptors);
}

static void assert_outcome(const struct stage *stage, enum outcome outcome, const char *summary)
{
    assert_string_equal(outcome_name(stage->record.outcome), outcome_name(outcome));
    assert_contains(stage->record.summary, summary);
}

/* ---- a worker that obeys ---- */

static void a_worker_that_obeys_is_measured_at_each_phase(void **state)
{
    (void)state;
    struct stage *stage = play("obeys");
    const struct record *record = &stage->record;
    assert_outcome(stage, OUTCOME_OK, "");
    assert_string_equal(record->identity.version, "fake");
    assert_int_equal(record->sample_count, 3);
    static const char *const phases[] = {"start", "loaded", "end"};
    for (unsigned i = 0; i < 3; i++) {
        assert_string_equal(record->samples[i].phase, phases[i]);
        assert_int_equal(record->samples[i].cycle, 1);
        assert_int_equal(record->samples[i].visit, 1);
        assert_true(record->samples[i].values[METRIC_TRACKED_OBJECTS] == 7);
        assert_true(metric_is_absent(record->samples[i].values[METRIC_ALLOCATED_BLOCKS]));
    }
    assert_int_equal(record->warnings.count, 0);
    assert_true(record->seconds > 0);
    strike(stage);
}

static void the_mallocs_own_text_is_kept_where_it_is_asked_for(void **state)
{
    (void)state;
    struct stage *stage = prepare("obeys");
    stage->fake.options.dump = true;
    run(stage, 0);
    assert_outcome(stage, OUTCOME_OK, "");
    assert_int_equal(stage->record.sample_count, 3);
    assert_int_equal(stage->record.dump_count, 1); /* it has no 'released' */
    assert_string_equal(stage->record.dumps[0].phase, "end");
    assert_string_equal(stage->record.dumps[0].text, "MALLOC: 32 MiB, all of them fake\n");
    assert_int_equal(stage->record.warnings.count, 0);
    strike(stage);
    stage = play("obeys");
    assert_int_equal(stage->record.dump_count, 0);
    strike(stage);
}

static void each_text_stands_alone(void **state)
{
    (void)state;
    struct stage *stage = prepare("releases");
    stage->fake.options.dump = true;
    run(stage, 0);
    assert_int_equal(stage->record.dump_count, 2);
    assert_string_equal(stage->record.dumps[0].phase, "end");
    assert_string_equal(stage->record.dumps[0].text, "MALLOC: 32 MiB, all of them fake\n");
    assert_string_equal(stage->record.dumps[1].phase, "released");
    assert_string_equal(stage->record.dumps[1].text, "MALLOC: 0 MiB\n");
    strike(stage);
}

/* Only of the last cycle: the fake is always in its first. */
static void an_end_that_is_not_the_last_is_not_dumped(void **state)
{
    (void)state;
    struct stage *stage = prepare("obeys");
    stage->fake.options.dump = true;
    stage->fake.options.cycles = 2;
    run(stage, 0);
    assert_int_equal(stage->record.dump_count, 0);
    strike(stage);
}

static void a_malloc_without_a_text_is_a_warning(void **state)
{
    (void)state;
    struct stage *stage = prepare("is-mute");
    stage->fake.options.dump = true;
    run(stage, 0);
    assert_outcome(stage, OUTCOME_OK, "");
    assert_int_equal(stage->record.dump_count, 0);
    assert_int_equal(stage->record.warnings.count, 1);
    assert_contains(stage->record.warnings.items[0], "at 'end': glibc writes no text of its own");
    strike(stage);
}

static void a_load_of_32_mib_is_reported_as_32_mib(void **state)
{
    (void)state;
    const double tolerance = 2 << 20;
    struct stage *stage = play("obeys");
    double start = record_value(&stage->record, "start", METRIC_ANON);
    double loaded = record_value(&stage->record, "loaded", METRIC_ANON);
    double end = record_value(&stage->record, "end", METRIC_ANON);
    double peak = record_value(&stage->record, "end", METRIC_PEAK_RSS) -
                  record_value(&stage->record, "start", METRIC_RSS);
    assert_in_range(loaded - start, FAKE_WORKER_LOAD - tolerance, FAKE_WORKER_LOAD + tolerance);
    assert_in_range(peak, FAKE_WORKER_LOAD - tolerance, FAKE_WORKER_LOAD + tolerance);
    assert_true(end < start + tolerance);
    strike(stage);
}

static void the_end_of_a_long_output_is_kept(void **state)
{
    (void)state;
    struct stage *stage = play("prints");
    assert_outcome(stage, OUTCOME_OK, "");
    assert_int_equal(stage->record.output_length, 65536);
    assert_contains(stage->record.output, "line 5999 of the output of it.\n");
    assert_contains(stage->record.output, "line 6000 of the output of it!\nand an error\n");
    assert_lacks(stage->record.output, "line  100 ");
    strike(stage);
}

static void children_that_are_left_behind_do_not_outlive_the_trial(void **state)
{
    (void)state;
    struct stage *stage = play("leaves-children");
    assert_outcome(stage, OUTCOME_OK, "");
    assert_true(record_value(&stage->record, "end", METRIC_PROCESSES) == 6);
    strike(stage);
}

/* ---- a worker that fails ---- */

static void a_failure_keeps_its_words_and_its_samples(void **state)
{
    (void)state;
    struct stage *stage = play("fails");
    assert_outcome(stage, OUTCOME_WORKLOAD_ERROR, "ValueError: ?[31mred");
    assert_string_equal(stage->record.hint, "mend it");
    assert_string_equal(stage->record.traceback, "Traceback\n  line 1\n");
    assert_int_equal(stage->record.sample_count, 1);
    strike(stage);
}

static void a_crash_names_its_signal(void **state)
{
    (void)state;
    struct stage *stage = play("crashes");
    assert_outcome(stage, OUTCOME_CRASHED, "killed by signal 11 (Segmentation fault)");
    assert_int_equal(stage->record.sample_count, 1);
    strike(stage);
}

static void a_crash_after_the_last_sample_is_a_warning(void **state)
{
    (void)state;
    struct stage *stage = play("crashes-after-done");
    assert_int_equal(stage->record.warnings.count, 1);
    assert_contains(stage->record.warnings.items[0], "killed by signal 11");
    assert_outcome(stage, OUTCOME_OK, "");
    strike(stage);
}

static void an_early_exit_is_a_workload_error(void **state)
{
    (void)state;
    struct stage *stage = play("leaves-early");
    assert_outcome(stage, OUTCOME_WORKLOAD_ERROR, "exit status 9 before its end");
    strike(stage);
}

static void a_worker_that_never_proved_itself_measures_nothing(void **state)
{
    (void)state;
    struct stage *stage = play("leaves-at-once");
    assert_outcome(stage, OUTCOME_NOT_THIS_ALLOCATOR,
                   "exit status 7 before it could prove its allocator");
    assert_int_equal(stage->record.sample_count, 0);
    strike(stage);
    stage = play("says-done-only");
    assert_outcome(stage, OUTCOME_NOT_THIS_ALLOCATOR, "exit status 0 before it could prove");
    strike(stage);
}

static void another_malloc_is_not_this_allocator(void **state)
{
    (void)state;
    struct stage *stage = play("is-another-malloc");
    assert_outcome(stage, OUTCOME_NOT_THIS_ALLOCATOR, "free is glibc's");
    assert_int_equal(stage->record.sample_count, 0);
    strike(stage);
}

static void a_lost_wire_is_the_workloads_error(void **state)
{
    (void)state;
    struct stage *stage = play("loses-wire");
    assert_outcome(stage, OUTCOME_WORKLOAD_ERROR, "closed membench's socket (descriptor 200)");
    strike(stage);
}

static void a_worker_that_cannot_play_the_part_says_why_in_its_output(void **state)
{
    (void)state;
    struct stage *stage = play("no-such-part");
    assert_outcome(stage, OUTCOME_NOT_THIS_ALLOCATOR, "exit status 2");
    assert_string_equal(stage->record.output, "the fake worker cannot play 'no-such-part'\n");
    strike(stage);
}

/* ---- a worker that babbles and lies ---- */

static void a_worker_that_babbles_is_killed(void **state)
{
    (void)state;
    struct stage *stage = play("babbles");
    assert_outcome(stage, OUTCOME_WORKLOAD_ERROR, "something other than the worker wrote");
    assert_int_equal(stage->record.sample_count, 1);
    strike(stage);
}

static void a_phase_before_hello_is_not_measured(void **state)
{
    (void)state;
    struct stage *stage = play("skips-hello");
    assert_outcome(stage, OUTCOME_WORKLOAD_ERROR, "the worker's words make no sense");
    assert_int_equal(stage->record.sample_count, 0);
    strike(stage);
}

static void a_phase_with_a_bad_name_is_not_measured(void **state)
{
    (void)state;
    struct stage *stage = play("invents-phase");
    assert_outcome(stage, OUTCOME_WORKLOAD_ERROR, "the worker's words make no sense");
    assert_int_equal(stage->record.sample_count, 1);
    strike(stage);
}

static void texts_without_an_end_are_cut(void **state)
{
    (void)state;
    struct stage *stage = play("does-not-terminate");
    const struct record *record = &stage->record;
    assert_outcome(stage, OUTCOME_WORKLOAD_ERROR, "xxx"); /* an outcome that there is not */
    assert_int_equal(strlen(record->identity.family), sizeof record->identity.family - 1);
    assert_int_equal(strlen(record->identity.library), sizeof record->identity.library - 1);
    assert_int_equal(strlen(record->summary), WIRE_SUMMARY_SIZE - 1);
    assert_int_equal(strlen(record->traceback), WIRE_TRACEBACK_SIZE - 1);
    strike(stage);
}

/* ---- what time and memory decide ---- */

static void a_worker_that_hangs_is_timed_out_and_shown(void **state)
{
    (void)state;
    struct stage *stage = prepare("hangs");
    stage->fake.options.timeout = 0.3;
    run(stage, 0);
    assert_outcome(stage, OUTCOME_TIMED_OUT, "not at its end after 0.3 s");
    assert_contains(stage->record.stacks, "'hanging' state");
    assert_contains(stage->record.stacks, "line 3 in wait");
    assert_int_equal(stage->record.sample_count, 1);
    assert_true(stage->record.curve_count > 0);
    assert_int_equal(stage->moments, stage->record.curve_count);
    assert_int_equal(stage->phases, stage->record.sample_count);
    strike(stage);
}

static void a_worker_that_passes_the_memory_limit_is_ended(void **state)
{
    (void)state;
    struct stage *stage = prepare("grows");
    stage->fake.options.memory_limit = 100 << 20;
    run(stage, 0);
    assert_outcome(stage, OUTCOME_OUT_OF_MEMORY, "passed the memory limit of 100 MiB");
    strike(stage);
}

static void a_script_is_interrupted_after_its_duration(void **state)
{
    (void)state;
    struct stage *stage = prepare("ends-at-interrupt");
    stage->fake.workload.is_script = true;
    stage->fake.options.duration = 0.05;
    run(stage, 0);
    assert_outcome(stage, OUTCOME_OK, "");
    assert_true(record_value(&stage->record, "end", METRIC_WALL_SECONDS) >= 0.05);
    strike(stage);
}

static void a_signal_to_membench_ends_the_trial_and_keeps_what_was_measured(void **state)
{
    (void)state;
    struct stage *stage = prepare("hangs");
    pid_t sender = fork();
    if (sender == 0) {
        usleep(200000);
        kill(getppid(), SIGUSR1);
        _exit(0);
    }
    run(stage, 1);
    assert_outcome(stage, OUTCOME_SKIPPED, "interrupted");
    struct signalfd_siginfo taken;
    assert_int_equal(read(stage->signals, &taken, sizeof taken), sizeof taken);
    strike(stage);
}

/* ---- before it starts ---- */

static void what_cannot_be_launched_is_an_error_of_membenchs_own(void **state)
{
    (void)state;
    struct stage *stage = prepare("obeys");
    text_list_add(&stage->fake.options.environment, "LD_PRELOAD=/x.so");
    run(stage, -1);
    assert_int_equal(stage->record.outcome, OUTCOME_UNFINISHED);
    strike(stage);
}

int main(int argc, char **argv)
{
    fake_worker_begin(argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_worker_that_obeys_is_measured_at_each_phase),
        cmocka_unit_test(the_mallocs_own_text_is_kept_where_it_is_asked_for),
        cmocka_unit_test(each_text_stands_alone),
        cmocka_unit_test(an_end_that_is_not_the_last_is_not_dumped),
        cmocka_unit_test(a_malloc_without_a_text_is_a_warning),
        cmocka_unit_test(a_load_of_32_mib_is_reported_as_32_mib),
        cmocka_unit_test(the_end_of_a_long_output_is_kept),
        cmocka_unit_test(children_that_are_left_behind_do_not_outlive_the_trial),
        cmocka_unit_test(a_failure_keeps_its_words_and_its_samples),
        cmocka_unit_test(a_crash_names_its_signal),
        cmocka_unit_test(a_crash_after_the_last_sample_is_a_warning),
        cmocka_unit_test(an_early_exit_is_a_workload_error),
        cmocka_unit_test(a_worker_that_never_proved_itself_measures_nothing),
        cmocka_unit_test(another_malloc_is_not_this_allocator),
        cmocka_unit_test(a_lost_wire_is_the_workloads_error),
        cmocka_unit_test(a_worker_that_cannot_play_the_part_says_why_in_its_output),
        cmocka_unit_test(a_worker_that_babbles_is_killed),
        cmocka_unit_test(a_phase_before_hello_is_not_measured),
        cmocka_unit_test(a_phase_with_a_bad_name_is_not_measured),
        cmocka_unit_test(texts_without_an_end_are_cut),
        cmocka_unit_test(a_worker_that_hangs_is_timed_out_and_shown),
        cmocka_unit_test(a_worker_that_passes_the_memory_limit_is_ended),
        cmocka_unit_test(a_script_is_interrupted_after_its_duration),
        cmocka_unit_test(a_signal_to_membench_ends_the_trial_and_keeps_what_was_measured),
        cmocka_unit_test(what_cannot_be_launched_is_an_error_of_membenchs_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
