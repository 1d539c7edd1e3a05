/* A contrast (stats/contrast.h) as a CSV file, one row per figure: results/README.md has the
 * columns. */
#pragma once

#include "stats/contrast.h"

/* Writes the file anew. */
int contrast_csv_write(const struct contrast *contrast, const char *candidate_name,
                       const char *path, struct error *err);
