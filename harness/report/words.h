/* The words of the tables, explained in one place for every format. */
#pragma once

#include <stdbool.h>

#include "report/summary.h"

/* Calls `put` for each word. `spread` and `absent` are the signs that the format has for half the
 * range and for what was not measured. */
void words_each(const struct summary *summary, const char *spread, const char *absent,
                void (*put)(void *context, const char *word, const char *meaning), void *context);

/* The same for the words of comparisons; `has_tests`: p values and the front are shown as well. */
void words_each_verdict(bool has_tests,
                        void (*put)(void *context, const char *word, const char *meaning),
                        void *context);
