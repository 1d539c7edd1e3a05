/* One row of a contrast (stats/contrast.h) in words and figures, for every format. */
#pragma once

#include "stats/verdicts.h"

/* "end.anon", and what its values are in: "MiB", "objects", "s", "of glibc's", or "". The caller
 * frees both. */
char *contrast_text_figure(const struct verdicts_comparison *row);
char *contrast_text_unit(const struct verdicts_comparison *row);

/* A value in that unit, "-" if it is absent; the caller frees it. */
char *contrast_text_value(const struct verdicts_comparison *row, double value);

/* "+10.0%", or a difference in the unit; "-" if unknown. And the interval around it, "+9.8..+10.2%"
 * or "exact"; "-" if there is none. */
char *contrast_text_change(const struct verdicts_comparison *row);
char *contrast_text_interval(const struct verdicts_comparison *row);

/* Why it is unknown and what could have been seen, or ""; the caller frees it. */
char *contrast_text_reason(const struct verdicts_comparison *row);

/* "pinned_buffers, tcmalloc: end.anon 327.1 MiB, 297.4 in ci.txt: +10.0% (interval +9.8..+10.2%,
 * threshold 3%): worse". The caller frees it. */
char *contrast_text_sentence(const struct verdicts_group *group,
                             const struct verdicts_comparison *row);

/* How a row counts, in the order of what is told first. */
enum contrast_standing {
    STANDING_WORSE,
    STANDING_MISSING,
    STANDING_UNKNOWN,
    STANDING_BETTER,
    STANDING_SAME,
    STANDING_COUNT,
};
enum contrast_standing contrast_text_standing(const struct verdicts_comparison *row);
