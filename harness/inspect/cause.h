/* Why memory is still held: the growth from 'start' to 'settled', divided among causes.
 *
 * A pure function of a trial's samples. Bytes are anonymous memory of the worker and, where the
 * work is done there, of its descendants. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "measure/sample.h"

enum cause_kind {
    CAUSE_UNCOLLECTABLE,     /* only gc.garbage holds it */
    CAUSE_UNCOLLECTED,       /* garbage that one gc.collect() frees */
    CAUSE_LIVE,              /* live objects and blocks */
    CAUSE_PYMALLOC,          /* free memory in pymalloc's arenas */
    CAUSE_MALLOC_RELEASABLE, /* free memory of malloc in whole pages */
    CAUSE_MALLOC_PINNED,     /* free memory of malloc that live blocks hold */
    CAUSE_MALLOC_UNSPLIT,    /* memory of a malloc that does not tell which */
    CAUSE_LAZYFREE,          /* lazily freed: the kernel takes it when it needs it */
    CAUSE_HUGE_PAGES,        /* untouched parts of huge pages */
    CAUSE_STACKS,            /* thread stacks */
    CAUSE_OTHER,             /* metadata, static data, the unexplained */
    CAUSE_KINDS,
};

struct cause_share {
    enum cause_kind kind;
    double bytes; /* above 0 */
    double share; /* of what is held */
};

struct cause {
    bool is_known; /* false: the trial has no 'start' or no 'settled', or they were not inspected */
    bool is_grown; /* false: what is held is below the threshold */
    double held;   /* bytes above 'start' at 'settled', descendants included */
    double children;                        /* bytes of it that descendants hold */
    struct cause_share shares[CAUSE_KINDS]; /* in order of bytes */
    size_t share_count;
    bool is_growing; /* three cycles or more, and memory grows with each */
    double slope;    /* bytes per cycle; METRIC_ABSENT below three cycles */
};

/* Finds the cause in the samples of one trial, in the order they were taken. */
void cause_find(struct cause *cause, const struct sample *samples, size_t count);

/* The shares of several trials of one workload and allocator as one: medians kind by kind. Those
 * that are not known are left out. */
void cause_merge(struct cause *merged, const struct cause *causes, size_t count);

/* "pymalloc arenas", "malloc, releasable", ...: for lists and legends. */
const char *cause_name(enum cause_kind kind);

/* The causes in one sentence, without the line's "cause: ": which layers hold how much, in order of
 * bytes. Never NULL; the caller frees it. */
char *cause_sentence(const struct cause *cause);

/* What follows for who wants the memory back, one sentence; "" if nothing does. `family` served
 * malloc. The caller frees it. */
char *cause_advice(const struct cause *cause, const char *family);
