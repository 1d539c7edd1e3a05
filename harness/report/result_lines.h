/* What a run came to, for a terminal or a pipe: its end, as the last screen is what one sees.
 *
 * Colour only repeats what a sign and a word say. */
#pragma once

#include "measure/finding.h"
#include "report/headline.h"
#include "report/prose.h"

/* What limits what the run may be taken for; nothing if there is nothing. Findings that are ok are
 * passed over. */
void result_lines_limits(const struct prose *prose, const struct findings *limits);

/* The headlines, each with its price, its cause and, of a claim, what stands behind it. */
void result_lines_print(const struct prose *prose, const struct headlines *headlines,
                        const struct verdicts *verdicts);
