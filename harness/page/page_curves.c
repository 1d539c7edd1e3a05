#include "page/page_curves.h"

#include <math.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "page/page_region.h"
#include "picture/chart.h"
#include "picture/markup.h"
#include "report/trace.h"

static void add_line(struct chart *chart, const struct report *report,
                     const struct summary_row *row)
{
    const struct record *record = trace_find(report->records, report->record_count, row->typical);
    struct chart_line line = {.name = row->allocator};
    if (record && trace_fill(&line, record, report->summary.cycles)) {
        chart->lines[chart->count++] = line;
    }
}

static char *describe(const struct chart *chart, const struct summary_workload *workload)
{
    char *text = text_format("Resident memory of %s in MiB over seconds since the worker's start.",
                             workload->name);
    for (size_t i = 0; i < chart->count; i++) {
        const struct chart_line *line = &chart->lines[i];
        double highest = 0;
        for (size_t j = 0; j < line->count; j++) {
            highest = fmax(highest, line->points[j].y);
        }
        const struct svg_point *last = &line->points[line->count - 1];
        cleanup_free char *former = text;
        text = text_format("%s %s: highest %.1f, last %.1f after %.1f seconds.", former, line->name,
                           highest / 0x1p20, last->y / 0x1p20, last->x);
    }
    return text;
}

static void print_figure(FILE *out, const struct chart *chart,
                         const struct summary_workload *workload, const struct summary_group *group)
{
    fputs("<figure>\n<figcaption>Resident memory over time", out);
    page_region_put_group(out, workload, group);
    fputs(" <small>One trial of each allocator: the one whose end is the median. Marks are phases, "
          "named where the first allocator came to each.</small></figcaption>\n",
          out);
    page_region_begin(out, "Memory over time", workload, group);
    chart_print(chart, out);
    page_region_end(out);
    fputs("</figure>\n", out);
}

void page_curves_print(FILE *out, const struct report *report,
                       const struct summary_workload *workload, const struct summary_group *group,
                       const char *id)
{
    cleanup_free char *title = text_format("Resident memory of %s over time", workload->name);
    struct chart chart = {.frame = {.id = id, .title = title},
                          .x_unit = "seconds",
                          .y_unit = "MiB",
                          .y_size = 0x1p20,
                          .lines = text_allocate(group->row_count * sizeof *chart.lines)};
    for (size_t i = 0; i < group->row_count; i++) {
        add_line(&chart, report, &group->rows[i]);
    }
    cleanup_free char *description = describe(&chart, workload);
    chart.frame.description = description;
    if (chart.count > 0) {
        print_figure(out, &chart, workload, group);
    }
    chart_clear(&chart);
}
