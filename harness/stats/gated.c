#include "stats/gated.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "measure/phase.h"

/* Without a plan: what a process weighs after its load, and what no machine changes. */
static const char *const by_default[] = {"anon",       "tracked_objects", "allocated_blocks",
                                         "live_bytes", "end.cpu_seconds", "end.wall_seconds"};
enum { DEFAULTS = sizeof by_default / sizeof *by_default };

static void put(struct gated *gated, const char *phase, const struct gate *gate)
{
    struct gated_figure figure = {phase, gate->metric, gate->level, gate->threshold, gate->control};
    for (size_t i = 0; i < gated->count; i++) {
        if (gated->figures[i].metric == gate->metric &&
            strcmp(gated->figures[i].phase, phase) == 0) {
            gated->figures[i] = figure;
            return;
        }
    }
    gated->figures = text_grow(gated->figures, gated->count + 1, sizeof *gated->figures);
    gated->figures[gated->count++] = figure;
}

static void make_defaults(struct gated *gated)
{
    struct error err;
    gated->defaults = text_allocate(DEFAULTS * sizeof *gated->defaults);
    for (int i = 0; i < DEFAULTS; i++) {
        if (gate_parse(&gated->defaults[gated->default_count], by_default[i], &err) == 0) {
            gated->default_count++;
        }
    }
}

/* What is off is not looked at. */
static void drop_off(struct gated *gated)
{
    size_t kept = 0;
    for (size_t i = 0; i < gated->count; i++) {
        if (gated->figures[i].level != GATE_OFF) {
            gated->figures[kept++] = gated->figures[i];
        }
    }
    gated->count = kept;
}

void gated_init(struct gated *gated, const struct gate *gates, size_t count)
{
    *gated = (struct gated){0};
    if (count == 0) {
        make_defaults(gated);
        gates = gated->defaults;
        count = gated->default_count;
    }
    for (size_t i = 0; i < count; i++) {
        if (gates[i].phase[0] == '\0') {
            put(gated, PHASE_END, &gates[i]);
            put(gated, PHASE_SETTLED, &gates[i]);
        }
    }
    for (size_t i = 0; i < count; i++) { /* these go before those */
        if (gates[i].phase[0] != '\0') {
            put(gated, gates[i].phase, &gates[i]);
        }
    }
    drop_off(gated);
}

void gated_clear(struct gated *gated)
{
    for (size_t i = 0; i < gated->default_count; i++) {
        gate_clear(&gated->defaults[i]);
    }
    free(gated->defaults);
    free(gated->figures);
    *gated = (struct gated){0};
}
