/* One side of a claim: the figure of which it speaks, PHASE.METRIC of an allocator.
 *
 * Gates name their figures in the same way. Trap: a workload may have phases of its own, so any
 * well-formed phase is read; metrics must be known. */
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "measure/metric.h"

struct claim_figure {
    char *allocator; /* or "": claim.h says which is meant */
    char *phase;
    enum metric metric;
    size_t allocator_place, phase_place; /* in the claim's text, bytes */
};

void claim_figure_clear(struct claim_figure *figure);

/* One figure alone: "PHASE.METRIC"; its allocator is NULL. And a metric alone. */
int claim_figure_parse(struct claim_figure *figure, const char *text, struct error *err);
int claim_figure_parse_metric(const char *text, enum metric *metric, struct error *err);

struct claim_scanner;

/* Fill the one part or the other from a word, which stands at a place of the claim's text. */
int claim_figure_read(struct claim_scanner *scanner, const char *word, size_t place,
                      struct claim_figure *figure);
int claim_figure_read_allocator(struct claim_scanner *scanner, const char *word, size_t place,
                                struct claim_figure *figure);
