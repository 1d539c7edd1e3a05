#include "run/loop.h"

#include <signal.h>
#include <stdlib.h>
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

static int run_trials(const struct plan *plan, const struct sink *sink, int signals,
                      struct error *err)
{
    for (size_t i = 0; i < plan->trial_count; i++) {
        const struct trial *trial = &plan->trials[i];
        struct record record;
        int stopped = 0;
        sink->begin(sink->context, trial);
        if (trial->setting->is_available) {
            stopped = trial_run(plan, trial, signals, &sink->observer, &record, err);
        } else {
            skip(trial, &record);
        }
        if (stopped < 0) {
            record_clear(&record);
            return -1;
        }
        if (sink->end(sink->context, &record, err)) {
            return -1;
        }
        if (stopped) {
            return 1;
        }
    }
    return 0;
}

int loop_run(const struct plan *plan, const struct sink *sink, struct error *err)
{
    sigset_t stopping, before;
    sigemptyset(&stopping);
    sigaddset(&stopping, SIGINT);
    sigaddset(&stopping, SIGTERM);
    sigaddset(&stopping, SIGHUP);
    sigprocmask(SIG_BLOCK, &stopping, &before);
    cleanup_close int signals = signalfd(-1, &stopping, SFD_CLOEXEC | SFD_NONBLOCK);
    int result = signals < 0 ? error_errno(err, "cannot watch for signals")
                             : run_trials(plan, sink, signals, err);
    if (result == 1) {
        struct signalfd_siginfo taken; /* or they would strike when the mask is lifted */
        while (read(signals, &taken, sizeof taken) > 0) {
        }
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    return result;
}
