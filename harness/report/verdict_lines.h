/* The verdicts for a terminal or a pipe: what is compared as a table, what stands behind a claim.
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

/* What a claim's headline leaves open: its parts where there are several, what their samples look
 * like, its title and its source. Indented to stand below the headline. */
void verdict_lines_claim(const struct prose *prose, const struct verdicts_claim *claim);

/* What the words mean, if one of them is used. */
void verdict_lines_words(const struct prose *prose, const struct verdicts *verdicts);
