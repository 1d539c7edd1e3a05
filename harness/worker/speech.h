/* The worker's end of the wire: saying where it stands, and standing still until told to go on.
 *
 * Allocates nothing. In a forked child every function does nothing: the child is not the worker. */
#pragma once

#include <stdbool.h>

#include "measure/wire.h"

/* Remembers the descriptor and what socket it is. Call it once. */
void speech_open(int wire);

/* False in a child that was forked from the worker. */
bool speech_is_worker(void);

void speech_hello(const struct wire_hello *hello);

/* Stands still at a phase, answering for what only the worker knows. Hold the GIL. */
void speech_standstill(const char *phase, unsigned cycle);

void speech_failure(const struct wire_failure *failure);
void speech_done(void);
