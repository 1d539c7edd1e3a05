/* A survey of an image: who owns each resident byte.
 *
 * Each module of this folder that knows a kind of memory goes over the image, claims the address
 * ranges that are its own, and adds what is resident there to the owners. A range is claimed once;
 * what nobody claims is nobody's, and the sum of the owners falls short by it. Order matters where
 * two modules could take the same range for theirs: see inspect.c. */
#pragma once

#include "inspect/image.h"
#include "measure/metric.h"

struct survey_range {
    uint64_t start, end;
};

struct survey {
    struct image *image;
    const char *family; /* who serves malloc in the process, as in allocator.h; "" unknown */
    /* Of the owners 0 or more, all others METRIC_ABSENT until somebody sets them. */
    double values[METRIC_COUNT];
    struct survey_range *claims; /* ascending, apart */
    size_t claim_count;
    double anonymous; /* resident anonymous bytes in all, huge pages' slack left out */
    /* Under glibc, touched or not, headers too; METRIC_ABSENT if its malloc was not found. */
    double malloc_live;   /* bytes of chunks handed out: neither cached nor malloc's own */
    double malloc_in_use; /* what mallinfo2 calls uordblks + hblkhd: caches and heap headers too */
    struct ptmalloc *ptmalloc; /* what ptmalloc_survey found, for ptmalloc_each_block; or NULL */
    double pymalloc_live;      /* bytes of live blocks, touched or not */
};

void survey_init(struct survey *survey, struct image *image, const char *family);
/* Frees the claims; the values stay. */
void survey_clear(struct survey *survey);

/* Claims [start, end). Returns false, and claims nothing, if a part of it has been claimed. */
bool survey_claim(struct survey *survey, uint64_t start, uint64_t end);

/* Whether somebody has claimed the address. */
bool survey_is_claimed(const struct survey *survey, uint64_t address);

/* The first range at or above `from` and below `end` that nobody has claimed. Returns false if
 * there is none. */
bool survey_next_gap(const struct survey *survey, uint64_t from, uint64_t end,
                     struct survey_range *gap);

/* Adds the anonymous bytes that are resident in [start, end) to an owner; returns how many. */
double survey_add(struct survey *survey, enum metric owner, uint64_t start, uint64_t end);

/* Claims a range and adds it to one owner, if it is free. */
void survey_take(struct survey *survey, enum metric owner, uint64_t start, uint64_t end);
