/* comparisons.csv: one row per comparison, and one per claim and what it speaks of. */
#pragma once

#include <stdio.h>

#include "base/error.h"
#include "stats/verdicts.h"

/* Writes it to `path`, replacing what is there. `run` is the run's name. */
int verdicts_csv_write(const struct verdicts *verdicts, const char *run, const char *path,
                       struct error *err);

/* The same into a stream; check ferror. */
void verdicts_csv_print(const struct verdicts *verdicts, const char *run, FILE *out);
