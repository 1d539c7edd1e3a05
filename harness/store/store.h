/* The store: every run and every trial, in one file, whole or not at all.
 *
 * One transaction per trial, so that nothing measured is lost to a crash or to a second run beside
 * this one. A run can be loaded again and looks then as if it had just been made. */
#pragma once

#include <time.h>

#include "measure/host.h"
#include "plan/plan.h"
#include "run/record.h"
#include "store/database.h"

/* What is known of a run besides its trials. */
struct run_info {
    char *id;                 /* name of its directory */
    char *started;            /* UTC, ISO 8601 */
    char *finished;           /* or "" */
    char *version;            /* of membench */
    char *directory;          /* working directory that it was started in */
    char *out;                /* DIR/<run>, absolute */
    struct text_list command; /* its arguments */
    uint64_t seed;
    char *again;     /* the run that it repeats, or "" */
    char *plan_path; /* of the plan that it was made by; or "" */
    char *plan_json; /* what planfile.h read from it; or "" */
    size_t trials;   /* in the store; only store_list sets it */
    struct host host;
};

/* A run as loaded. The plan's trials are those that are stored; records point to them. */
struct stored_run {
    struct run_info info;
    struct options options;
    struct plan plan;
    struct record *records;
    size_t record_count;
};

/* Moment of a system clock, as stored. */
char *store_format_time(time_t moment);

int store_begin_run(struct database *database, const struct run_info *info, const struct plan *plan,
                    struct error *err);
int store_add(struct database *database, const struct run_info *info, const struct plan *plan,
              const struct record *record, struct error *err);
/* Forgets the trial that an interruption has cut off, so that it can be run again. */
int store_forget_interrupted(struct database *database, const char *id, struct error *err);
/* A run that goes on: how many blocks are planned now. */
int store_set_runs(struct database *database, const char *id, unsigned runs, struct error *err);
int store_finish_run(struct database *database, const char *id, const char *finished,
                     struct error *err);

/* All runs, oldest first; without their host's facts. */
int store_list(struct database *database, struct run_info **runs, size_t *count, struct error *err);

/* What is known of one run. An unknown id is an error that suggests near ones; the beginning of an
 * id will do where only one begins so; "last" is the newest. */
int store_find(struct database *database, const char *id, struct run_info *info, struct error *err);

/* The whole run. */
int store_load(struct database *database, const char *id, struct stored_run *run,
               struct error *err);

void run_info_clear(struct run_info *info);
void stored_run_clear(struct stored_run *run);
