/* A process that stands still while a test reads it: a Python program that stops itself. */
#pragma once

#include <sys/types.h>

struct standing {
    pid_t pid;
    char *output; /* what it wrote to stdout and stderr before it stopped */
};

/* Starts `/usr/bin/python3 -S -c CODE` and waits until it has stopped. In the code, `stop()` stops
 * it; calling it allocates nothing. `variable` is "NAME=VALUE" for its environment, or NULL. */
void standing_start(struct standing *standing, const char *code, const char *variable);

/* Lets it go on until it stops again; what it has written meanwhile is its new output. */
void standing_continue(struct standing *standing);

void standing_end(struct standing *standing);

/* The number that stands before or after a text in the output, "=" and blanks and commas passed
 * over: of "# bytes in allocated blocks = 1,234" by "# bytes in allocated blocks". Fails if the
 * text is not there. */
double standing_number(const struct standing *standing, const char *text);
