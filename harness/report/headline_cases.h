/* Of all that a claim or a group of comparisons speaks of: the case that a headline tells. */
#pragma once

#include <stdbool.h>

#include "report/headline.h"
#include "stats/verdicts.h"

#define HEADLINE_NOT_MEASURED "not measured"

/* Whether it compares that figure. */
bool headline_cases_is_of(const struct verdicts_comparison *comparison, const char *phase,
                          enum metric metric);

enum headline_tone headline_cases_outcome_tone(const struct verdicts_judgement *judgement);
/* Of less memory. */
enum headline_tone headline_cases_verdict_tone(const struct verdicts_comparison *comparison);

/* The judgement that decides a claim, which has one at least: of those that came to the worst, the
 * one farthest on the wrong side of the bound. */
const struct verdicts_judgement *headline_cases_decisive(const struct verdicts_claim *claim);

/* "refuted in 2 of 3 cases"; "" if there is only one. The caller frees it. */
char *headline_cases_share(const struct verdicts_claim *claim, const char *word);

/* The comparison of settled.anon with the best verdict, and of those the one with least memory;
 * NULL if there is none. */
const struct verdicts_comparison *headline_cases_leading(const struct verdicts_group *group);

/* "of 3 allocators 1 better, 2 unknown"; "" if there is only one. The caller frees it. */
char *headline_cases_allocators(const struct verdicts_group *group);
