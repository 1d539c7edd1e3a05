#include "report/summary_csv.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "report/csv.h"
#include "report/row_figures.h"

static const char *const header[] = {"run",       "workload", "params", "object_allocator",
                                     "allocator", "ok",       "trials", "figure",
                                     "unit",      "count",    "median", "low",
                                     "high",      "spread",   "trial"};

/* A row of the summary, and where its figures go. */
struct line {
    struct csv_writer *writer;
    const char *run;
    const struct summary_workload *workload;
    const struct summary_group *group;
    const struct summary_row *row;
};

/* A median of counts may lie between two of them, so no figure is written as a whole number. */
static void put_figure(void *context, const struct row_figure *item)
{
    const struct line *line = context;
    const struct summary_figure *figure = &item->figure;
    struct csv_writer *writer = line->writer;
    csv_put_text(writer, line->run);
    csv_put_text(writer, line->workload->name);
    csv_put_text(writer, line->workload->parameters);
    csv_put_text(writer, options_object_allocator_name(line->group->object_allocator));
    csv_put_text(writer, line->row->allocator);
    csv_put_whole(writer, (double)line->row->ok);
    csv_put_whole(writer, (double)line->row->total);
    csv_put_text(writer, item->name);
    csv_put_text(writer, metric_unit_name(item->unit));
    csv_put_whole(writer, (double)figure->count);
    csv_put_number(writer, figure->median);
    csv_put_number(writer, figure->low);
    csv_put_number(writer, figure->high);
    csv_put_number(writer, figure->spread);
    csv_put_whole(writer, item->trial > 0 ? item->trial : METRIC_ABSENT);
    csv_end_row(writer);
}

static void put_workload(struct csv_writer *writer, const char *run, unsigned cycles,
                         const struct summary_workload *workload)
{
    for (size_t g = 0; g < workload->group_count; g++) {
        const struct summary_group *group = &workload->groups[g];
        for (size_t r = 0; r < group->row_count; r++) {
            struct line line = {writer, run, workload, group, &group->rows[r]};
            row_figures_each(line.row, cycles, put_figure, &line);
        }
    }
}

void summary_csv_print(const struct summary *summary, const char *run, FILE *out)
{
    struct csv_writer writer = {.out = out};
    for (size_t i = 0; i < sizeof header / sizeof *header; i++) {
        csv_put_text(&writer, header[i]);
    }
    csv_end_row(&writer);
    for (size_t i = 0; i < summary->workload_count; i++) {
        put_workload(&writer, run, summary->cycles, &summary->workloads[i]);
    }
}

struct printed {
    const struct summary *summary;
    const char *run;
};

static void print_again(const void *context, FILE *out)
{
    const struct printed *printed = context;
    summary_csv_print(printed->summary, printed->run, out);
}

int summary_csv_write(const struct summary *summary, const char *run, const char *path,
                      struct error *err)
{
    return file_replace(path, print_again, &(struct printed){summary, run}, err);
}
