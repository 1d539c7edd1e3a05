#include "stats/contrast.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "measure/host_class.h"
#include "stats/observations.h"
#include "stats/permutation.h"
#include "stats/threshold.h"

bool contrast_is_portable(enum metric metric)
{
    return metric == METRIC_TRACKED_OBJECTS || metric == METRIC_ALLOCATED_BLOCKS ||
           metric == METRIC_GARBAGE_OBJECTS || metric == METRIC_COLLECTED_OBJECTS ||
           metric == METRIC_LIVE_BYTES;
}

/* What is compared just now. */
struct state {
    struct contrast *contrast;
    const struct contrast_question *question;
    char *conditions; /* why nothing of both can be compared; or NULL */
    char *python;     /* why what depends on Python cannot; or NULL */
    bool is_one_class;
    struct text_list allocators; /* of both */
    /* the group */
    const char *workload;
    enum object_allocator object_allocator;
    char *parameters_differ; /* or NULL */
    struct verdicts_group *group;
};

/* ---- what both have ---- */

static void note(struct state *state, char *text)
{
    struct text_list *notes = &state->contrast->notes;
    bool is_known = false;
    for (size_t i = 0; i < notes->count; i++) {
        is_known = is_known || strcmp(notes->items[i], text) == 0;
    }
    if (!is_known) {
        text_list_add(notes, text);
    }
    free(text);
}

static const struct baseline_workload *find_workload(const struct baseline *baseline,
                                                     const char *name)
{
    for (size_t i = 0; i < baseline->workload_count; i++) {
        if (strcmp(baseline->workloads[i].name, name) == 0) {
            return &baseline->workloads[i];
        }
    }
    return NULL;
}

static const struct baseline_allocator *find_allocator(const struct baseline *baseline,
                                                       const char *name)
{
    for (size_t i = 0; i < baseline->allocator_count; i++) {
        if (strcmp(baseline->allocators[i].name, name) == 0) {
            return &baseline->allocators[i];
        }
    }
    return NULL;
}

/* Whether anything was measured of the configuration; `allocator` NULL is any. */
static bool has_any(const struct baseline *baseline, const struct state *state,
                    const char *allocator)
{
    for (size_t i = 0; i < baseline->series_count; i++) {
        const struct baseline_series *series = &baseline->series[i];
        if (series->object_allocator == state->object_allocator &&
            strcmp(baseline->workloads[series->workload].name, state->workload) == 0 &&
            (!allocator || strcmp(baseline->allocators[series->allocator].name, allocator) == 0)) {
            return true;
        }
    }
    return false;
}

static void add_difference(struct text_list *list, const char *what, const char *one,
                           const char *other)
{
    if (strcmp(one, other) != 0) {
        cleanup_free char *text = text_format("%s %s, not %s", what, one, other);
        text_list_add(list, text);
    }
}

/* How the two runs were made, as far as it decides what a figure means. */
static char *difference_of_conditions(const struct baseline *one, const struct baseline *other)
{
    struct text_list list = {0};
    char texts[4][32];
    snprintf(texts[0], sizeof texts[0], "%u", one->cycles);
    snprintf(texts[1], sizeof texts[1], "%u", other->cycles);
    snprintf(texts[2], sizeof texts[2], "%g s", one->settle);
    snprintf(texts[3], sizeof texts[3], "%g s", other->settle);
    add_difference(&list, "cycles", texts[0], texts[1]);
    add_difference(&list, "settle", texts[2], texts[3]);
    add_difference(&list, "layout", options_layout_name(one->layout),
                   options_layout_name(other->layout));
    add_difference(&list, "huge pages", one->no_huge_pages ? "off" : "as the host's",
                   other->no_huge_pages ? "off" : "as the host's");
    char *all = list.count > 0 ? text_join(&list, "; ") : NULL;
    text_list_clear(&list);
    return all;
}

/* Objects are as large, and as many, as Python and the processor's words make them. */
static char *difference_of_python(const struct baseline *one, const struct baseline *other)
{
    struct text_list list = {0};
    cleanup_free char *machine = host_class_value(&one->host, "machine");
    cleanup_free char *other_machine = host_class_value(&other->host, "machine");
    add_difference(&list, "Python", one->python, other->python);
    add_difference(&list, "machine", machine, other_machine);
    char *all = list.count > 0 ? text_join(&list, "; ") : NULL;
    text_list_clear(&list);
    return all;
}

static void collect_allocators(struct state *state, const struct baseline *baseline)
{
    for (size_t i = 0; i < baseline->allocator_count; i++) {
        bool is_known = false;
        for (size_t j = 0; j < state->allocators.count; j++) {
            is_known =
                is_known || strcmp(state->allocators.items[j], baseline->allocators[i].name) == 0;
        }
        if (!is_known) {
            text_list_add(&state->allocators, baseline->allocators[i].name);
        }
    }
}

/* ---- one row ---- */

struct row {
    const struct gated_figure *figure;
    const char *allocator;
    const struct baseline_series *baseline, *candidate; /* or NULL */
    const char *control;                                /* "" if compared as it is */
    const struct baseline_series *baseline_control, *candidate_control;
    char *missing;
};

static const struct baseline_series *find(const struct state *state,
                                          const struct baseline *baseline, const char *allocator,
                                          const struct gated_figure *figure)
{
    return baseline_find(baseline, state->workload, state->object_allocator, allocator,
                         figure->phase, figure->metric);
}

static char *absent_in(const struct state *state, const struct row *row, bool is_candidate)
{
    const struct contrast_question *question = state->question;
    const struct baseline *side = is_candidate ? question->candidate : question->baseline;
    const char *name = is_candidate ? question->candidate_name : question->baseline_name;
    if (!has_any(side, state, NULL)) {
        return text_format("there is no %s with %s in %s", state->workload,
                           options_object_allocator_name(state->object_allocator), name);
    }
    if (!has_any(side, state, row->allocator)) {
        return text_format("there is no %s in %s", row->allocator, name);
    }
    cleanup_free char *figure = baseline_figure_name(row->figure->phase, row->figure->metric);
    return text_format("there is no %s in %s", figure, name);
}

/* "" if there is none in both. */
static const char *choose_control(const struct state *state, const struct gated_figure *figure)
{
    const struct contrast_question *question = state->question;
    if (figure->control[0]) {
        return figure->control;
    }
    if (question->control[0]) {
        return question->control;
    }
    for (size_t i = 0; i < state->allocators.count; i++) {
        const char *name = state->allocators.items[i];
        if (find(state, question->baseline, name, figure) &&
            find(state, question->candidate, name, figure)) {
            return name;
        }
    }
    return "";
}

/* Why the two are not compared as they are, or NULL. */
static char *why_not_as_is(const struct state *state, const struct row *row)
{
    const struct contrast_question *question = state->question;
    if (!state->is_one_class) {
        return text_format("another class of host (%s)", state->contrast->difference);
    }
    if (state->python) {
        return text_copy(state->python);
    }
    const struct baseline_allocator *one = find_allocator(question->baseline, row->allocator);
    const struct baseline_allocator *other = find_allocator(question->candidate, row->allocator);
    if (strcmp(one->build_id, other->build_id) != 0) {
        return text_format("another library of %s (build-id %.12s, not %.12s)", row->allocator,
                           one->build_id, other->build_id);
    }
    return NULL;
}

/* As the ratio to the control, if that can be. */
static void use_control(struct state *state, struct row *row, const char *reason)
{
    const struct contrast_question *question = state->question;
    const char *control = choose_control(state, row->figure);
    if (control[0] == '\0' ||
        (strcmp(control, row->allocator) == 0 && state->allocators.count < 2)) {
        row->missing =
            text_format("%s, and there is no other allocator to take the ratio to", reason);
        return;
    }
    row->control = control;
    row->baseline_control = find(state, question->baseline, control, row->figure);
    row->candidate_control = find(state, question->candidate, control, row->figure);
    if (!row->baseline_control || !row->candidate_control) {
        row->missing =
            text_format("%s, and %s, the control, is not in %s", reason, control,
                        row->baseline_control ? question->candidate_name : question->baseline_name);
    }
}

static void choose_basis(struct state *state, struct row *row)
{
    row->control = "";
    if (state->parameters_differ || state->conditions) {
        row->missing =
            text_copy(state->parameters_differ ? state->parameters_differ : state->conditions);
    } else if (!row->baseline || !row->candidate) {
        row->missing = absent_in(state, row, row->baseline != NULL);
    } else if (contrast_is_portable(row->figure->metric)) {
        row->missing = state->python ? text_copy(state->python) : NULL;
    } else {
        cleanup_free char *reason = why_not_as_is(state, row);
        if (reason) {
            use_control(state, row, reason);
        }
    }
}

/* The values, or their ratios to the control's of the same block. */
static double *values_of(const struct baseline_series *series,
                         const struct baseline_series *control)
{
    double *values = text_allocate((series->count + 1) * sizeof *values);
    for (size_t i = 0; i < series->count; i++) {
        values[i] = series->values[i];
        if (control) {
            double base = i < control->count ? control->values[i] : METRIC_ABSENT;
            values[i] = base > 0 ? values[i] / base : METRIC_ABSENT;
        }
    }
    return values;
}

static uint64_t seed_of(const struct state *state, const struct row *row)
{
    cleanup_free char *figure = baseline_figure_name(row->figure->phase, row->figure->metric);
    cleanup_free char *text = text_format("baseline/%s/%s/%s/%s/%s", state->workload,
                                          options_object_allocator_name(state->object_allocator),
                                          row->allocator, row->control, figure);
    return permutation_seed(state->question->seed, text);
}

static void add_row(struct state *state, const struct row *row)
{
    const struct contrast_question *question = state->question;
    cleanup_free double *baseline = NULL, *candidate = NULL;
    struct comparison_question asked = {
        .better = metric_table[row->figure->metric].better,
        .threshold = {.ratio = row->figure->threshold,
                      .quantum = row->control[0] ? 0 : threshold_of(row->figure->metric).quantum},
        .looks = question->looks,
        .seed = seed_of(state, row)};
    if (!row->missing && row->baseline && row->candidate) {
        asked.baseline = baseline = values_of(row->baseline, row->baseline_control);
        asked.candidate = candidate = values_of(row->candidate, row->candidate_control);
        asked.baseline_count = row->baseline->count;
        asked.candidate_count = row->candidate->count;
        state->contrast->compared++;
    }
    struct verdicts_added added = {.baseline = question->baseline_name,
                                   .candidate = row->allocator,
                                   .control = row->control,
                                   .phase = row->figure->phase,
                                   .metric = row->figure->metric,
                                   .level = row->figure->level,
                                   .is_against_baseline = true,
                                   .missing = row->missing,
                                   .question = &asked};
    verdicts_add(state->group, &added);
}

static void compare(struct state *state, const struct gated_figure *figure, const char *allocator)
{
    const struct contrast_question *question = state->question;
    struct row row = {.figure = figure, .allocator = allocator};
    if (!has_any(question->baseline, state, allocator) &&
        !has_any(question->candidate, state, allocator)) {
        return;
    }
    row.baseline = find(state, question->baseline, allocator, figure);
    row.candidate = find(state, question->candidate, allocator, figure);
    choose_basis(state, &row);
    bool has_partner = row.baseline && row.candidate && !state->parameters_differ;
    if (!row.missing && row.control[0] && strcmp(row.control, allocator) == 0) {
        note(state, text_format("%s is the control: what it takes itself is compared with nothing, "
                                "and a ratio hardly sees "
                                "the program itself grow; live_bytes and allocated_blocks do",
                                allocator));
    } else if (!has_partner && !question->is_strict) {
        note(state,
             text_format("%s (%s): not compared: %s", state->workload, allocator, row.missing));
    } else {
        add_row(state, &row);
    }
    free(row.missing);
}

/* ---- groups ---- */

static void note_of_workload(struct state *state, const struct baseline_workload *one,
                             const struct baseline_workload *other)
{
    const struct contrast_question *question = state->question;
    if (strcmp(one->parameters, other->parameters) != 0) {
        state->parameters_differ = text_format(
            "other parameters: %s in %s, %s in %s", one->parameters[0] ? one->parameters : "none",
            question->baseline_name, other->parameters[0] ? other->parameters : "none",
            question->candidate_name);
    } else if (strcmp(one->sha256, other->sha256) != 0) {
        note(state, text_format("%s: the file is not the one of %s", state->workload,
                                question->baseline_name));
    }
}

static void compare_group(struct state *state, const struct baseline_workload *workload,
                          enum object_allocator object_allocator)
{
    const struct contrast_question *question = state->question;
    state->workload = workload->name;
    state->object_allocator = object_allocator;
    state->parameters_differ = NULL;
    if (!has_any(question->baseline, state, NULL) && !has_any(question->candidate, state, NULL)) {
        return;
    }
    const struct baseline_workload *one = find_workload(question->baseline, workload->name);
    const struct baseline_workload *other = find_workload(question->candidate, workload->name);
    if (one && other) {
        note_of_workload(state, one, other);
    }
    state->group = verdicts_add_group(&state->contrast->verdicts, workload->name,
                                      workload->parameters, object_allocator);
    for (size_t f = 0; f < question->gated->count; f++) {
        for (size_t a = 0; a < state->allocators.count; a++) {
            compare(state, &question->gated->figures[f], state->allocators.items[a]);
        }
    }
    free(state->parameters_differ);
}

static void compare_workloads(struct state *state, const struct baseline *side,
                              const struct baseline *known)
{
    for (size_t w = 0; w < side->workload_count; w++) {
        if (!known || !find_workload(known, side->workloads[w].name)) {
            for (int o = 0; o < OBJECT_ALLOCATOR_COUNT; o++) {
                compare_group(state, &side->workloads[w], (enum object_allocator)o);
            }
        }
    }
}

static size_t count_blocks(const struct baseline *baseline)
{
    size_t most = 0;
    for (size_t i = 0; i < baseline->series_count; i++) {
        most = baseline->series[i].count > most ? baseline->series[i].count : most;
    }
    return most;
}

static void note_versions(struct state *state)
{
    const struct contrast_question *question = state->question;
    const char *one = question->baseline->membench, *other = question->candidate->membench;
    if (strcmp(one, other) != 0) {
        note(state, text_format("measured by membench %s, not %s", one, other));
    }
}

void contrast_make(struct contrast *contrast, const struct contrast_question *question)
{
    const struct baseline *one = question->baseline, *other = question->candidate;
    *contrast = (struct contrast){.verdicts = {.looks = question->looks,
                                               .blocks = count_blocks(other),
                                               .is_one_layout = other->layout == LAYOUT_FIXED},
                                  .difference = host_class_difference(&one->host, &other->host)};
    struct state state = {.contrast = contrast,
                          .question = question,
                          .conditions = difference_of_conditions(one, other),
                          .python = difference_of_python(one, other),
                          .is_one_class = contrast->difference == NULL};
    note_versions(&state);
    collect_allocators(&state, one);
    collect_allocators(&state, other);
    compare_workloads(&state, one, NULL);
    compare_workloads(&state, other, one);
    verdicts_holm(&contrast->verdicts);
    free(state.conditions);
    free(state.python);
    text_list_clear(&state.allocators);
}

void contrast_clear(struct contrast *contrast)
{
    verdicts_clear(&contrast->verdicts);
    text_list_clear(&contrast->notes);
    free(contrast->difference);
    *contrast = (struct contrast){0};
}
