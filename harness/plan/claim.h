/* A claim: a sentence that a run can confirm or refute.
 *
 *     [ALLOC] PHASE.METRIC (<=|>=) (NUMBER[KiB|MiB|GiB] | FACTOR * [ALLOC] [PHASE.METRIC])
 *     [on WORKLOAD]
 *
 *     tcmalloc end.anon <= 0.80 * glibc            one allocator against another
 *     end.anon <= 300MiB                           a budget
 *     glibc released.anon <= 1.2 * start.anon      one phase against another
 *     end.anon <= 1.1 * glibc settled.anon         both
 *
 * Between the words stands any white space, or none where a sign separates them. A number is
 * decimal digits, with a point or without: no sign, no exponent. Only bytes have units, and 1 KiB
 * is 1024 bytes; without a unit a bound is in the metric's own (bytes, seconds, a count, a ratio).
 *
 * Left out, an allocator on the left is every allocator of the run but one that the right side
 * names; on the right it is the left side's. PHASE.METRIC on the right, left out, is the left
 * side's; both must be of one unit. Without `on` a claim speaks of every workload. A trial with
 * pymalloc is never compared with one without.
 *
 * Traps: a word with a dot in it, alone behind the factor, is PHASE.METRIC, so an allocator whose
 * name has a dot must be followed by it. A workload may have phases of its own, so an unknown phase
 * is no error here; that no trial came by it is known only when the run is over. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "plan/claim_figure.h"

enum { CLAIM_LENGTH = 400 }; /* bytes of a claim, at most */

/* The grammar in one line, for help and hints. */
#define CLAIM_GRAMMAR                                                                              \
    "[ALLOCATOR] PHASE.METRIC <=|>= NUMBER[KiB|MiB|GiB] or FACTOR * [ALLOCATOR] [PHASE.METRIC], "  \
    "then [on WORKLOAD]"

enum claim_relation { CLAIM_AT_MOST, CLAIM_AT_LEAST };

struct claim {
    char *text;   /* as given */
    char *title;  /* or "": only a plan gives it */
    char *source; /* who says so, as an address or a citation; or "" */
    struct claim_figure left;
    enum claim_relation relation;
    bool is_budget;            /* the right side is a number */
    double bound;              /* of a budget, in the metric's unit */
    double factor;             /* else, above 0: of the right side's figure */
    struct claim_figure right; /* complete but for the allocator, which may be "" */
    char *workload;            /* its name, or "" */
    size_t workload_place;
};

/* Parses a claim. An error says what is wrong, shows the place, and hints at what is near and at
 * the grammar; `place` (may be NULL) gets the place in bytes, at most the text's length. On an
 * error there is nothing to clear. */
int claim_parse(struct claim *claim, const char *text, size_t *place, struct error *err);
void claim_clear(struct claim *claim);
