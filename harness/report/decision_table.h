/* The one table of a decision record: what each allocator holds, and how that compares. */
#pragma once

#include "report/report.h"

/* Prints it under its heading, with a line on what is left out; at most 20 lines. */
void decision_table_print(const struct report *report, FILE *out);
