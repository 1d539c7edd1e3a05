/* The decision record: a run's verdict in Markdown for a repository, with one picture.
 *
 * It is below DECISION_LINES lines whatever the run holds, and what is left out is counted and
 * linked. Text of others goes through markdown.h. */
#pragma once

#include "report/report.h"

enum { DECISION_LINES = 60 };

/* Prints the record. Check ferror. */
void decision_print(const struct report *report, FILE *out);

/* Writes decision.md and decision.svg into the directory, replacing what is there, each whole or
 * not at all. */
int decision_write(const struct report *report, const char *directory, struct error *err);
