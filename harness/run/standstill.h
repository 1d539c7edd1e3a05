/* A standstill of the worker: it is read from outside, then asked for what only it knows; then it
 * goes on. Each function hears one word of the worker's and answers with the next question. */
#pragma once

#include "run/watch.h"

/* "I am at this phase." */
void standstill_phase(struct watch *watch, struct wire_phase *phase);
/* What it has counted, and its allocator's account. */
void standstill_counts(struct watch *watch, const struct wire_counts *counts);
/* The allocator's own text has been written (--dump). */
void standstill_dumped(struct watch *watch);
/* A piece of its census. */
void standstill_types(struct watch *watch, struct wire_types *types);
