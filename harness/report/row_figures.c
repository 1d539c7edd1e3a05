#include "report/row_figures.h"

#include <math.h>

#include "base/cleanup.h"
#include "base/text.h"

static const struct {
    const char *name;
    enum metric_unit unit;
} figures[SUMMARY_WHAT_COUNT] = {
    [SUMMARY_START] = {"start.anon", UNIT_BYTES},
    [SUMMARY_PEAK] = {"peak_rss", UNIT_BYTES},
    [SUMMARY_END] = {"end.anon", UNIT_BYTES},
    [SUMMARY_SETTLED] = {"settled.anon", UNIT_BYTES},
    [SUMMARY_COLLECTED] = {"collected.anon", UNIT_BYTES},
    [SUMMARY_RELEASED] = {"released.anon", UNIT_BYTES},
    [SUMMARY_OVER_START] = {"settled.anon-start.anon", UNIT_BYTES},
    [SUMMARY_TRACKED] = {"settled.tracked_objects", UNIT_OBJECTS},
    [SUMMARY_GARBAGE] = {"settled.garbage_objects", UNIT_OBJECTS},
    [SUMMARY_UNCOLLECTED] = {"uncollected_objects", UNIT_OBJECTS},
    [SUMMARY_BLOCKS] = {"settled.allocated_blocks", UNIT_OBJECTS},
    [SUMMARY_CPU] = {"end.cpu_seconds", UNIT_SECONDS},
    [SUMMARY_WALL] = {"end.wall_seconds", UNIT_SECONDS},
    [SUMMARY_MINOR_FAULTS] = {"end.minor_faults", UNIT_OBJECTS},
};

struct walk {
    const struct summary_row *row;
    void (*take)(void *context, const struct row_figure *figure);
    void *context;
};

static void give(const struct walk *walk, const char *name, enum metric_unit unit,
                 const struct summary_figure *figure)
{
    walk->take(walk->context, &(struct row_figure){.name = name, .unit = unit, .figure = *figure});
}

static void give_causes(const struct walk *walk)
{
    static const char *const names[] = {[SUMMARY_CAUSE_HELD] = "cause.held",
                                        [SUMMARY_CAUSE_CHILDREN] = "cause.children",
                                        [SUMMARY_CAUSE_SLOPE] = "cause.slope_per_cycle"};
    for (int i = 0; i < SUMMARY_CAUSE_FIGURES; i++) {
        cleanup_free char *name =
            i < SUMMARY_CAUSE_KIND
                ? text_copy(names[i])
                : text_format("cause.%s", cause_key((enum cause_kind)(i - SUMMARY_CAUSE_KIND)));
        give(walk, name, UNIT_BYTES, &walk->row->cause_figures[i]);
    }
}

/* A median that more than half of the trials did not reach is not known. */
static void give_decays(const struct walk *walk)
{
    static const enum metric metrics[SUMMARY_DECAYS] = {
        [SUMMARY_DECAY_HALF] = METRIC_DECAY_50_SECONDS,
        [SUMMARY_DECAY_MOST] = METRIC_DECAY_90_SECONDS};
    for (int i = 0; i < SUMMARY_DECAYS; i++) {
        const struct summary_decay *decay = &walk->row->decays[i];
        struct summary_figure figure = decay->reached;
        figure.median = isfinite(decay->median) ? decay->median : METRIC_ABSENT;
        give(walk, metric_table[metrics[i]].name, UNIT_SECONDS, &figure);
    }
}

/* One value, which has no range. */
static struct summary_figure single(double value, size_t count)
{
    return (struct summary_figure){.count = metric_is_absent(value) ? 0 : count,
                                   .median = value,
                                   .low = METRIC_ABSENT,
                                   .high = METRIC_ABSENT,
                                   .spread = METRIC_ABSENT};
}

static void give_difference(const struct walk *walk)
{
    struct summary_figure figure =
        single(walk->row->difference, walk->row->figures[SUMMARY_END].count);
    give(walk, "end.anon-difference", UNIT_RATIO, &figure);
}

static void give_cycles(const struct walk *walk, unsigned cycles)
{
    for (unsigned cycle = 1; walk->row->cycles && cycle <= cycles; cycle++) {
        cleanup_free char *name = text_format("cycle-%u.end.anon", cycle);
        give(walk, name, UNIT_BYTES, &walk->row->cycles[cycle - 1]);
    }
}

static void give_of_trial(const struct walk *walk, const char *name, enum metric_unit unit,
                          double value, unsigned trial)
{
    struct summary_figure figure = single(value, 1);
    figure.low = figure.high = value;
    walk->take(walk->context,
               &(struct row_figure){.name = name, .unit = unit, .figure = figure, .trial = trial});
}

static void give_held(const struct walk *walk)
{
    for (size_t i = 0; i < walk->row->trial_count; i++) {
        const struct summary_trial *trial = &walk->row->trials[i];
        if (trial->cause.is_known) {
            cleanup_free char *name = text_format("trial-%u.cause.held", trial->number);
            give_of_trial(walk, name, UNIT_BYTES, trial->cause.held, trial->number);
        }
    }
}

static void give_typical(const struct walk *walk, const char *name, enum metric_unit unit,
                         double value)
{
    give_of_trial(walk, name, unit, value, walk->row->typical);
}

static void give_layers(const struct walk *walk)
{
    const struct waterfall *waterfall = &walk->row->waterfall;
    for (int i = 0; i < WATERFALL_STANDS; i++) {
        enum waterfall_stand stand = (enum waterfall_stand)i;
        for (int layer = 0; waterfall->bars[stand].is_known && layer < LAYER_COUNT; layer++) {
            cleanup_free char *name = text_format("%s.layer.%s", waterfall_stand_name(stand),
                                                  waterfall_layers[layer].key);
            give_typical(walk, name, UNIT_BYTES, waterfall->bars[stand].layers[layer]);
        }
    }
}

static void give_account(const struct walk *walk)
{
    const struct waterfall *waterfall = &walk->row->waterfall;
    const struct {
        const char *name;
        enum metric_unit unit;
        double value;
    } accounts[] = {
        {"highest.peak_rss", UNIT_BYTES, waterfall->peak},
        {"settled.live_bytes", UNIT_BYTES, waterfall->live},
        {"settled.releasable_bytes", UNIT_BYTES, waterfall->releasable},
        {"settled.pinned_bytes", UNIT_BYTES, waterfall->pinned},
        {"settled.fragmentation_ratio", UNIT_RATIO, waterfall->ratio},
        {"collected.forecast_bytes", UNIT_BYTES, waterfall->forecast},
        {"released.released_bytes", UNIT_BYTES, waterfall->given_back},
    };
    for (size_t i = 0; i < sizeof accounts / sizeof *accounts; i++) {
        give_typical(walk, accounts[i].name, accounts[i].unit, accounts[i].value);
    }
}

void row_figures_each(const struct summary_row *row, unsigned cycles,
                      void (*take)(void *context, const struct row_figure *figure), void *context)
{
    struct walk walk = {.row = row, .take = take, .context = context};
    for (int i = 0; i < SUMMARY_WHAT_COUNT; i++) {
        give(&walk, figures[i].name, figures[i].unit, &row->figures[i]);
    }
    give_causes(&walk);
    give_decays(&walk);
    give_difference(&walk);
    give_cycles(&walk, cycles);
    give_held(&walk);
    if (row->typical > 0) {
        give_layers(&walk);
        give_account(&walk);
    }
}
