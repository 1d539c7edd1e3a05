#include "page/page_curves.h"

#include <math.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "page/page_figures.h"
#include "page/page_region.h"
#include "picture/chart.h"
#include "picture/markup.h"
#include "report/trace.h"

enum { POINTS = 24000, FEW_POINTS = 8000 }; /* of a page */
enum { LEAST = 60, MOST = 600 };            /* of a line */

static const double mebibyte = 0x1p20;

size_t page_curves_share(const struct summary *summary, enum page_detail detail)
{
    size_t points = detail < PAGE_FEW_PICTURES ? POINTS : FEW_POINTS, lines = 0;
    for (size_t i = 0; i < summary->workload_count; i++) {
        for (size_t j = 0; j < summary->workloads[i].group_count; j++) {
            lines += summary->workloads[i].groups[j].row_count * (summary->cycles > 1 ? 2 : 1);
        }
    }
    size_t share = lines > 0 ? points / lines : MOST;
    return share < LEAST ? LEAST : share > MOST ? MOST : share;
}

static void add_line(struct chart *chart, const struct report *report,
                     const struct summary_group *group, size_t index)
{
    const struct summary_row *row = &group->rows[index];
    const struct record *record = trace_find(report->records, report->record_count, row->typical);
    struct chart_line line = {.name = row->allocator, .series = index};
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
                           highest / mebibyte, last->y / mebibyte, last->x);
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

static void print_moments(FILE *out, const struct chart_line *line)
{
    for (size_t i = 0; i < line->moment_count; i++) {
        const struct chart_moment *moment = &line->moments[i];
        page_region_begin_row(out, line->name);
        fputs("<td>", out);
        markup_put_name(out, moment->name);
        fputs("</td>", out);
        page_figures_put_value(out, moment->x, 1, 2);
        page_figures_put_value(out, moment->y, mebibyte, 1);
        fputs("</tr>\n", out);
    }
}

static void print_details(FILE *out, const struct chart *chart,
                          const struct summary_workload *workload,
                          const struct summary_group *group)
{
    size_t moments = 0;
    for (size_t i = 0; i < chart->count; i++) {
        moments += chart->lines[i].moment_count;
    }
    if (moments == 0) {
        return;
    }
    fputs("<details class=\"exact\">\n<summary>Resident memory at each phase</summary>\n", out);
    page_region_begin_table(out, "figures few", "Resident memory at each phase", workload, group);
    fputs("<thead><tr><th scope=\"col\">allocator</th><th scope=\"col\">phase</th>"
          "<th scope=\"col\">time<small>seconds</small></th>"
          "<th scope=\"col\">rss<small>MiB</small></th></tr></thead>\n<tbody>\n",
          out);
    for (size_t i = 0; i < chart->count; i++) {
        print_moments(out, &chart->lines[i]);
    }
    page_region_end_table(out);
    fputs("</details>\n", out);
}

void page_curves_print(FILE *out, const struct report *report,
                       const struct summary_workload *workload, const struct summary_group *group,
                       const char *id, enum page_detail detail)
{
    cleanup_free char *title = text_format("Resident memory of %s over time", workload->name);
    struct chart chart = {.frame = {.id = id, .title = title},
                          .x_unit = "seconds",
                          .y_unit = "MiB",
                          .y_size = mebibyte,
                          .most_points = page_curves_share(&report->summary, detail),
                          .lines = text_allocate(group->row_count * sizeof *chart.lines)};
    for (size_t i = 0; i < group->row_count; i++) {
        add_line(&chart, report, group, i);
    }
    cleanup_free char *description = describe(&chart, workload);
    chart.frame.description = description;
    if (chart.count > 0) {
        print_figure(out, &chart, workload, group);
        if (detail < PAGE_NO_TABLES) {
            print_details(out, &chart, workload, group);
        }
    }
    chart_clear(&chart);
}
