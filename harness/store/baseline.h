/* A baseline: what a run measured, as one compares another run with it: a list of values per
 * figure, one per block, and what has to be known to judge them.
 *
 * As a file it is a canonical text for git: the same content is the same bytes, in a stable order,
 * one fact or one list of values per line, and a change of one thing changes one line. The format
 * is described in results/README.md. A file that was edited by hand is read strictly: whatever is
 * not as described is an error that names the line.
 *
 * Trap: values of one block stand at one place in every list, as ratios are taken within a block;
 * what is missing is METRIC_ABSENT, so a list may be longer than its number of values. */
#pragma once

#include <stdio.h>

#include "measure/host.h"
#include "plan/options.h"

/* Raise it when a reader of the old format would misunderstand the new one. */
enum { BASELINE_FORMAT = 1 };

/* Of a list of values; and of the whole file, bytes. */
enum { BASELINE_MOST_VALUES = 10000, BASELINE_MOST_BYTES = 4 << 20 };

struct baseline_allocator {
    char *name;
    char *build_id; /* of its library; or "" */
    char *version;  /* or "" */
};

struct baseline_workload {
    char *name; /* unique */
    char *sha256;
    char *parameters; /* "threads=8 requests=7000", or "" */
};

struct baseline_series {
    size_t workload, allocator; /* places in the arrays below */
    enum object_allocator object_allocator;
    char *phase; /* or "": of the whole trial */
    enum metric metric;
    double *values;
    size_t count; /* of blocks */
};

struct baseline {
    char *membench; /* its version */
    char *run;      /* id of the run that it was made from */
    char *python;   /* "3.11.2", or "" if nothing ran */
    struct host host;
    unsigned cycles;
    double settle; /* seconds */
    enum layout layout;
    bool no_huge_pages;
    struct gate *gates;
    size_t gate_count;
    struct baseline_allocator *allocators;
    size_t allocator_count;
    struct baseline_workload *workloads;
    size_t workload_count;
    struct baseline_series *series;
    size_t series_count;
};

void baseline_init(struct baseline *baseline);
void baseline_clear(struct baseline *baseline);

/* Each returns the new one, zeroed, to be filled in. */
struct gate *baseline_add_gate(struct baseline *baseline);
struct baseline_allocator *baseline_add_allocator(struct baseline *baseline);
struct baseline_workload *baseline_add_workload(struct baseline *baseline);
struct baseline_series *baseline_add_series(struct baseline *baseline);

/* Adds copies of gates. */
void baseline_copy_gates(struct baseline *baseline, const struct gate *gates, size_t count);

/* The list of a figure, or NULL. `workload` and `allocator` are names. */
const struct baseline_series *baseline_find(const struct baseline *baseline, const char *workload,
                                            enum object_allocator object_allocator,
                                            const char *allocator, const char *phase,
                                            enum metric metric);

/* "end.anon", or "peak_rss"; the caller frees it. */
char *baseline_figure_name(const char *phase, enum metric metric);

/* Prints the file. Of the host only what is of its class; order as in the arrays. Check ferror. */
void baseline_print(const struct baseline *baseline, FILE *out);

/* Parses a file's content, `name` being the file's for errors ("'ci.txt', line 3: ..."). On an
 * error there is nothing to clear. */
int baseline_parse(struct baseline *baseline, const char *text, size_t length, const char *name,
                   struct error *err);

/* Reads a file; whether it is one, by its first line. */
int baseline_load(struct baseline *baseline, const char *path, struct error *err);
bool baseline_is_file(const char *path);

/* Writes it anew, whole or not at all. */
int baseline_save(const struct baseline *baseline, const char *path, struct error *err);
