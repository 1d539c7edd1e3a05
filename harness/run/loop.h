/* The loop over a plan's trials. Rows leave through a sink; what becomes of them is the caller's.
 */
#pragma once

#include "run/trial.h"

struct sink {
    void *context;
    /* A trial begins. */
    void (*begin)(void *context, const struct trial *trial);
    /* A trial has ended. The record is handed over: the sink clears it. Returns 0 or -1. */
    int (*end)(void *context, struct record *record, struct error *err);
    /* Everything planned was run: may add blocks to the plan. Returns 1 if it did, 0 if the run is
     * over, -1 if it failed. NULL: it is over. */
    int (*look)(void *context, struct error *err);
    struct observer observer;
};

/* Runs every trial in order but those whose record is among `done` (from an earlier sitting), then
 * each block with a failed trial once more, then what a look adds. Returns 0 when all were run, 1
 * when SIGINT, SIGTERM or SIGHUP stopped it, -1 if the sink or membench itself failed. Blocks those
 * signals while it runs. */
int loop_run(struct plan *plan, const struct record *done, size_t done_count,
             const struct sink *sink, struct error *err);
