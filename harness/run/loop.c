#include "run/loop.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>

#include "base/cleanup.h"

static void skip(const struct trial *trial, struct record *record)
{
    record_init(record, trial);
    record->outcome = OUTCOME_SKIPPED;
    free(record->summary);
    free(record->hint);
    record->summary = text_copy(trial->setting->reason);
    record->hint = text_copy(trial->setting->hint ? trial->setting->hint : "");
}

struct loop {
    struct plan *plan;
    const struct record *done;
    size_t done_count;
    const struct sink *sink;
    int signals;
    bool *has_failed; /* by block, from 1 */
};

static const struct record *find_done(const struct loop *loop, const struct trial *trial)
{
    for (size_t i = 0; i < loop->done_count; i++) {
        if (loop->done[i].trial->number == trial->number) {
            return &loop->done[i];
        }
    }
    return NULL;
}

/* An allocator that is missing or not proved stays so; anything else may have been an accident. */
static bool is_worth_repeating(const struct record *record)
{
    return !record_is_expected(record) && record->outcome != OUTCOME_SKIPPED &&
           record->outcome != OUTCOME_NOT_THIS_ALLOCATOR;
}

static int run_one(struct loop *loop, const struct trial *trial, struct error *err)
{
    struct record record;
    int stopped = 0;
    loop->sink->begin(loop->sink->context, trial);
    if (trial->setting->is_available) {
        stopped = trial_run(loop->plan, trial, loop->signals, &loop->sink->observer, &record, err);
    } else {
        skip(trial, &record);
    }
    if (stopped < 0) {
        record_clear(&record);
        return -1;
    }
    loop->has_failed[trial->block] |= is_worth_repeating(&record);
    return loop->sink->end(loop->sink->context, &record, err) ? -1 : stopped;
}

static int run_from(struct loop *loop, size_t first, struct error *err)
{
    for (size_t i = first; i < loop->plan->trial_count; i++) {
        const struct trial *trial = &loop->plan->trials[i];
        const struct record *done = find_done(loop, trial);
        if (done) {
            loop->has_failed[trial->block] |= is_worth_repeating(done);
            continue;
        }
        int stopped = run_one(loop, trial, err);
        if (stopped) {
            return stopped;
        }
    }
    return 0;
}

/* Of the trials from `first` on, which were planned and not repeated yet. */
static void repeat_failed(struct loop *loop, size_t first)
{
    size_t planned = loop->plan->trial_count;
    for (size_t i = first; i < planned; i++) {
        unsigned block = loop->plan->trials[i].block;
        bool is_last_of_block = i + 1 == planned || loop->plan->trials[i + 1].block != block;
        if (is_last_of_block && loop->has_failed[block]) {
            plan_repeat_block(loop->plan, block);
        }
    }
}

static int run_trials(struct loop *loop, struct error *err)
{
    size_t first = 0;
    for (;;) {
        size_t planned = loop->plan->trial_count;
        int stopped = run_from(loop, first, err);
        if (stopped) {
            return stopped;
        }
        repeat_failed(loop, first);
        stopped = run_from(loop, planned, err);
        if (stopped || !loop->sink->look) {
            return stopped;
        }
        first = loop->plan->trial_count;
        int added = loop->sink->look(loop->sink->context, err);
        if (added <= 0) {
            return added;
        }
    }
}

int loop_run(struct plan *plan, const struct record *done, size_t done_count,
             const struct sink *sink, struct error *err)
{
    sigset_t stopping, before;
    sigemptyset(&stopping);
    sigaddset(&stopping, SIGINT);
    sigaddset(&stopping, SIGTERM);
    sigaddset(&stopping, SIGHUP);
    sigprocmask(SIG_BLOCK, &stopping, &before);
    cleanup_close int signals = signalfd(-1, &stopping, SFD_CLOEXEC | SFD_NONBLOCK);
    size_t blocks = 2 * (size_t)plan_most_blocks(plan->options) + 1;
    cleanup_free bool *has_failed = text_allocate(blocks * sizeof *has_failed);
    memset(has_failed, 0, blocks * sizeof *has_failed);
    struct loop loop = {.plan = plan,
                        .done = done,
                        .done_count = done_count,
                        .sink = sink,
                        .signals = signals,
                        .has_failed = has_failed};
    int result =
        signals < 0 ? error_errno(err, "cannot watch for signals") : run_trials(&loop, err);
    if (result == 1) {
        struct signalfd_siginfo taken; /* or they would strike when the mask is lifted */
        while (read(signals, &taken, sizeof taken) > 0) {
        }
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    return result;
}
