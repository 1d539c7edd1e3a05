/* The only place that turns a Python exception into a failure of the trial. */
#pragma once

#include "measure/outcome.h"

/* Takes the pending exception: prints it as python3 would, and says it on the wire. */
void failure_from_exception(void);

/* Says a failure that is not an exception; `hint` may be "". */
void failure_say(enum outcome outcome, const char *hint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* If the pending exception is SystemExit, takes it and returns 1 with the exit status that python3
 * would leave with; else 0. Prints what `sys.exit("text")` says. */
int failure_take_exit(int *status);
