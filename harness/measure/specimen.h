/* A specimen: an own child that holds a known amount of memory and stands still, so that the
 * kernel's figures can be held against what is true. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

struct specimen {
    pid_t pid;
    int wire;
    unsigned char *memory; /* where it lies, in the child */
};

/* Bytes that it holds when it is told to: whole pages, none of them huge. */
enum { SPECIMEN_BYTES = 32 << 20 };

/* What every byte of it is. */
enum { SPECIMEN_FILL = 0x5A };

/* Forks it. Call it in a process without threads. */
int specimen_start(struct specimen *specimen, struct error *err);

/* Each returns whether the child did it. */
bool specimen_hold(struct specimen *specimen); /* touches every page */
bool specimen_drop(struct specimen *specimen); /* gives all of it back */
/* Whether it may switch off the randomisation of addresses, as --layout fixed does. */
bool specimen_fix_layout(struct specimen *specimen);

/* Kills and reaps it. */
void specimen_end(struct specimen *specimen);
