/* The formats of a report: what a run's directory may hold. Help, errors and the writer walk one
 * table, so a new format is one row of it. */
#pragma once

#include <stdbool.h>

#include "report/report.h"

enum { FORMATS_FILES = 8 };

struct format {
    const char *name;
    bool is_always; /* whether anybody asks for it or not */
    const char *files[FORMATS_FILES];
    const char *meaning;
    int (*write)(const struct report *report, const char *directory, struct error *err);
};

/* Adds the names of a comma list, each of which must be one of a format. */
int formats_add(struct text_list *formats, const char *names, struct error *err);

/* Writes into the run's directory what is always there, what was asked for, and what an earlier
 * report left there: nothing in it is older than the rest. */
int formats_write(const struct report *report, const struct text_list *formats, struct error *err);

/* A line or two for each, at `indent`, wrapped at `width`. */
void formats_print_help(FILE *out, unsigned indent, unsigned width);
