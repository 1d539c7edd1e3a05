#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "run/loop.h"
#include "tests/support/contains.h"
#include "tests/support/fake_plan.h"
#include "tests/support/fake_worker.h"

enum { TRIALS = 3 };

/* A run of three trials, and a sink that notes what comes. */
struct desk {
    struct fake_plan fake;
    struct trial trials[3 * TRIALS]; /* a block may be repeated, a look may add some */
    struct sink sink;
    struct error err;
    unsigned begun, ended, moments;
    enum outcome outcomes[3 * TRIALS];
    char summary[256], hint[256]; /* of the last record */
    unsigned fails_at;            /* the trial at which the sink fails; 0: never */
    unsigned looks, grows;        /* looks taken; of these so many add a block */
    struct workload *failing;     /* what an added block runs, or NULL */
    unsigned signal_at;           /* the trial at whose beginning SIGTERM comes; 0: never */
};

static void begin(void *context, const struct trial *trial)
{
    struct desk *desk = context;
    assert_int_equal(trial->number, ++desk->begun);
    if (trial->number == desk->signal_at) {
        raise(SIGTERM);
    }
}

static int end(void *context, struct record *record, struct error *err)
{
    struct desk *desk = context;
    unsigned number = record->trial->number;
    assert_int_equal(number, ++desk->ended);
    desk->outcomes[number - 1] = record->outcome;
    text_place(desk->summary, sizeof desk->summary, record->summary);
    text_place(desk->hint, sizeof desk->hint, record->hint);
    record_clear(record);
    return number == desk->fails_at ? error_set(err, "the disk is full") : 0;
}

static void see_moment(void *context, double seconds, double rss)
{
    struct desk *desk = context;
    desk->moments += seconds >= 0 && rss >= 0;
}

static int look(void *context, struct error *err)
{
    struct desk *desk = context;
    struct plan *plan = &desk->fake.plan;
    if (++desk->looks > desk->grows) {
        return desk->grows == 99 ? error_set(err, "the store is gone") : 0;
    }
    struct trial *trial = &plan->trials[plan->trial_count];
    *trial = desk->trials[0];
    trial->block = plan->trials[plan->trial_count - 1].block + 1;
    trial->number = (unsigned)++plan->trial_count;
    trial->workload = desk->failing ? desk->failing : trial->workload;
    return 1;
}

static int setup(void **state)
{
    static struct desk desk;
    desk = (struct desk){0};
    fake_plan_init(&desk.fake, "obeys");
    for (unsigned i = 0; i < TRIALS; i++) {
        desk.trials[i] = desk.fake.trial;
        desk.trials[i].number = i + 1;
    }
    desk.fake.plan.trials = desk.trials;
    desk.fake.plan.trial_count = TRIALS;
    desk.sink = (struct sink){.context = &desk,
                              .begin = begin,
                              .end = end,
                              .observer = {.context = &desk, .moment = see_moment}};
    *state = &desk;
    return 0;
}

static int teardown(void **state)
{
    struct desk *desk = *state;
    fake_plan_clear(&desk->fake);
    return 0;
}

static void every_trial_is_run_in_order(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(loop_run(&desk->fake.plan, NULL, 0, &desk->sink, &desk->err), 0);
    assert_int_equal(desk->begun, TRIALS);
    assert_int_equal(desk->ended, TRIALS);
    for (unsigned i = 0; i < TRIALS; i++) {
        assert_int_equal(desk->outcomes[i], OUTCOME_OK);
    }
}

static void a_setting_that_is_not_available_is_skipped_with_its_reason(void **state)
{
    struct desk *desk = *state;
    struct setting missing = {.name = text_copy("mimalloc"),
                              .reason = text_copy("it is not installed"),
                              .hint = text_copy("install it")};
    desk->trials[1].setting = &missing;
    desk->trials[2].setting = &missing;
    assert_int_equal(loop_run(&desk->fake.plan, NULL, 0, &desk->sink, &desk->err), 0);
    setting_clear(&missing);
    assert_int_equal(desk->outcomes[0], OUTCOME_OK);
    assert_int_equal(desk->outcomes[1], OUTCOME_SKIPPED);
    assert_int_equal(desk->outcomes[2], OUTCOME_SKIPPED);
    assert_string_equal(desk->summary, "it is not installed");
    assert_string_equal(desk->hint, "install it");
}

static void a_signal_stops_the_run_after_the_trial_was_handed_over(void **state)
{
    struct desk *desk = *state;
    desk->signal_at = 2;
    assert_int_equal(loop_run(&desk->fake.plan, NULL, 0, &desk->sink, &desk->err), 1);
    assert_int_equal(desk->begun, 2);
    assert_int_equal(desk->ended, 2);
    assert_int_equal(desk->outcomes[0], OUTCOME_OK);
    assert_int_equal(desk->outcomes[1], OUTCOME_SKIPPED);
    assert_string_equal(desk->summary, "interrupted");
}

/* It would kill this test if it were still pending. */
static void the_signal_that_stopped_a_run_does_not_strike_afterwards(void **state)
{
    struct desk *desk = *state;
    sigset_t before, after, pending;
    sigprocmask(SIG_SETMASK, NULL, &before);
    desk->signal_at = 1;
    assert_int_equal(loop_run(&desk->fake.plan, NULL, 0, &desk->sink, &desk->err), 1);
    sigprocmask(SIG_SETMASK, NULL, &after);
    sigpending(&pending);
    assert_int_equal(sigismember(&pending, SIGTERM), 0);
    assert_memory_equal(&before, &after, sizeof(unsigned long));
}

static void a_sink_that_fails_ends_the_run(void **state)
{
    struct desk *desk = *state;
    desk->fails_at = 2;
    assert_int_equal(loop_run(&desk->fake.plan, NULL, 0, &desk->sink, &desk->err), -1);
    assert_string_equal(desk->err.message, "the disk is full");
    assert_int_equal(desk->begun, 2);
}

static void a_trial_that_membench_cannot_run_ends_the_run(void **state)
{
    struct desk *desk = *state;
    text_list_add(&desk->fake.options.environment, "LD_PRELOAD=/x.so");
    assert_int_equal(loop_run(&desk->fake.plan, NULL, 0, &desk->sink, &desk->err), -1);
    assert_contains(desk->err.message, "LD_PRELOAD");
    assert_int_equal(desk->begun, 1);
    assert_int_equal(desk->ended, 0);
}

/* In three blocks of one trial each, the second of which fails. */
static void split_into_blocks(struct desk *desk, struct workload *failing)
{
    for (unsigned i = 0; i < TRIALS; i++) {
        desk->trials[i].block = i + 1;
    }
    desk->fake.options.runs = TRIALS;
    *failing = desk->fake.workload;
    failing->given = failing->path = text_copy("fails");
    desk->trials[1].workload = failing;
}

static void a_block_with_a_failed_trial_is_repeated_once_at_the_end(void **state)
{
    struct desk *desk = *state;
    struct workload failing;
    split_into_blocks(desk, &failing);
    assert_int_equal(loop_run(&desk->fake.plan, NULL, 0, &desk->sink, &desk->err), 0);
    free(failing.path);
    assert_int_equal(desk->ended, TRIALS + 1);
    assert_int_equal(desk->outcomes[1], OUTCOME_WORKLOAD_ERROR);
    assert_int_equal(desk->outcomes[3], OUTCOME_WORKLOAD_ERROR);
    assert_int_equal(desk->trials[3].repeats, 2);
    assert_int_equal(desk->trials[3].block, 4);
}

static void trials_done_before_are_not_run_again_but_their_failures_count(void **state)
{
    struct desk *desk = *state;
    struct workload failing;
    split_into_blocks(desk, &failing);
    struct record done[2];
    record_init(&done[0], &desk->trials[0]);
    record_init(&done[1], &desk->trials[1]);
    done[0].outcome = OUTCOME_OK;
    done[1].outcome = OUTCOME_WORKLOAD_ERROR;
    desk->begun = desk->ended = 2;
    assert_int_equal(loop_run(&desk->fake.plan, done, 2, &desk->sink, &desk->err), 0);
    record_clear(&done[0]);
    record_clear(&done[1]);
    free(failing.path);
    assert_int_equal(desk->ended, 4);
    assert_int_equal(desk->trials[3].repeats, 2);
}

static void a_look_comes_when_all_was_run_and_may_add_blocks(void **state)
{
    struct desk *desk = *state;
    desk->sink.look = look;
    desk->grows = 2;
    desk->fake.options.runs = TRIALS;
    assert_int_equal(loop_run(&desk->fake.plan, NULL, 0, &desk->sink, &desk->err), 0);
    assert_int_equal(desk->looks, 3);
    assert_int_equal(desk->ended, TRIALS + 2);
}

/* Those before the look are not: they have been. */
static void a_failed_block_that_a_look_added_is_repeated_once(void **state)
{
    struct desk *desk = *state;
    struct workload failing;
    split_into_blocks(desk, &failing);
    desk->sink.look = look;
    desk->grows = 1;
    desk->failing = &failing;
    assert_int_equal(loop_run(&desk->fake.plan, NULL, 0, &desk->sink, &desk->err), 0);
    free(failing.path);
    assert_int_equal(desk->ended, TRIALS + 3);
    assert_int_equal(desk->trials[TRIALS].repeats, 2);
    assert_int_equal(desk->trials[TRIALS + 1].repeats, 0);
    assert_int_equal(desk->trials[TRIALS + 2].repeats, 5);
    assert_int_equal(desk->looks, 2);
}

static void a_run_that_is_stopped_is_not_looked_at(void **state)
{
    struct desk *desk = *state;
    desk->sink.look = look;
    desk->signal_at = TRIALS;
    assert_int_equal(loop_run(&desk->fake.plan, NULL, 0, &desk->sink, &desk->err), 1);
    assert_int_equal(desk->looks, 0);
}

static void a_look_that_fails_ends_the_run(void **state)
{
    struct desk *desk = *state;
    desk->sink.look = look;
    desk->grows = 99;
    desk->looks = 99;
    assert_int_equal(loop_run(&desk->fake.plan, NULL, 0, &desk->sink, &desk->err), -1);
    assert_string_equal(desk->err.message, "the store is gone");
    assert_int_equal(desk->ended, TRIALS);
}

#define desk_test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(int argc, char **argv)
{
    fake_worker_begin(argc, argv);
    const struct CMUnitTest tests[] = {
        desk_test(every_trial_is_run_in_order),
        desk_test(a_setting_that_is_not_available_is_skipped_with_its_reason),
        desk_test(a_signal_stops_the_run_after_the_trial_was_handed_over),
        desk_test(the_signal_that_stopped_a_run_does_not_strike_afterwards),
        desk_test(a_sink_that_fails_ends_the_run),
        desk_test(a_trial_that_membench_cannot_run_ends_the_run),
        desk_test(a_block_with_a_failed_trial_is_repeated_once_at_the_end),
        desk_test(trials_done_before_are_not_run_again_but_their_failures_count),
        desk_test(a_look_comes_when_all_was_run_and_may_add_blocks),
        desk_test(a_failed_block_that_a_look_added_is_repeated_once),
        desk_test(a_run_that_is_stopped_is_not_looked_at),
        desk_test(a_look_that_fails_ends_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
