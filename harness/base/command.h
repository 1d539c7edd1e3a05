/* A short-lived helper command: run it to its end and keep what it printed.
 *
 * For questions that need another process (what a workload declares, which malloc a preload
 * brings). Not for trials. The command gets /dev/null as its input, its own process group, and is
 * killed with that group when the time is up. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct command_output {
    char *out; /* standard output, terminated; may hold NUL bytes */
    size_t out_length;
    char *err; /* standard error, terminated */
    size_t err_length;
    int status;   /* as from waitpid */
    bool is_late; /* it was killed because the time was up */
};

/* Runs argv[0] (a path) with exactly `environment`. Keeps at most 1 MiB of each stream.
 * After `seconds` it is killed, which is no error: `is_late` says so. Fails if it cannot be
 * started. */
int command_run(const char *const *argv, const char *const *environment, double seconds,
                struct command_output *output, struct error *err);

void command_output_clear(struct command_output *output);
