#include "stats/verdicts.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "stats/holm.h"
#include "stats/looks.h"
#include "stats/run_claims.h"
#include "stats/run_comparisons.h"

const struct verdicts_group *verdicts_find_group(const struct verdicts *verdicts,
                                                 const char *workload, const char *parameters,
                                                 enum object_allocator object_allocator)
{
    for (size_t i = 0; i < verdicts->group_count; i++) {
        const struct verdicts_group *group = &verdicts->groups[i];
        if (group->object_allocator == object_allocator && strcmp(group->workload, workload) == 0 &&
            strcmp(group->parameters, parameters) == 0) {
            return group;
        }
    }
    return NULL;
}

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
        .control = text_copy(added->control ? added->control : ""),
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

size_t verdicts_looks(const struct options *options)
{
    return options->runs_auto ? LOOKS_COUNT : 1;
}

static size_t count_blocks(const struct observations_source *source)
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
    struct observations_source source = {.plan = plan, .records = records, .count = count};
    *verdicts = (struct verdicts){
        .looks = verdicts_looks(plan->options),
        .blocks = count_blocks(&source),
        .is_one_layout = plan->options->layout == LAYOUT_FIXED,
    };
    run_comparisons_add(verdicts, &source);
    run_claims_add(verdicts, &source);
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
        result->probable = result->verdict;
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
        free(group->comparisons[i].control);
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
