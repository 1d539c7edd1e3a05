/* The exit statuses of membench: a contract with scripts and with `git bisect run`. */
#pragma once

enum {
    EXIT_DONE = 0,
    EXIT_WRONG_USAGE = 2,
    EXIT_NOT_MEASURED = 125, /* something that was asked for could not be measured */
    EXIT_INTERRUPTED = 130,
};
