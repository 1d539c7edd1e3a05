/* Progress on stderr: one live line on a terminal, one line per trial elsewhere. */
#pragma once

#include <stdbool.h>

#include "cli/history.h"
#include "run/record.h"

struct progress {
    bool is_quiet, is_terminal, is_utf8;
    const struct plan *plan; /* blocks may be added to it */
    size_t stored, done;
    double started, drawn;     /* on the monotonic clock */
    const struct trial *trial; /* that runs now */
    struct history history;    /* of its rss */
    struct sample sample;      /* of the phase that it came to last; without a name before */
};

/* `stored`: trials that an earlier sitting has done. */
void progress_init(struct progress *progress, const struct plan *plan, size_t stored);
void progress_begin(struct progress *progress, const struct trial *trial);
/* May be called often; draws at most five times a second. */
void progress_moment(struct progress *progress, double seconds, double rss);
/* The trial has come to a phase; draws nothing. */
void progress_phase(struct progress *progress, const struct sample *sample);
void progress_end(struct progress *progress, const struct record *record);
/* Prints a line that stays. */
void progress_say(struct progress *progress, const char *text);
/* Removes the live line. */
void progress_clear(struct progress *progress);
