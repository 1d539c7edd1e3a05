/* How a trial can end. Outcomes are results: they are stored and reported. */
#pragma once

enum outcome {
    OUTCOME_UNFINISHED, /* what a trial is born as; never stored */
    OUTCOME_OK,
    OUTCOME_WORKLOAD_ERROR,
    OUTCOME_CRASHED,
    OUTCOME_TIMED_OUT,
    OUTCOME_OUT_OF_MEMORY,
    OUTCOME_NOT_THIS_ALLOCATOR,
    OUTCOME_SKIPPED,
    OUTCOME_COUNT,
};

/* "ok", "workload-error", ... */
const char *outcome_name(enum outcome outcome);

/* The outcome of that name, or -1. */
int outcome_parse(const char *name);
