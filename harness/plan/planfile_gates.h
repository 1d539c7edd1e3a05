/* [gate.METRIC] of a plan's file: what must not become worse (gate.h).
 *
 * Trap: [gate.end.anon] without quotes is, in TOML, a table `anon` in a table `end`, and is taken
 * for the same as [gate."end.anon"]. */
#pragma once

#include "plan/planfile_keys.h"

/* Adds the gates of the table `gate`; a gate that stands there twice is an error. */
int planfile_gates_apply(struct planfile_reader *reader, json_t *gates);
