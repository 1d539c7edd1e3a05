/* What became of one trial: its outcome, its samples, its curve. */
#pragma once

#include <stddef.h>

#include "measure/outcome.h"
#include "measure/population.h"
#include "measure/sample.h"
#include "measure/wire.h"
#include "plan/plan.h"

/* What the allocator wrote of itself, in its own words (--dump). */
struct dump {
    char phase[PHASE_NAME_SIZE];
    char *text;
};

struct record {
    const struct trial *trial;
    enum outcome outcome;
    char *summary;   /* why it is not ok, one line; or "" */
    char *hint;      /* what to do, or "" */
    char *traceback; /* of a workload error; or "" */
    char *stacks; /* of a timed-out trial: what every thread waits in, and Python stacks; or "" */
    char *output; /* the end of what the trial printed */
    size_t output_length;
    struct wire_hello identity; /* which malloc served it; all empty if it did not come to that */
    struct sample *samples;
    size_t sample_count;
    struct curve_point *curve;
    size_t curve_count;
    struct dump *dumps;
    size_t dump_count;
    struct population population; /* of the census; without one it has no types */
    struct text_list warnings;
    double seconds; /* from the worker's start to the last process's end */
};

/* The summary of a trial that a signal to membench has cut off; its outcome is skipped. */
#define RECORD_INTERRUPTED "interrupted"

void record_init(struct record *record, const struct trial *trial);
void record_clear(struct record *record);

/* Replaces a text of a record's. */
void record_set_text(char **field, const char *text);

/* Adds a dump, which takes the text over. */
void record_add_dump(struct record *record, const char *phase, char *text);

/* Whether the outcome is ok, or the one that the workload expects. */
bool record_is_expected(const struct record *record);

/* The sample of a built-in phase in the last cycle, or NULL. */
const struct sample *record_sample(const struct record *record, const char *phase);

/* A metric there, or METRIC_ABSENT. */
double record_value(const struct record *record, const char *phase, enum metric metric);
