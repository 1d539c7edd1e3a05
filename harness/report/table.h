/* The summary and the verdicts of a run as tables for a terminal or a pipe: what people see first.
 *
 * Per workload: memory, objects and time, where the memory is, what was not ok, warnings; units and
 * words are explained once, at the end. Numbers are set right with fixed decimals, '-' is what was
 * not measured. No table is wider than asked as long as allocators' names have at most 20
 * characters: what is too much is set tighter, then left out in the order of its weight. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "report/summary.h"
#include "stats/verdicts.h"

/* `width` in columns, taken as at least 80 and at most 200. `utf8`: LC_CTYPE is set and its charset
 * is UTF-8; otherwise only ASCII is written. Colour only repeats what the text says. Check ferror.
 */
void table_print(const struct summary *summary, const struct verdicts *verdicts, FILE *out,
                 unsigned width, bool color, bool utf8);
