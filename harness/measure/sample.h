/* One sample: all metrics read at one standstill. And one point of the curve between them. */
#pragma once

#include <stdbool.h>

#include "measure/metric.h"
#include "measure/phase.h"

struct sample {
    char phase[PHASE_NAME_SIZE];
    unsigned cycle; /* from 1 */
    unsigned visit; /* of this phase in this cycle, from 1 */
    double elapsed; /* seconds since the worker was started, standstills included */
    double values[METRIC_COUNT];
    double moved; /* bytes that rss changed by while the sample was read; 0 in a sound one */
};

struct curve_point {
    double elapsed;      /* seconds since the worker was started */
    double rss;          /* bytes, of the worker */
    double tree_private; /* bytes, of the worker and its descendants; an upper bound */
    unsigned processes;
};

/* Why a reader should doubt a sample; the first that holds. */
enum sample_doubt {
    DOUBT_NONE,
    DOUBT_SWAP,  /* a part of it is swapped out */
    DOUBT_MOVED, /* it changed while it was read */
    DOUBT_HUGE,  /* much of it is in huge pages */
    DOUBT_KINDS,
};
enum sample_doubt sample_doubt(const struct sample *sample);

/* The same in words ("3 % of rss is in huge pages"), or NULL; the caller frees it. */
char *sample_doubt_text(const struct sample *sample);
