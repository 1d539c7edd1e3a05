/* Where the resident memory of one trial is: its owners at four standstills, folded into layers.
 *
 * The parts of one process sum to its rss, to the byte. Medians of several do not, so a row's
 * waterfall is that of the one trial that stands for it. A part that the malloc does not tell is
 * METRIC_ABSENT, and what belongs to it is in another one ("malloc, not split"). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "run/record.h"

enum waterfall_stand {
    WATERFALL_HIGHEST, /* the standstill with the highest rss, the first of several */
    WATERFALL_END,     /* of the last cycle */
    WATERFALL_SETTLED,
    WATERFALL_RELEASED,
    WATERFALL_STANDS,
};

/* What people are shown of the owners. The folding is `waterfall_layers`. */
enum waterfall_layer {
    LAYER_FILES,
    LAYER_STACKS,
    LAYER_PYMALLOC_LIVE,
    LAYER_PYMALLOC_FREE,
    LAYER_MALLOC_IN_USE,
    LAYER_MALLOC_RELEASABLE,
    LAYER_MALLOC_PINNED,
    LAYER_MALLOC_METADATA,
    LAYER_MALLOC_UNSPLIT,
    LAYER_LAZYFREE,
    LAYER_HUGE_SLACK,
    LAYER_OTHER,
    LAYER_UNEXPLAINED, /* the only one that may be negative */
    LAYER_COUNT,
};

struct waterfall_layer_info {
    const char *key;         /* in files: "pymalloc_free" */
    const char *name;        /* for people */
    const char *meaning;     /* one line, no full stop */
    enum metric first, last; /* its owners */
};

/* Each owner, and owner_unexplained, is in exactly one layer. */
extern const struct waterfall_layer_info waterfall_layers[LAYER_COUNT];

enum {
    WATERFALL_OWNERS = METRIC_OWNER_UNEXPLAINED - METRIC_OWNER_FIRST + 1,
    WATERFALL_NAME_SIZE = PHASE_NAME_SIZE + 24, /* " 4294967295 #4294967295" */
};

/* One standstill. */
struct waterfall_bar {
    bool is_known; /* false: there is no such standstill, or nobody looked whose memory is whose */
    char name[WATERFALL_NAME_SIZE]; /* of the standstill: "settled", "loaded 2" */
    double rss;
    double owners[WATERFALL_OWNERS]; /* from METRIC_OWNER_FIRST on; the last is the unexplained */
    double layers[LAYER_COUNT];
};

struct waterfall {
    bool is_known;   /* at least one bar is */
    char family[32]; /* who served malloc: "glibc", ... */
    struct waterfall_bar bars[WATERFALL_STANDS];
    double peak;                     /* the highest rss since 'start', standstill or not */
    double below_peak;               /* how far below it the highest standstill is */
    double live, releasable, pinned; /* at 'settled', as live_bytes, ... */
    double ratio;                    /* fragmentation_ratio at 'settled' */
    double forecast;                 /* at 'collected', the last standstill before the release */
    double given_back;               /* by that release */
};

/* Of the trial with that number among the records; all unknown if it is not there. */
void waterfall_make(struct waterfall *waterfall, const struct record *records, size_t count,
                    unsigned trial, unsigned cycles);

/* Bytes of a layer at a standstill; METRIC_ABSENT if that is not known. */
double waterfall_layer(const struct waterfall *waterfall, enum waterfall_stand stand,
                       enum waterfall_layer layer);

/* Whether nothing was left for "malloc, not split" there, as the malloc told all: it is absent
 * then, but not unknown. */
bool waterfall_is_split(const struct waterfall *waterfall, enum waterfall_stand stand);

/* "highest", "end", "settled", "released". */
const char *waterfall_stand_name(enum waterfall_stand stand);
