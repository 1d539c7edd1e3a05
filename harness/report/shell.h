/* A command line as one types it into a shell. */
#pragma once

#include "base/text.h"

/* An argument, quoted where a POSIX shell needs it; one that holds control characters or broken
 * UTF-8 is quoted as $'...', so that it can be read and typed. The caller frees it. */
char *shell_quote(const char *argument);

/* The command that repeats a run: `command` are the arguments of the run, the first one "run" or
 * the name of the program, to which the seed is added unless it was given. The caller frees it. */
char *shell_repeat(const struct text_list *command, uint64_t seed);
