/* Plans and records built by hand, for tests of what reads finished trials.
 *
 * A fixture owns one workload, twelve settings (the first: "glibc", "tcmalloc", "jemalloc",
 * "mimalloc") and the records that a test adds. Nothing is looked up and nothing runs. */
#pragma once

#include "plan/plan.h"
#include "run/record.h"

enum { RECORDS_SETTINGS = 12, RECORDS_MOST = 160 };

struct records {
    struct options options;
    struct workload workload;
    struct setting settings[RECORDS_SETTINGS];
    struct plan plan;
    struct trial trials[RECORDS_MOST];
    struct record items[RECORDS_MOST];
    size_t count;
};

void records_init(struct records *records);
void records_clear(struct records *records);

/* Adds a trial of the setting with that index, without samples. */
struct record *records_add(struct records *records, size_t setting, enum outcome outcome);

/* Adds a sample of which nothing was measured. */
struct sample *records_add_sample(struct record *record, const char *phase, unsigned cycle);

/* Adds an ok trial with copies of these samples; `family` served malloc. */
struct record *records_add_measured(struct records *records, size_t setting, const char *family,
                                    const struct sample *samples, size_t count);

/* Adds an ok trial with anon at 'start' and at 'end', in MiB. */
struct record *records_add_ok(struct records *records, size_t setting, double start, double end);

/* Adds an ok trial of that block with one value, in the metric's unit, at a phase. */
struct record *records_add_value(struct records *records, size_t setting, unsigned block,
                                 const char *phase, enum metric metric, double value);

/* Replaces a text that is owned. */
void records_set(char **text, const char *value);
