/* A trial that is being watched: what trial.c, hearing.c and standstill.c share of it. */
#pragma once

#include "run/keeper.h"
#include "run/reading.h"
#include "run/tail.h"
#include "run/trial.h"

/* All is measured when the worker says so; then it may end like python3, but not for ever. */
#define WATCH_LEAVE_SECONDS 5.0

struct watch {
    const struct plan *plan;
    const struct trial *trial;
    struct record *record;
    const struct observer *observer;
    int wire, output, stacks, timer, signals; /* descriptors */
    struct keeper keeper;
    struct reading reading;
    struct tail tail;
    pid_t worker; /* 0 until it is started */
    double started, deadline, interrupt_at;
    uint64_t oom_kills;
    struct wire_type *types; /* of the census that is heard, piece by piece */
    size_t type_count;
    bool is_counting; /* a copy of the worker takes a census */
    bool has_said_hello, is_measured, is_gone, is_interrupted;
};

/* The first thing that goes wrong is the outcome; what follows from it is not. Control characters
 * in the summary are tamed. */
void watch_conclude(struct watch *watch, enum outcome outcome, const char *hint, const char *format,
                    ...) __attribute__((format(printf, 4, 5)));

/* Adds a warning to the record. */
void watch_warn(struct watch *watch, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Ends the text with its array: what a worker sends need not be terminated. */
#define WATCH_TERMINATE(array) ((array)[sizeof(array) - 1] = '\0')
