/* A workload as it describes itself, before anything of it runs.
 *
 * The worker reads the file's syntax tree in a short-lived process: what PARAMS, TIMEOUT, EXPECT
 * and the docstring say is known without executing a line of it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"
#include "measure/outcome.h"

struct parameter {
    char *name;
    char type;   /* 'i' int, 'f' float, 'b' bool, 's' str */
    char *value; /* in Python's notation; a str without quotes */
};

struct workload {
    char *path;     /* absolute */
    char *given;    /* as the user wrote it; what a script finds in sys.argv[0] */
    char *name;     /* the file's name without .py; unique in a plan */
    char *summary;  /* first line of the docstring, or "" */
    char *sha256;   /* of the file, in hexadecimal */
    bool is_script; /* has no run(p): executed as __main__ */
    struct parameter *parameters;
    size_t parameter_count;
    double timeout;      /* seconds, or NAN */
    enum outcome expect; /* OUTCOME_OK unless EXPECT says otherwise */
};

/* Describes the file. `path` may also be the name of a shipped workload. */
int workload_load(struct workload *workload, const char *path, bool as_script, struct error *err);

/* Sets a parameter, typed as its default. Returns 1 if set, 0 if the workload knows none of that
 * name, -1 if the value does not fit. */
int workload_set(struct workload *workload, const char *name, const char *value, struct error *err);

/* "threads=8 requests=7000", or ""; the caller frees it. */
char *workload_parameters_text(const struct workload *workload);

void workload_clear(struct workload *workload);

/* Paths of the shipped workloads, sorted. */
int workload_shipped(struct text_list *paths, struct error *err);
