#include "report/contrast_csv.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "report/contrast_text.h"
#include "report/csv.h"

static const char *const header[] = {"baseline",
                                     "candidate",
                                     "workload",
                                     "params",
                                     "object_allocator",
                                     "allocator",
                                     "control",
                                     "figure",
                                     "unit",
                                     "level",
                                     "n",
                                     "baseline_median",
                                     "candidate_median",
                                     "scale",
                                     "estimate",
                                     "lower",
                                     "upper",
                                     "alpha",
                                     "p",
                                     "adjusted_p",
                                     "verdict",
                                     "reason"};

static void put_result(struct csv_writer *writer, const struct verdicts_comparison *row)
{
    const struct comparison *result = &row->result;
    csv_put_whole(writer, (double)result->n);
    csv_put_number(writer, result->baseline.median);
    csv_put_number(writer, result->candidate.median);
    csv_put_text(writer, result->scale == EFFECT_RATIO ? "ratio" : "difference");
    csv_put_number(writer, result->effect.estimate);
    csv_put_number(writer, result->effect.lower);
    csv_put_number(writer, result->effect.upper);
    csv_put_number(writer, result->alpha);
    csv_put_number(writer, result->is_exact ? METRIC_ABSENT : result->p);
    csv_put_number(writer, row->adjusted_p);
    csv_put_text(writer, verdict_name(result->verdict));
}

static void put_missing(struct csv_writer *writer)
{
    enum { BETWEEN_LEVEL_AND_VERDICT = 10 };
    for (int i = 0; i < BETWEEN_LEVEL_AND_VERDICT; i++) {
        csv_put_text(writer, NULL);
    }
    csv_put_text(writer, "not-comparable");
}

static void put_row(struct csv_writer *writer, const struct verdicts_group *group,
                    const struct verdicts_comparison *row, const char *candidate_name)
{
    cleanup_free char *figure = contrast_text_figure(row);
    cleanup_free char *reason = contrast_text_reason(row);
    csv_put_text(writer, row->baseline);
    csv_put_text(writer, candidate_name);
    csv_put_text(writer, group->workload);
    csv_put_text(writer, group->parameters);
    csv_put_text(writer, options_object_allocator_name(group->object_allocator));
    csv_put_text(writer, row->candidate);
    csv_put_text(writer, row->control);
    csv_put_text(writer, figure);
    csv_put_text(writer, row->control[0] ? metric_unit_name(UNIT_RATIO)
                                         : metric_unit_name(metric_table[row->metric].unit));
    csv_put_text(writer, gate_level_name(row->level));
    if (row->missing) {
        put_missing(writer);
    } else {
        put_result(writer, row);
    }
    csv_put_text(writer, row->missing ? row->missing : reason);
    csv_end_row(writer);
}

int contrast_csv_write(const struct contrast *contrast, const char *candidate_name,
                       const char *path, struct error *err)
{
    cleanup_fclose FILE *out = fopen(path, "we");
    if (!out) {
        error_errno(err, "cannot create '%s'", path);
        return error_hint(err, "give a place that you may write to");
    }
    struct csv_writer writer = {.out = out};
    for (size_t i = 0; i < sizeof header / sizeof *header; i++) {
        csv_put_text(&writer, header[i]);
    }
    csv_end_row(&writer);
    for (size_t i = 0; i < contrast->verdicts.group_count; i++) {
        const struct verdicts_group *group = &contrast->verdicts.groups[i];
        for (size_t j = 0; j < group->comparison_count; j++) {
            put_row(&writer, group, &group->comparisons[j], candidate_name);
        }
    }
    return fflush(out) || ferror(out) ? error_errno(err, "cannot write '%s'", path) : 0;
}
