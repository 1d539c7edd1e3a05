/* The samples of one trial, made by hand: what a test puts into an owner is there at this
 * standstill and at all later ones.
 *
 * At 'start' the process holds 10 MiB, nothing of it in pymalloc or malloc, and was inspected. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "measure/sample.h"

enum { STANDSTILLS_MOST = 32 };

struct standstills {
    struct sample items[STANDSTILLS_MOST];
    size_t count;
};

/* Begins with 'start'. `is_split`: malloc tells live blocks from free ones, as glibc, tcmalloc and
 * jemalloc do; otherwise the owners of malloc but METRIC_OWNER_MALLOC_UNSPLIT are absent. */
void standstills_init(struct standstills *standstills, bool is_split);

/* Adds a standstill that is as the last one. */
void standstills_add(struct standstills *standstills, const char *phase, unsigned cycle);

/* Adds 'settled', 'collected' and 'released', all as the last one. */
void standstills_add_aftermath(struct standstills *standstills);

/* Puts so many MiB (or takes them, if negative) into an owner or a METRIC_CHILDREN_* at the last
 * standstill, and so into rss, anon, lazyfree and children_anon. */
void standstills_put(struct standstills *standstills, enum metric metric, double mebibytes);

/* Sets a metric of the last standstill, in its own unit. */
void standstills_set(struct standstills *standstills, enum metric metric, double value);
