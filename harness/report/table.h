/* A finished run as tables for a terminal or a pipe: what people see first.
 *
 * Per workload: memory, its course, objects and time, where the memory is, what is compared, what
 * was not ok, warnings. Then units and words, explained once; what limits the run; and at the very
 * end its result, as the last screen is what one sees. Numbers are set right with fixed decimals,
 * '-' is what was not measured. No table is wider than asked: what is too much is set tighter, then
 * names are cut, then figures are left out in the order of their weight or go below. A word of
 * running text that is longer than a line stays whole, as do quoted lines of what others printed.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "report/report.h"

/* `width` in columns, taken as at least 40 and at most 200. `utf8`: LC_CTYPE is set and its charset
 * is UTF-8; otherwise only ASCII is written. Colour only repeats what the text says. Check ferror.
 */
void table_print(const struct report *report, FILE *out, unsigned width, bool color, bool utf8);
