/* The part of the summary about what is held: its causes, what follows, how fast it goes back. */
#pragma once

#include "report/summary.h"

/* Fills cause, cause_figures and decays of a row from its trials that were ok. */
void summary_causes_fill_row(struct summary_row *row, const struct record *const *records,
                             size_t count);

/* Fills what is held, and why, of a trial that was ok. */
void summary_causes_fill_trial(struct summary_trial *trial, const struct record *record);

/* Gathers what follows for all rows of a group, each advice once, in order of the bytes that it
 * would cure. */
void summary_causes_fill_group(struct summary_group *group);

/* Frees what the above have made. */
void summary_causes_clear_row(struct summary_row *row);
void summary_causes_clear_group(struct summary_group *group);
