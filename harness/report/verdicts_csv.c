#include "report/verdicts_csv.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "report/csv.h"
#include "report/verdict_words.h"
#include "stats/observations.h"

static const char *const header[] = {"run",
                                     "kind",
                                     "workload",
                                     "params",
                                     "object_allocator",
                                     "metric",
                                     "unit",
                                     "baseline",
                                     "candidate",
                                     "n",
                                     "scale",
                                     "estimate",
                                     "lower",
                                     "upper",
                                     "alpha",
                                     "p",
                                     "adjusted_p",
                                     "exact",
                                     "low_edge",
                                     "high_edge",
                                     "gate",
                                     "verdict",
                                     "reason",
                                     "visible",
                                     "notes",
                                     "claim",
                                     "claim_verdict",
                                     "title",
                                     "source",
                                     "baseline_spread",
                                     "candidate_spread"};

/* What both kinds of row have; texts may be NULL. */
struct row {
    const char *kind, *workload, *parameters, *object_allocator, *metric, *unit;
    const char *baseline, *candidate;
    const struct interval *effect; /* NULL: there is none, nor what follows up to `visible` */
    enum effect_scale scale;
    size_t n;
    double alpha, p, adjusted_p, low_edge, high_edge, visible;
    bool is_exact;
    const char *gate, *verdict, *reason, *notes;
    const struct verdicts_claim *claim;
    double baseline_spread, candidate_spread;
};

static void put_effect(struct csv_writer *writer, const struct row *row)
{
    static const char *const scales[] = {[EFFECT_RATIO] = "ratio",
                                         [EFFECT_DIFFERENCE] = "difference",
                                         [EFFECT_LOCATION] = "location"};
    enum { FIELDS = 11 };
    if (!row->effect) {
        for (int i = 0; i < FIELDS; i++) {
            csv_put_text(writer, NULL);
        }
        return;
    }
    csv_put_whole(writer, (double)row->n);
    csv_put_text(writer, scales[row->scale]);
    const double numbers[] = {
        row->effect->estimate, row->effect->lower, row->effect->upper, row->alpha, row->p,
        row->adjusted_p};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        csv_put_number(writer, numbers[i]);
    }
    csv_put_whole(writer, row->is_exact);
    csv_put_number(writer, row->low_edge);
    csv_put_number(writer, row->high_edge);
}

static void put_row(struct csv_writer *writer, const char *run, const struct row *row)
{
    const char *const first[] = {
        run,         row->kind, row->workload, row->parameters, row->object_allocator,
        row->metric, row->unit, row->baseline, row->candidate};
    for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
        csv_put_text(writer, first[i]);
    }
    put_effect(writer, row);
    csv_put_text(writer, row->gate);
    csv_put_text(writer, row->verdict);
    csv_put_text(writer, row->reason);
    csv_put_number(writer, row->effect ? row->visible : METRIC_ABSENT);
    csv_put_text(writer, row->notes);
    const struct verdicts_claim *claim = row->claim;
    csv_put_text(writer, claim ? claim->claim.text : NULL);
    csv_put_text(writer, claim ? verdict_words_claim_outcome(claim) : NULL);
    csv_put_text(writer, claim ? claim->claim.title : NULL);
    csv_put_text(writer, claim ? claim->claim.source : NULL);
    csv_put_seconds(writer, row->effect ? row->baseline_spread : METRIC_ABSENT);
    csv_put_seconds(writer, row->effect ? row->candidate_spread : METRIC_ABSENT);
    csv_end_row(writer);
}

static void put_comparison(struct csv_writer *writer, const char *run,
                           const struct verdicts_group *group,
                           const struct verdicts_comparison *comparison)
{
    const struct comparison *result = &comparison->result;
    cleanup_free char *figure = observations_figure_name(comparison->phase, comparison->metric);
    cleanup_free char *notes = verdict_words_shapes(comparison);
    bool is_gated = comparison->level != GATE_OFF;
    struct row row = {
        .kind = "comparison",
        .workload = group->workload,
        .parameters = group->parameters,
        .object_allocator = options_object_allocator_name(group->object_allocator),
        .metric = figure,
        .unit = metric_unit_name(metric_table[comparison->metric].unit),
        .baseline = comparison->baseline,
        .candidate = comparison->candidate,
        .effect = comparison->missing ? NULL : &result->effect,
        .scale = result->scale,
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
    put_row(writer, run, &row);
}

/* An effect on the scale of a value or of a ratio is held against the claim's bound. */
static void put_judgement(struct csv_writer *writer, const char *run,
                          const struct verdicts_claim *claim,
                          const struct verdicts_judgement *judgement)
{
    const struct judgement *result = &judgement->result;
    const struct claim *said = &claim->claim;
    cleanup_free char *figure = observations_figure_name(said->left.phase, said->left.metric);
    cleanup_free char *notes = verdict_words_judgement_shapes(judgement, said);
    bool is_missing = judgement->missing;
    bool is_at_least = said->relation == CLAIM_AT_LEAST;
    struct row row = {
        .kind = "claim",
        .workload = judgement->workload,
        .parameters = judgement->parameters,
        .object_allocator = options_object_allocator_name(judgement->object_allocator),
        .metric = figure,
        .unit = metric_unit_name(metric_table[said->left.metric].unit),
        .baseline = judgement->right,
        .candidate = judgement->left,
        .effect = is_missing ? NULL : &result->effect,
        .scale = result->scale,
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
    put_row(writer, run, &row);
}

static void put_claim(struct csv_writer *writer, const char *run,
                      const struct verdicts_claim *claim)
{
    for (size_t i = 0; i < claim->judgement_count; i++) {
        put_judgement(writer, run, claim, &claim->judgements[i]);
    }
    if (claim->judgement_count == 0) {
        put_row(writer, run,
                &(struct row){.kind = "claim",
                              .verdict = "not measured",
                              .reason = claim->missing,
                              .claim = claim});
    }
}

void verdicts_csv_print(const struct verdicts *verdicts, const char *run, FILE *out)
{
    struct csv_writer writer = {.out = out};
    for (size_t i = 0; i < sizeof header / sizeof *header; i++) {
        csv_put_text(&writer, header[i]);
    }
    csv_end_row(&writer);
    for (size_t i = 0; i < verdicts->group_count; i++) {
        const struct verdicts_group *group = &verdicts->groups[i];
        for (size_t j = 0; j < group->comparison_count; j++) {
            put_comparison(&writer, run, group, &group->comparisons[j]);
        }
    }
    for (size_t i = 0; i < verdicts->claim_count; i++) {
        put_claim(&writer, run, &verdicts->claims[i]);
    }
}

int verdicts_csv_write(const struct verdicts *verdicts, const char *run, const char *path,
                       struct error *err)
{
    cleanup_fclose FILE *out = fopen(path, "we");
    if (!out) {
        return error_errno(err, "cannot create '%s'", path);
    }
    verdicts_csv_print(verdicts, run, out);
    return fflush(out) || ferror(out) ? error_errno(err, "cannot write '%s'", path) : 0;
}
