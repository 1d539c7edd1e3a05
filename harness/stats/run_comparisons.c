#include "stats/run_comparisons.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* A figure that a run compares its allocators by. */
struct figure {
    const char *phase;
    enum metric metric;
    const struct gate *gate; /* or NULL */
};

struct figures {
    struct figure *items;
    size_t count;
};

static void add_figure(struct figures *figures, const char *phase, enum metric metric)
{
    figures->items = text_grow(figures->items, figures->count + 1, sizeof *figures->items);
    figures->items[figures->count++] = (struct figure){.phase = phase, .metric = metric};
}

static struct figure *find_figure(struct figures *figures, const char *phase, enum metric metric)
{
    for (size_t i = 0; i < figures->count; i++) {
        if (figures->items[i].metric == metric && strcmp(figures->items[i].phase, phase) == 0) {
            return &figures->items[i];
        }
    }
    return NULL;
}

/* A gate that is off asks for no figure of its own, and may still set a threshold. */
static void set_gate(struct figures *figures, const char *phase, const struct gate *gate)
{
    if (!find_figure(figures, phase, gate->metric) && gate->level != GATE_OFF) {
        add_figure(figures, phase, gate->metric);
    }
    struct figure *figure = find_figure(figures, phase, gate->metric);
    if (figure) {
        figure->gate = gate;
    }
}

/* What every run shows, and what its gates name. */
static struct figures figures_of(const struct options *options)
{
    struct figures figures = {0};
    add_figure(&figures, PHASE_END, METRIC_ANON);
    add_figure(&figures, PHASE_SETTLED, METRIC_ANON);
    add_figure(&figures, PHASE_RELEASED, METRIC_ANON);
    add_figure(&figures, "", METRIC_PEAK_RSS);
    add_figure(&figures, PHASE_END, METRIC_CPU_SECONDS);
    add_figure(&figures, PHASE_END, METRIC_WALL_SECONDS);
    for (size_t i = 0; i < options->gate_count; i++) {
        if (options->gates[i].phase[0] == '\0') {
            set_gate(&figures, PHASE_END, &options->gates[i]);
            set_gate(&figures, PHASE_SETTLED, &options->gates[i]);
        }
    }
    for (size_t i = 0; i < options->gate_count; i++) { /* these go before those */
        if (options->gates[i].phase[0] != '\0') {
            set_gate(&figures, options->gates[i].phase, &options->gates[i]);
        }
    }
    return figures;
}

static void compare(struct verdicts_group *group, const struct observations_source *source,
                    const struct figure *figure, const struct observations_key *control,
                    const struct observations_key *candidate)
{
    const struct plan *plan = source->plan;
    cleanup_free char *name = observations_figure_name(figure->phase, figure->metric);
    struct observations baseline, other;
    bool is_paired = comparison_pairs(figure->metric);
    observations_read_both(&baseline, &other, source, control, candidate, is_paired);
    struct comparison_question question = {
        .baseline = baseline.values,
        .candidate = other.values,
        .baseline_count = baseline.count,
        .candidate_count = other.count,
        .is_paired = is_paired,
        .better = metric_table[figure->metric].better,
        .threshold = threshold_of(figure->metric),
        .looks = verdicts_looks(plan->options),
        .seed = observations_seed(source, candidate, control->setting->name, name),
    };
    if (figure->gate) {
        question.threshold.ratio = figure->gate->threshold;
    }
    struct verdicts_added added = {
        .baseline = control->setting->name,
        .candidate = candidate->setting->name,
        .phase = figure->phase,
        .metric = figure->metric,
        .level = figure->gate ? figure->gate->level : GATE_OFF,
        .missing = baseline.missing ? baseline.missing : other.missing,
        .question = &question,
    };
    verdicts_add(group, &added);
    observations_clear(&baseline);
    observations_clear(&other);
}

/* Every allocator against the control of one figure. */
static void compare_figure(struct verdicts_group *group, const struct observations_source *source,
                           const struct figure *figure, struct observations_key key)
{
    const struct plan *plan = source->plan;
    bool has_control = figure->gate && figure->gate->control[0] != '\0';
    const struct setting *first = has_control ? plan_setting(plan, figure->gate->control) : NULL;
    key.phase = figure->phase;
    key.metric = figure->metric;
    struct observations_key control = key;
    control.setting = first ? first : &plan->settings[0];
    for (size_t i = 0; i < plan->setting_count; i++) {
        key.setting = &plan->settings[i];
        if (key.setting != control.setting && observations_have(source, &key)) {
            compare(group, source, figure, &control, &key);
        }
    }
}

void run_comparisons_add(struct verdicts *verdicts, const struct observations_source *source)
{
    const struct plan *plan = source->plan;
    struct figures figures = figures_of(plan->options);
    for (size_t w = 0; w < plan->workload_count && plan->setting_count > 1; w++) {
        cleanup_free char *parameters = workload_parameters_text(&plan->workloads[w]);
        for (int o = 0; o < OBJECT_ALLOCATOR_COUNT; o++) {
            struct observations_key key = {.workload = &plan->workloads[w],
                                           .object_allocator = (enum object_allocator)o};
            if (observations_have(source, &key)) {
                struct verdicts_group *group = verdicts_add_group(verdicts, key.workload->name,
                                                                  parameters, key.object_allocator);
                for (size_t i = 0; i < figures.count; i++) {
                    compare_figure(group, source, &figures.items[i], key);
                }
            }
        }
    }
    free(figures.items);
}
