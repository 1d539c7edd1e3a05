/* From the store to everything one looks at: files in the run's directory, the table, and the exit
 * status. */
#pragma once

#include <stdbool.h>

#include "store/store.h"

/* Writes the formats of formats.h and output/ anew into the run's directory, which is made if
 * missing; prints the table, whether an earlier run was reproduced, and the directory, or with
 * --json the document of report.json and nothing else. `status` becomes the exit status that the
 * verdicts ask for, also if something of that failed (-1). */
int render_run(const struct stored_run *run, struct database *database,
               const struct options *options, int *status, struct error *err);
