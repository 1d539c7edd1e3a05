/* What the running program itself writes to one of its descriptors, caught. */
#pragma once

#include <stdio.h>

struct capture {
    FILE *stream; /* stdout or stderr */
    int file, before;
};

void capture_begin(struct capture *capture, FILE *stream);

/* Puts the stream back. Returns what was written; the caller frees it. */
char *capture_end(struct capture *capture);
