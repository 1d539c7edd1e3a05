/* The verdicts for a terminal or a pipe: what is compared as a table, claims as sentences.
 *
 * Colour only repeats what a sign and a word say. */
#pragma once

#include "report/prose.h"
#include "stats/verdicts.h"

/* One group: a row per candidate, as many figures side by side as the width holds. Below it, what
 * could have been seen where a verdict is unknown, and what the samples look like. Nothing if
 * nothing of it was measured. */
void verdict_lines_group(const struct prose *prose, const struct verdicts_group *group);

/* The groups of a workload. */
void verdict_lines_workload(const struct prose *prose, const struct verdicts *verdicts,
                            const char *workload, const char *parameters);

/* Every claim: its outcome, its sentence, where there are several its parts, its source. */
void verdict_lines_claims(const struct prose *prose, const struct verdicts *verdicts);

/* What the words mean, if one of them is used. */
void verdict_lines_words(const struct prose *prose, const struct verdicts *verdicts);
