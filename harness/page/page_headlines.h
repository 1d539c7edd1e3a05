/* The verdict banner: what the run came to, before anything else. */
#pragma once

#include <stdio.h>

#include "report/report.h"

/* Each headline is an element of the class "headline" and of its tone, whose `data-word`,
 * `data-value`, `data-low`, `data-high` and `data-n` are as in comparisons.csv. */
void page_headlines_print(FILE *out, const struct report *report);
