#include "report/verdicts_csv.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "report/csv.h"
#include "report/verdict_rows.h"
#include "report/verdict_words.h"

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

static void put_effect(struct csv_writer *writer, const struct verdict_row *row)
{
    enum { FIELDS = 11 };
    if (!row->scale) {
        for (int i = 0; i < FIELDS; i++) {
            csv_put_text(writer, NULL);
        }
        return;
    }
    csv_put_whole(writer, (double)row->n);
    csv_put_text(writer, row->scale);
    const double numbers[] = {row->estimate, row->lower, row->upper,
                              row->alpha,    row->p,     row->adjusted_p};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        csv_put_number(writer, numbers[i]);
    }
    csv_put_whole(writer, row->is_exact);
    csv_put_number(writer, row->low_edge);
    csv_put_number(writer, row->high_edge);
}

struct target {
    struct csv_writer writer;
    const char *run;
};

static void put_row(void *context, const struct verdict_row *row)
{
    struct target *target = context;
    struct csv_writer *writer = &target->writer;
    const char *const first[] = {target->run,           row->kind,   row->workload, row->parameters,
                                 row->object_allocator, row->metric, row->unit,     row->baseline,
                                 row->candidate};
    for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
        csv_put_text(writer, first[i]);
    }
    put_effect(writer, row);
    csv_put_text(writer, row->gate);
    csv_put_text(writer, row->verdict);
    csv_put_text(writer, row->reason);
    csv_put_number(writer, row->scale ? row->visible : METRIC_ABSENT);
    csv_put_text(writer, row->notes);
    const struct verdicts_claim *claim = row->claim;
    csv_put_text(writer, claim ? claim->claim.text : NULL);
    csv_put_text(writer, claim ? verdict_words_claim_outcome(claim) : NULL);
    csv_put_text(writer, claim ? claim->claim.title : NULL);
    csv_put_text(writer, claim ? claim->claim.source : NULL);
    csv_put_number(writer, row->scale ? row->baseline_spread : METRIC_ABSENT);
    csv_put_number(writer, row->scale ? row->candidate_spread : METRIC_ABSENT);
    csv_end_row(writer);
}

void verdicts_csv_print(const struct verdicts *verdicts, const char *run, FILE *out)
{
    struct target target = {{.out = out}, run};
    for (size_t i = 0; i < sizeof header / sizeof *header; i++) {
        csv_put_text(&target.writer, header[i]);
    }
    csv_end_row(&target.writer);
    for (size_t i = 0; i < verdicts->group_count; i++) {
        verdict_rows_of_group(&verdicts->groups[i], put_row, &target);
    }
    for (size_t i = 0; i < verdicts->claim_count; i++) {
        verdict_rows_of_claim(&verdicts->claims[i], put_row, &target);
    }
}

struct printed {
    const struct verdicts *verdicts;
    const char *run;
};

static void print_again(const void *context, FILE *out)
{
    const struct printed *printed = context;
    verdicts_csv_print(printed->verdicts, printed->run, out);
}

int verdicts_csv_write(const struct verdicts *verdicts, const char *run, const char *path,
                       struct error *err)
{
    return file_replace(path, print_again, &(struct printed){verdicts, run}, err);
}
