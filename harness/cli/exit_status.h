/* The exit statuses of membench: a contract with scripts and with `git bisect run`. */
#pragma once

#include <stdbool.h>

#include "stats/verdicts.h"

enum {
    EXIT_DONE = 0,
    EXIT_REFUTED = 1, /* a claim was refuted, or something is worse than its baseline */
    EXIT_WRONG_USAGE = 2,
    EXIT_INCONCLUSIVE = 3,   /* a claim or a gate that the runs do not decide */
    EXIT_NOT_MEASURED = 125, /* something that was asked for could not be measured */
    EXIT_INTERRUPTED = 130,
};

/* Of a run that is over. `is_complete`: every trial came to what was expected of it. */
int exit_status_of_verdicts(const struct verdicts *verdicts, bool is_complete);

/* Of two statuses of one command, the one that counts: 125 before 1 before 3 before 0. */
int exit_status_worse(int one, int other);

/* For `git bisect run`, which takes 0 for good, 1 to 124 for bad, and 125 for what cannot be
 * tested: what is neither done nor refuted is 125. */
int exit_status_for_bisect(int status);
