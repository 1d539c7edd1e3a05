/* Why memory is still held: the growth from 'start' to 'settled', divided among causes.
 *
 * A pure function of a trial's samples. Bytes are anonymous and shared memory of the worker and,
 * where the work is done there, of its descendants; how the growth is divided stands in division.h,
 * when memory is called growing in trend.h. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "inspect/division.h"
#include "measure/sample.h"

/* Growth up to the larger of the two is an interpreter's own: one pymalloc arena (ARENA_BITS 20 of
 * CPython's Objects/obmalloc.c since 3.10), which one block can make resident; and what runs of the
 * same program differ by. */
#define CAUSE_NOISE_BYTES 0x1p20
#define CAUSE_NOISE_SHARE 0.02

struct cause_share {
    enum cause_kind kind;
    double bytes; /* 1 or more */
    double share; /* of all shares */
};

struct cause {
    bool is_known; /* false: the trial has no 'start' or no 'settled', or they were not inspected */
    bool is_grown; /* more is held than noise */
    double held;   /* bytes above 'start' at 'settled', descendants included; may be negative */
    double children; /* bytes of it that descendants hold */
    double noise;    /* bytes: what is not called held */
    double forecast; /* bytes that malloc's release would give back at 'settled'; METRIC_ABSENT */
    struct cause_share shares[CAUSE_KINDS]; /* of held, in order of bytes */
    size_t share_count;
    bool is_growing; /* three cycles or more, and memory grows with each; told even if unknown */
    double slope;    /* bytes per cycle; METRIC_ABSENT below three cycles */
    struct cause_share growth[CAUSE_KINDS]; /* of what grew from the first 'end' to the last one,
                                               if it is growing */
    size_t growth_count;
    bool is_garbage_unsized; /* live objects may be such that only gc.garbage holds */
};

/* Finds the cause in the samples of one trial, in the order they were taken. */
void cause_find(struct cause *cause, const struct sample *samples, size_t count);

/* The causes of several trials of one workload and allocator as one: medians kind by kind, what is
 * true of most. Those that are not known are left out. Medians of shares sum to the median of held
 * nearly, not quite. */
void cause_merge(struct cause *merged, const struct cause *causes, size_t count);

/* The bytes of a kind, 0 if it has no share. */
double cause_bytes(const struct cause *cause, enum cause_kind kind);

/* "pymalloc arenas", "malloc releasable", ...: for sentences, lists and legends. */
const char *cause_name(enum cause_kind kind);

/* The same as a key of files: "pymalloc", "malloc_releasable", ... */
const char *cause_key(enum cause_kind kind);

/* The causes in one sentence, without the line's "cause: ": which layers hold how much, in order of
 * bytes; small ones together as "other". Never NULL; the caller frees it. */
char *cause_sentence(const struct cause *cause);

/* The kinds that advice is worth giving on, in order of weight; returns how many. 0 if nothing is
 * held. */
size_t cause_leading(const struct cause *cause, enum cause_kind leading[CAUSE_KINDS]);

/* What helps against one kind, a clause of its own; NULL if nothing is to be said. `family` served
 * malloc. */
const char *cause_remedy(enum cause_kind kind, const char *family);

/* What follows for who wants the memory back: the remedies of the leading kinds in one sentence; ""
 * if nothing does. The caller frees it. */
char *cause_advice(const struct cause *cause, const char *family);
