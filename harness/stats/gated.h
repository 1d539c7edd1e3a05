/* The figures that gates speak of: which value at which phase, and what follows if it is worse.
 *
 * The gates of a plan, or, where it has none, those that hold without a plan. */
#pragma once

#include "plan/gate.h"

struct gated_figure {
    const char *phase; /* or "": of the whole trial */
    enum metric metric;
    enum gate_level level;
    double threshold;
    const char *control; /* or "" */
};

struct gated {
    struct gated_figure *figures; /* each figure once, in the order of the gates */
    size_t count;
    struct gate *defaults; /* owned; or NULL */
    size_t default_count;
};

/* `gates` must outlive it. With `count` 0 the gates are: memory, objects and live bytes as errors,
 * times as warnings, each at 'end' and 'settled'. */
void gated_init(struct gated *gated, const struct gate *gates, size_t count);
void gated_clear(struct gated *gated);
