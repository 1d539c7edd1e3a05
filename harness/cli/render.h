/* From the store to everything one looks at: files in the run's directory, and the table. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "store/store.h"

/* Writes report.html, the CSV files and output/ anew into `directory`, which is made if
 * missing. */
int render_files(const struct stored_run *run, const char *directory, struct error *err);

/* Prints the table. Returns 0, or -1 if the stream failed. */
int render_table(const struct stored_run *run, FILE *out, bool no_color, struct error *err);

/* Whether every trial came to what was expected of it. */
bool render_is_complete(const struct stored_run *run);
