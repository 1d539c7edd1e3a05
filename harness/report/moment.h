/* How a standstill of a trial is called, so that no two of a trial have the same name. */
#pragma once

#include "measure/sample.h"

/* Whether the phase comes once in a trial, however many cycles it has. */
bool moment_comes_once(const struct sample *sample);

/* "settled", "loaded #2", or "end 3" where there are several cycles; the caller frees it. */
char *moment_name(const struct sample *sample, unsigned cycles);
