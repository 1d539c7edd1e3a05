/* One trial: a worker below a keeper, watched by one poll loop until everything of it is dead. */
#pragma once

#include "run/record.h"

/* What a trial tells while it runs; any function may be NULL. */
struct observer {
    void *context;
    /* At most every 10 ms: seconds since the worker was started, its rss in bytes. */
    void (*moment)(void *context, double seconds, double rss);
    /* The worker has come to a phase, and was read there. */
    void (*phase)(void *context, const struct sample *sample);
};

/* Runs it and fills the record. `signals` is a signalfd: when it becomes readable, the trial is
 * stopped, its record holds what was measured until then, and 1 is returned. Returns 0 when the
 * record holds what became of the trial, whatever that is; -1 if membench itself could not run it.
 */
int trial_run(const struct plan *plan, const struct trial *trial, int signals,
              const struct observer *observer, struct record *record, struct error *err);
