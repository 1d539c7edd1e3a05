/* The line that a terminal shows while a trial runs. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "cli/history.h"

struct live_line {
    const char *place;              /* "[12/64]" */
    const char *workload, *setting; /* of others; tamed here */
    const char *note;               /* " (pymalloc off)", or "" */
    double seconds, rss;            /* now; bytes */
    const struct history *history;  /* of rss, in bytes */
    const char *phase;              /* the one it came to last, or "" */
    const char *left;               /* "about 3 min left", or "" */
};

/* "[12/64] request_bursts tcmalloc  2.1 s, 164 MiB ▁▂▅▇▆ after loaded, about 3 min left", of at
 * most `width` columns. Where that is too much, names are cut and the sparkline is shortened; then
 * go the phase, the sparkline or the time left, the names; the figures stay as long as there is
 * room for them alone. The caller frees it. */
char *live_line_text(const struct live_line *line, size_t width, bool ascii);
