/* The part of the summary about what went wrong: failures of a row, warnings of a workload. */
#pragma once

#include "report/summary.h"

/* Adds a trial that was not ok: one of the same outcome only counts. */
void summary_trouble_add_failure(struct summary_row *row, const struct record *record);

/* Adds the warnings of a trial and the doubts about its samples. */
void summary_trouble_add_warnings(struct summary_workload *workload, const struct record *record);

/* Frees what the above have added. */
void summary_trouble_clear_row(struct summary_row *row);
void summary_trouble_clear_workload(struct summary_workload *workload);
