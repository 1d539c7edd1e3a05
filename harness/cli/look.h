/* A look at a run that is as long as its verdicts need: after 8, 12 and 20 blocks, whether to go
 * on.
 *
 * What was decided is read off what is stored, so an interrupted run, taken up again, comes to the
 * same decisions; how far it had gone is stored as well. */
#pragma once

#include <stddef.h>

#include "cli/sitting.h"

struct look {
    size_t number;           /* from 1 */
    size_t gated, undecided; /* claims and gated comparisons, row by row */
    unsigned blocks, next;   /* done so far; to be planned, or 0 if this was the last look */
};

/* Looks at what is stored of the plan's blocks. If the run is to go on, adds the blocks to the plan
 * and to the store. */
int look_take(struct look *look, struct sitting *sitting, struct plan *plan, struct error *err);

/* "look 1 of 3: 2 of 5 undecided, going on to 12 runs"; the caller frees it. */
char *look_text(const struct look *look);
