/* report.json: the whole run for programs, as results/report.schema.json describes it.
 *
 * Keys come in a fixed order and none is left out: what is absent is null, and so is an endless
 * bound. Figures have the names of summary.csv, comparisons the fields of comparisons.csv. A later
 * membench may add keys; one that changes the meaning of a key raises the number in `schema`. */
#pragma once

#include "report/report.h"

#define DOCUMENT_SCHEMA "membench.report/1"

/* Prints it, with a line end. Check ferror. */
void document_print(const struct report *report, FILE *out);

/* Writes it to `path`, replacing a file that is there, whole or not at all. */
int document_write(const struct report *report, const char *path, struct error *err);
