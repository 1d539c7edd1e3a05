#include "report/verdict_rows.h"

#include "base/cleanup.h"
#include "report/verdict_words.h"
#include "stats/observations.h"

static const char *const scales[] = {
    [EFFECT_RATIO] = "ratio", [EFFECT_DIFFERENCE] = "difference", [EFFECT_LOCATION] = "location"};

static void take_comparison(const struct verdicts_group *group,
                            const struct verdicts_comparison *comparison, verdict_row_taker *take,
                            void *context)
{
    const struct comparison *result = &comparison->result;
    cleanup_free char *figure = observations_figure_name(comparison->phase, comparison->metric);
    cleanup_free char *notes = verdict_words_shapes(comparison);
    bool is_gated = comparison->level != GATE_OFF;
    struct verdict_row row = {
        .kind = "comparison",
        .workload = group->workload,
        .parameters = group->parameters,
        .object_allocator = options_object_allocator_name(group->object_allocator),
        .metric = figure,
        .unit = metric_unit_name(metric_table[comparison->metric].unit),
        .baseline = comparison->baseline,
        .candidate = comparison->candidate,
        .scale = comparison->missing ? NULL : scales[result->scale],
        .estimate = result->effect.estimate,
        .lower = result->effect.lower,
        .upper = result->effect.upper,
        .n = result->n,
        .alpha = result->alpha,
        .p = result->p,
        .adjusted_p = comparison->adjusted_p,
        .low_edge = result->low_edge,
        .high_edge = result->high_edge,
        .visible = result->visible,
        .is_exact = result->is_exact,
        .gate = is_gated ? gate_level_name(comparison->level) : NULL,
        .verdict = comparison->missing ? "not measured" : verdict_name(result->verdict),
        .reason = comparison->missing ? comparison->missing : verdict_words_reason(result->reason),
        .notes = notes,
        .baseline_spread = shape_spread(&result->baseline),
        .candidate_spread = shape_spread(&result->candidate),
    };
    take(context, &row);
}

/* An effect on the scale of a value or of a ratio is held against the claim's bound. */
static void take_judgement(const struct verdicts_claim *claim,
                           const struct verdicts_judgement *judgement, verdict_row_taker *take,
                           void *context)
{
    const struct judgement *result = &judgement->result;
    const struct claim *said = &claim->claim;
    cleanup_free char *figure = observations_figure_name(said->left.phase, said->left.metric);
    cleanup_free char *notes = verdict_words_judgement_shapes(judgement, said);
    bool is_missing = judgement->missing;
    bool is_at_least = said->relation == CLAIM_AT_LEAST;
    struct verdict_row row = {
        .kind = "claim",
        .workload = judgement->workload,
        .parameters = judgement->parameters,
        .object_allocator = options_object_allocator_name(judgement->object_allocator),
        .metric = figure,
        .unit = metric_unit_name(metric_table[said->left.metric].unit),
        .baseline = judgement->right,
        .candidate = judgement->left,
        .scale = is_missing ? NULL : scales[result->scale],
        .estimate = result->effect.estimate,
        .lower = result->effect.lower,
        .upper = result->effect.upper,
        .n = result->n,
        .alpha = result->alpha,
        .p = result->p,
        .adjusted_p = judgement->adjusted_p,
        .low_edge = is_at_least ? result->bound : METRIC_ABSENT,
        .high_edge = is_at_least ? METRIC_ABSENT : result->bound,
        .visible = result->visible,
        .is_exact = result->is_exact,
        .verdict = is_missing ? "not measured" : judgement_name(result->outcome),
        .reason = is_missing ? judgement->missing : verdict_words_reason(result->reason),
        .notes = notes,
        .claim = claim,
        .baseline_spread = shape_spread(&judgement->right_shape),
        .candidate_spread = shape_spread(&judgement->left_shape),
    };
    take(context, &row);
}

void verdict_rows_of_group(const struct verdicts_group *group, verdict_row_taker *take,
                           void *context)
{
    for (size_t i = 0; i < group->comparison_count; i++) {
        take_comparison(group, &group->comparisons[i], take, context);
    }
}

void verdict_rows_of_claim(const struct verdicts_claim *claim, verdict_row_taker *take,
                           void *context)
{
    for (size_t i = 0; i < claim->judgement_count; i++) {
        take_judgement(claim, &claim->judgements[i], take, context);
    }
    if (claim->judgement_count == 0) {
        take(context, &(struct verdict_row){.kind = "claim",
                                            .verdict = "not measured",
                                            .reason = claim->missing,
                                            .claim = claim});
    }
}
