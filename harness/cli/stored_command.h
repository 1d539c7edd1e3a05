/* A sub-command that reads what is stored: its options, its help, and the way to its exit status.
 *
 * It takes some of a run's options, and may have some of its own. */
#pragma once

#include "cli/command_line.h"

struct stored_command {
    const char *name;
    const char *usage;             /* all lines of it */
    const char *about;             /* a paragraph, which is wrapped */
    const char *after;             /* another, below the options; or NULL */
    const char *const *shared;     /* names of a run's options; NULL-terminated */
    const struct option_info *own; /* NULL: none */
    size_t own_count;
    /* `status` is 125 when it begins; an error that leaves it so is one of measuring. */
    int (*act)(const struct options *options, int *status, struct error *err);
};

/* Returns the exit status. With --bisect it is one of 0, 1 and 125, whatever else is wrong with the
 * command line. */
int stored_command_run(const struct stored_command *command, int argc, char **argv);
