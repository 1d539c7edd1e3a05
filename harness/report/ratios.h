/* Verdicts as a forest plot: what comparisons, finished, look like as ratios with intervals.
 *
 * It computes nothing: words are verdict_words', figures the comparisons' own. A comparison that
 * was not measured, or whose values allow a difference only, has a row of words. */
#pragma once

#include "picture/forest.h"
#include "stats/verdicts.h"

/* All comparisons of a group: a heading for each figure, and below it the least ratio first. Sets
 * all but the frame's id; forest_clear frees it. Its `count` is 0 if there is no ratio
 * to draw. */
void ratios_of_group(struct forest *forest, const struct verdicts_group *group);

enum { RATIOS_MOST = 24 };

/* One figure over all workloads and object allocators, each below its heading if there are several,
 * the least ratio first: at most RATIOS_MOST rows, those farthest from 1, with a note of how many
 * are left out. As above. */
void ratios_of_figure(struct forest *forest, const struct verdicts *verdicts, const char *phase,
                      enum metric metric);
