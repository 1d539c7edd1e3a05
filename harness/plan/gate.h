/* A gate: a metric that must not become worse, and what follows if it does. Only a plan has gates:
 *
 *     [gate.anon]                 # or [gate."end.anon"]
 *     level = "error"             # error (the default; of a time warn), warn, off
 *     threshold = 0.03            # a change up to that share is no matter; the default is by unit
 *     control = "glibc"           # compared across machines as the ratio to this allocator
 *
 * A gate of PHASE.METRIC goes before one of METRIC. A gate of METRIC alone is one of 'end' and of
 * 'settled', which is what stays after the load. */
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "measure/metric.h"

enum gate_level { GATE_OFF, GATE_WARN, GATE_ERROR, GATE_LEVELS };

struct gate {
    char *phase; /* or "": see above */
    enum metric metric;
    enum gate_level level;
    double threshold; /* a share: 0.03 is 3 % */
    char *control;    /* an allocator of the run, or "" */
};

struct plan;

/* The smallest change that matters in practice, as a share: 10 % of a time, 3 % of all else. */
double gate_practical_threshold(enum metric metric);

/* Parses "METRIC" or "PHASE.METRIC" into a gate with the defaults. On an error there is nothing to
 * clear. */
int gate_parse(struct gate *gate, const char *text, struct error *err);
void gate_clear(struct gate *gate);

/* "METRIC" or "PHASE.METRIC"; the caller frees it. */
char *gate_name(const struct gate *gate);

/* "off", "warn", "error". */
const char *gate_level_name(enum gate_level level);
int gate_level_parse(const char *name, enum gate_level *level);

/* Whether the plan has the allocator that is the control. */
int gate_check(const struct gate *gate, const struct plan *plan, struct error *err);
