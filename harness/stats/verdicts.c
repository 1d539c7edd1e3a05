#include "stats/verdicts.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "stats/arm.h"
#include "stats/holm.h"
#include "stats/looks.h"
#include "stats/permutation.h"

/* ---- what is compared ---- */

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

static const struct setting *find_setting(const struct plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->setting_count; i++) {
        if (strcmp(plan->settings[i].name, name) == 0) {
            return &plan->settings[i];
        }
    }
    return NULL;
}

static bool is_run(const struct plan *plan, const struct arm_key *key)
{
    for (size_t i = 0; i < plan->trial_count; i++) {
        const struct trial *trial = &plan->trials[i];
        if (trial->workload == key->workload && trial->object_allocator == key->object_allocator &&
            (!key->setting || trial->setting == key->setting)) {
            return true;
        }
    }
    return false;
}

/* ---- comparisons ---- */

struct verdicts_group *verdicts_add_group(struct verdicts *verdicts, const char *workload,
                                          const char *parameters,
                                          enum object_allocator object_allocator)
{
    verdicts->groups =
        text_grow(verdicts->groups, verdicts->group_count + 1, sizeof *verdicts->groups);
    struct verdicts_group *group = &verdicts->groups[verdicts->group_count++];
    *group = (struct verdicts_group){.workload = text_copy(workload),
                                     .parameters = text_copy(parameters),
                                     .object_allocator = object_allocator};
    return group;
}

void verdicts_add(struct verdicts_group *group, const struct verdicts_added *added)
{
    group->comparisons =
        text_grow(group->comparisons, group->comparison_count + 1, sizeof *group->comparisons);
    struct verdicts_comparison *comparison = &group->comparisons[group->comparison_count++];
    *comparison = (struct verdicts_comparison){
        .baseline = text_copy(added->baseline),
        .candidate = text_copy(added->candidate),
        .phase = text_copy(added->phase),
        .metric = added->metric,
        .level = added->level,
        .is_against_baseline = added->is_against_baseline,
        .missing = added->missing ? text_copy(added->missing) : NULL,
        .adjusted_p = METRIC_ABSENT,
    };
    if (!added->missing) {
        comparison_make(&comparison->result, added->question);
    }
}

/* The draws of one row do not depend on what else is analysed. */
static uint64_t seed_of(const struct plan *plan, const struct arm_key *left, const char *right,
                        const char *what)
{
    cleanup_free char *parameters = workload_parameters_text(left->workload);
    cleanup_free char *text = text_format("%s %s/%s/%s/%s/%s", left->workload->name, parameters,
                                          options_object_allocator_name(left->object_allocator),
                                          left->setting->name, right, what);
    return permutation_seed(plan->options->seed, text);
}

static size_t looks_of(const struct options *options)
{
    return options->runs_auto ? LOOKS_COUNT : 1;
}

static void read_arms(struct arm *left, struct arm *right, const struct arm_source *source,
                      const struct arm_key *left_key, const struct arm_key *right_key,
                      bool is_paired)
{
    if (is_paired) {
        arm_read_pairs(left, right, source, left_key, right_key);
    } else {
        arm_read(left, source, left_key);
        arm_read(right, source, right_key);
    }
}

static void compare(struct verdicts_group *group, const struct arm_source *source,
                    const struct figure *figure, const struct arm_key *control,
                    const struct arm_key *candidate)
{
    const struct plan *plan = source->plan;
    cleanup_free char *name = arm_figure_name(figure->phase, figure->metric);
    struct arm baseline, other;
    bool is_paired = comparison_pairs(figure->metric);
    read_arms(&baseline, &other, source, control, candidate, is_paired);
    struct comparison_question question = {
        .baseline = baseline.values,
        .candidate = other.values,
        .baseline_count = baseline.count,
        .candidate_count = other.count,
        .is_paired = is_paired,
        .better = metric_table[figure->metric].better,
        .threshold = threshold_of(figure->metric),
        .looks = looks_of(plan->options),
        .seed = seed_of(plan, candidate, control->setting->name, name),
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
    arm_clear(&baseline);
    arm_clear(&other);
}

/* Every allocator against the control of one figure. */
static void compare_figure(struct verdicts_group *group, const struct arm_source *source,
                           const struct figure *figure, struct arm_key key)
{
    const struct plan *plan = source->plan;
    bool has_control = figure->gate && figure->gate->control[0] != '\0';
    const struct setting *first = has_control ? find_setting(plan, figure->gate->control) : NULL;
    key.phase = figure->phase;
    key.metric = figure->metric;
    struct arm_key control = key;
    control.setting = first ? first : &plan->settings[0];
    for (size_t i = 0; i < plan->setting_count; i++) {
        key.setting = &plan->settings[i];
        if (key.setting != control.setting && is_run(plan, &key)) {
            compare(group, source, figure, &control, &key);
        }
    }
}

static void compare_all(struct verdicts *verdicts, const struct arm_source *source)
{
    const struct plan *plan = source->plan;
    struct figures figures = figures_of(plan->options);
    for (size_t w = 0; w < plan->workload_count && plan->setting_count > 1; w++) {
        cleanup_free char *parameters = workload_parameters_text(&plan->workloads[w]);
        for (int o = 0; o < OBJECT_ALLOCATOR_COUNT; o++) {
            struct arm_key key = {.workload = &plan->workloads[w],
                                  .object_allocator = (enum object_allocator)o};
            if (is_run(plan, &key)) {
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

/* ---- claims ---- */

static struct verdicts_judgement *add_judgement(struct verdicts_claim *claim,
                                                const struct arm_key *left, const char *left_name,
                                                const char *right_name)
{
    claim->judgements =
        text_grow(claim->judgements, claim->judgement_count + 1, sizeof *claim->judgements);
    struct verdicts_judgement *judgement = &claim->judgements[claim->judgement_count++];
    *judgement = (struct verdicts_judgement){
        .workload = text_copy(left->workload->name),
        .parameters = workload_parameters_text(left->workload),
        .object_allocator = left->object_allocator,
        .left = text_copy(left_name),
        .right = text_copy(right_name),
        .adjusted_p = METRIC_ABSENT,
    };
    return judgement;
}

static struct judgement_question question_of(const struct verdicts_claim *claim,
                                             const struct plan *plan, const struct arm *left)
{
    const struct claim *said = &claim->claim;
    return (struct judgement_question){
        .left = left->values,
        .left_count = left->count,
        .is_at_least = said->relation == CLAIM_AT_LEAST,
        .bound = said->is_budget ? said->bound : said->factor,
        .looks = looks_of(plan->options),
    };
}

static void judge_budget(struct verdicts_claim *claim, const struct arm_source *source,
                         const struct arm_key *left_key)
{
    struct verdicts_judgement *judgement =
        add_judgement(claim, left_key, left_key->setting->name, "");
    struct arm left;
    arm_read(&left, source, left_key);
    if (left.missing) {
        judgement->missing = text_copy(left.missing);
    } else {
        struct judgement_question question = question_of(claim, source->plan, &left);
        question.seed = seed_of(source->plan, left_key, "", claim->claim.text);
        judgement_make(&judgement->result, &question);
        judgement->left_shape = shape_of(left.values, left.count);
    }
    arm_clear(&left);
}

static void judge_against(struct verdicts_claim *claim, const struct arm_source *source,
                          const struct arm_key *left_key, const struct arm_key *right_key)
{
    struct verdicts_judgement *judgement =
        add_judgement(claim, left_key, left_key->setting->name, right_key->setting->name);
    struct arm left, right;
    bool is_paired = left_key->setting == right_key->setting || comparison_pairs(left_key->metric);
    read_arms(&left, &right, source, left_key, right_key, is_paired);
    if (left.missing || right.missing) {
        judgement->missing = text_copy(left.missing ? left.missing : right.missing);
    } else {
        struct judgement_question question = question_of(claim, source->plan, &left);
        question.right = right.values;
        question.right_count = right.count;
        question.is_paired = is_paired;
        question.seed =
            seed_of(source->plan, left_key, right_key->setting->name, claim->claim.text);
        judgement_make(&judgement->result, &question);
        judgement->left_shape = shape_of(left.values, left.count);
        judgement->right_shape = shape_of(right.values, right.count);
    }
    arm_clear(&left);
    arm_clear(&right);
}

static void miss(struct verdicts_claim *claim, const struct arm_key *key, const char *allocator)
{
    const struct claim *said = &claim->claim;
    struct verdicts_judgement *judgement =
        add_judgement(claim, key, said->left.allocator, said->right.allocator);
    judgement->missing = text_format("'%s' is no allocator of this run", allocator);
}

/* `key` says all but phase and metric. */
static void judge(struct verdicts_claim *claim, const struct arm_source *source, struct arm_key key)
{
    const struct claim *said = &claim->claim;
    key.phase = said->left.phase;
    key.metric = said->left.metric;
    if (said->is_budget) {
        judge_budget(claim, source, &key);
        return;
    }
    struct arm_key right = key;
    right.phase = said->right.phase;
    right.metric = said->right.metric;
    if (said->right.allocator[0] != '\0') {
        right.setting = find_setting(source->plan, said->right.allocator);
    }
    if (right.setting) {
        judge_against(claim, source, &key, &right);
    } else {
        miss(claim, &key, said->right.allocator);
    }
}

/* On every allocator that the claim speaks of. */
static void judge_allocators(struct verdicts_claim *claim, const struct arm_source *source,
                             struct arm_key key)
{
    const struct plan *plan = source->plan;
    const struct claim *said = &claim->claim;
    const char *left = said->left.allocator;
    const char *right = said->is_budget ? "" : said->right.allocator;
    bool is_found = false;
    for (size_t i = 0; i < plan->setting_count; i++) {
        const char *name = plan->settings[i].name;
        key.setting = &plan->settings[i];
        bool is_meant = left[0] != '\0' ? strcmp(name, left) == 0 : strcmp(name, right) != 0;
        if (is_meant) {
            judge(claim, source, key);
            is_found = true;
        }
    }
    if (!is_found && left[0] != '\0') {
        miss(claim, &key, left);
    }
}

static void conclude_claim(struct verdicts_claim *claim)
{
    cleanup_free enum judgement_outcome *outcomes =
        text_allocate((claim->judgement_count + 1) * sizeof *outcomes);
    size_t count = 0;
    claim->is_missing = claim->judgement_count == 0;
    for (size_t i = 0; i < claim->judgement_count; i++) {
        if (claim->judgements[i].missing) {
            claim->is_missing = true;
        } else {
            outcomes[count++] = claim->judgements[i].result.outcome;
        }
    }
    claim->outcome = judgement_of_all(outcomes, count);
}

static void judge_claim(struct verdicts_claim *claim, const struct arm_source *source)
{
    const struct plan *plan = source->plan;
    const char *workload = claim->claim.workload;
    for (size_t w = 0; w < plan->workload_count; w++) {
        for (int o = 0; o < OBJECT_ALLOCATOR_COUNT; o++) {
            struct arm_key key = {.workload = &plan->workloads[w],
                                  .object_allocator = (enum object_allocator)o};
            bool is_meant = workload[0] == '\0' || strcmp(workload, key.workload->name) == 0;
            if (is_meant && is_run(plan, &key)) {
                judge_allocators(claim, source, key);
            }
        }
    }
    if (claim->judgement_count == 0) {
        claim->missing = text_copy("nothing that it speaks of was run");
    }
    conclude_claim(claim);
}

/* Of a text that was parsed before: what a plan holds is what a run is judged by. */
static int copy_claim(struct claim *copy, const struct claim *claim)
{
    struct error err;
    if (claim_parse(copy, claim->text, NULL, &err)) {
        return -1;
    }
    free(copy->title);
    free(copy->source);
    copy->title = text_copy(claim->title);
    copy->source = text_copy(claim->source);
    return 0;
}

static void judge_all(struct verdicts *verdicts, const struct arm_source *source)
{
    const struct options *options = source->plan->options;
    for (size_t i = 0; i < options->claim_count; i++) {
        verdicts->claims =
            text_grow(verdicts->claims, verdicts->claim_count + 1, sizeof *verdicts->claims);
        struct verdicts_claim *claim = &verdicts->claims[verdicts->claim_count];
        *claim = (struct verdicts_claim){0};
        if (copy_claim(&claim->claim, &options->claims[i]) == 0) {
            verdicts->claim_count++;
            judge_claim(claim, source);
        }
    }
}

/* ---- the whole ---- */

static size_t count_blocks(const struct arm_source *source)
{
    const struct plan *plan = source->plan;
    size_t blocks = 0;
    unsigned last = 0;
    for (size_t i = 0; i < plan->trial_count; i++) {
        const struct trial *trial = &plan->trials[i];
        if (trial->repeats == 0 && trial->block != last) {
            blocks++;
            last = trial->block;
        }
    }
    return blocks;
}

void verdicts_make(struct verdicts *verdicts, const struct plan *plan, const struct record *records,
                   size_t count)
{
    struct arm_source source = {.plan = plan, .records = records, .count = count};
    *verdicts = (struct verdicts){
        .looks = looks_of(plan->options),
        .blocks = count_blocks(&source),
        .is_one_layout = plan->options->layout == LAYOUT_FIXED,
    };
    compare_all(verdicts, &source);
    judge_all(verdicts, &source);
    verdicts_holm(verdicts);
}

/* Calls `visit` for each gated row that was measured. */
static void each_gated(const struct verdicts *verdicts, void *context,
                       void (*visit)(void *context, struct verdicts_comparison *comparison,
                                     struct verdicts_judgement *judgement))
{
    for (size_t i = 0; i < verdicts->group_count; i++) {
        for (size_t j = 0; j < verdicts->groups[i].comparison_count; j++) {
            struct verdicts_comparison *comparison = &verdicts->groups[i].comparisons[j];
            if (comparison->level != GATE_OFF && !comparison->missing) {
                visit(context, comparison, NULL);
            }
        }
    }
    for (size_t i = 0; i < verdicts->claim_count; i++) {
        for (size_t j = 0; j < verdicts->claims[i].judgement_count; j++) {
            if (!verdicts->claims[i].judgements[j].missing) {
                visit(context, NULL, &verdicts->claims[i].judgements[j]);
            }
        }
    }
}

struct family {
    double *p; /* to be adjusted, then adjusted */
    size_t count, at;
};

static void count_member(void *context, struct verdicts_comparison *comparison,
                         struct verdicts_judgement *judgement)
{
    struct family *family = context;
    (void)comparison;
    (void)judgement;
    family->count++;
}

/* What is exact has no chance of error to share. */
static bool is_exact(const struct verdicts_comparison *comparison,
                     const struct verdicts_judgement *judgement)
{
    return comparison ? comparison->result.is_exact : judgement->result.is_exact;
}

static void take_p(void *context, struct verdicts_comparison *comparison,
                   struct verdicts_judgement *judgement)
{
    struct family *family = context;
    if (!is_exact(comparison, judgement)) {
        family->p[family->at++] = comparison ? comparison->result.verdict_p : judgement->result.p;
    }
}

static void adjust_comparison(struct verdicts_comparison *comparison, double p)
{
    struct comparison *result = &comparison->result;
    comparison->adjusted_p = p;
    if (result->verdict != VERDICT_UNKNOWN && p > result->alpha) {
        result->verdict = VERDICT_UNKNOWN;
        result->reason = REASON_AFTER_HOLM;
    }
}

static void adjust_judgement(struct verdicts_judgement *judgement, double p)
{
    struct judgement *result = &judgement->result;
    judgement->adjusted_p = p;
    if (result->outcome != JUDGEMENT_INCONCLUSIVE && p > result->alpha) {
        result->outcome = JUDGEMENT_INCONCLUSIVE;
        result->reason = REASON_AFTER_HOLM;
    }
}

static void put_p(void *context, struct verdicts_comparison *comparison,
                  struct verdicts_judgement *judgement)
{
    struct family *family = context;
    if (is_exact(comparison, judgement)) {
        return;
    }
    double p = family->p[family->at++];
    if (comparison) {
        adjust_comparison(comparison, p);
    } else {
        adjust_judgement(judgement, p);
    }
}

void verdicts_holm(struct verdicts *verdicts)
{
    struct family family = {0};
    each_gated(verdicts, &family, count_member);
    family.p = text_allocate((family.count + 1) * sizeof *family.p);
    each_gated(verdicts, &family, take_p);
    holm_adjust(family.p, family.at, family.p);
    family.at = 0;
    each_gated(verdicts, &family, put_p);
    free(family.p);
    for (size_t i = 0; i < verdicts->claim_count; i++) {
        conclude_claim(&verdicts->claims[i]);
    }
}

struct gated {
    size_t all, undecided;
};

static void count_undecided(void *context, struct verdicts_comparison *comparison,
                            struct verdicts_judgement *judgement)
{
    struct gated *gated = context;
    gated->all++;
    gated->undecided += comparison ? comparison->result.verdict == VERDICT_UNKNOWN
                                   : judgement->result.outcome == JUDGEMENT_INCONCLUSIVE;
}

size_t verdicts_gated(const struct verdicts *verdicts, size_t *undecided)
{
    struct gated gated = {0};
    each_gated(verdicts, &gated, count_undecided);
    *undecided = gated.undecided;
    return gated.all;
}

static enum verdicts_conclusion conclude_comparison(const struct verdicts_comparison *comparison)
{
    if (comparison->level != GATE_ERROR) {
        return VERDICTS_HOLD;
    }
    if (comparison->missing) {
        return VERDICTS_NOT_MEASURED;
    }
    if (!comparison->is_against_baseline) {
        return VERDICTS_HOLD;
    }
    switch (comparison->result.verdict) {
    case VERDICT_UNKNOWN:
        return VERDICTS_INCONCLUSIVE;
    case VERDICT_WORSE:
        return VERDICTS_FAIL;
    default:
        return VERDICTS_HOLD;
    }
}

enum verdicts_conclusion verdicts_conclude(const struct verdicts *verdicts)
{
    bool seen[VERDICTS_NOT_MEASURED + 1] = {false};
    for (size_t i = 0; i < verdicts->group_count; i++) {
        for (size_t j = 0; j < verdicts->groups[i].comparison_count; j++) {
            seen[conclude_comparison(&verdicts->groups[i].comparisons[j])] = true;
        }
    }
    for (size_t i = 0; i < verdicts->claim_count; i++) {
        const struct verdicts_claim *claim = &verdicts->claims[i];
        seen[VERDICTS_NOT_MEASURED] |= claim->is_missing;
        seen[VERDICTS_FAIL] |= claim->outcome == JUDGEMENT_REFUTED;
        seen[VERDICTS_INCONCLUSIVE] |= claim->outcome == JUDGEMENT_INCONCLUSIVE;
    }
    return seen[VERDICTS_NOT_MEASURED]   ? VERDICTS_NOT_MEASURED
           : seen[VERDICTS_FAIL]         ? VERDICTS_FAIL
           : seen[VERDICTS_INCONCLUSIVE] ? VERDICTS_INCONCLUSIVE
                                         : VERDICTS_HOLD;
}

static void clear_group(struct verdicts_group *group)
{
    for (size_t i = 0; i < group->comparison_count; i++) {
        free(group->comparisons[i].baseline);
        free(group->comparisons[i].candidate);
        free(group->comparisons[i].phase);
        free(group->comparisons[i].missing);
    }
    free(group->comparisons);
    free(group->workload);
    free(group->parameters);
}

static void clear_claim(struct verdicts_claim *claim)
{
    for (size_t i = 0; i < claim->judgement_count; i++) {
        free(claim->judgements[i].workload);
        free(claim->judgements[i].parameters);
        free(claim->judgements[i].left);
        free(claim->judgements[i].right);
        free(claim->judgements[i].missing);
    }
    free(claim->judgements);
    free(claim->missing);
    claim_clear(&claim->claim);
}

void verdicts_clear(struct verdicts *verdicts)
{
    for (size_t i = 0; i < verdicts->group_count; i++) {
        clear_group(&verdicts->groups[i]);
    }
    for (size_t i = 0; i < verdicts->claim_count; i++) {
        clear_claim(&verdicts->claims[i]);
    }
    free(verdicts->groups);
    free(verdicts->claims);
    *verdicts = (struct verdicts){0};
}
