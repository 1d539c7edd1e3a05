/* The words of the tables, explained in one place for every format. */
#pragma once

#include "report/summary.h"

/* Calls `put` for each word. `spread` and `absent` are the signs that the format has for half the
 * range and for what was not measured. */
void words_each(const struct summary *summary, const char *spread, const char *absent,
                void (*put)(void *context, const char *word, const char *meaning), void *context);

/* The same for the words of comparisons, where there is room for all of them. */
void words_each_verdict(void (*put)(void *context, const char *word, const char *meaning),
                        void *context);
