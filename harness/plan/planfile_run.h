/* [run] of a plan's file: how often, how long and under which allocators.
 *
 * A key has the long name of its option and is set by that option's own setter, so that a plan and
 * the command line mean the same. Trap: what the command line gave stands, but the plan's value is
 * checked for its type all the same. */
#pragma once

#include "plan/planfile_keys.h"

/* Takes over the keys of the table that the command line did not give. */
int planfile_run_apply(struct planfile_reader *reader, json_t *run);
