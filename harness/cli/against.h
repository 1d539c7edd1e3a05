/* One run or baseline against another: loading both, comparing, and everything that is shown.
 *
 * A side is named on the command line as the id of a stored run (or its beginning, or "last"), as
 * DATABASE:RUN for a run in another machine's database, as a baseline's file, or as the NAME of a
 * baseline in DIR/baselines/. */
#pragma once

#include "stats/contrast.h"
#include "store/store.h"

struct against {
    char *baseline_name, *candidate_name;
    struct baseline baseline, candidate;
    struct baseline gates; /* holds nothing else */
    struct gated gated;
    struct contrast contrast;
    bool is_incomplete; /* the candidate is a run that is not complete; see below */
};

/* The file of a baseline that is named: NAME in DIR/baselines/, or a path; the caller frees it. */
char *against_path(const char *given, const struct options *options);

/* For `membench compare`: both as given on the command line. */
int against_sides(struct against *against, const char *baseline, const char *candidate,
                  const struct options *options, struct error *err);

/* A loaded run against the baseline's file; by the run's gates, or, if it has none, the file's. */
int against_file(struct against *against, const char *path, const struct stored_run *run,
                 struct error *err);

void against_clear(struct against *against);

/* Loads a run that is named as above, but as no file. */
int against_load_run(struct stored_run *run, const char *given, const struct options *options,
                     struct error *err);

/* Whether the run has finished and every trial came to what was expected of it. A run that was
 * stopped lacks trials, and was looked at when no look was planned. */
bool against_is_complete(const struct stored_run *run);

/* How many blocks the baseline has at most. */
size_t against_blocks(const struct against *against);

/* Prints the tables to stdout. */
int against_print(const struct against *against, bool no_color, struct error *err);

/* What GitHub shows, where the environment asks for it. */
int against_publish(const struct against *against, struct error *err);

/* The exit status that follows. */
int against_status(const struct against *against);
