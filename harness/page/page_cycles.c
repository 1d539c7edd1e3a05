#include "page/page_cycles.h"

#include <math.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "page/page_curves.h"
#include "page/page_figures.h"
#include "page/page_region.h"
#include "picture/chart.h"
#include "picture/markup.h"

enum { MOST_MARKS = 24, MOST_COLUMNS = 12 }; /* cycles with marks of their own; in the table */

static const double mebibyte = 0x1p20;

/* "growing" and "held", or "" of fewer cycles than tell. */
static const char *course_of(const struct summary_row *row)
{
    bool is_known = row->cause_figures[SUMMARY_CAUSE_SLOPE].count > 0;
    return row->cause.is_growing ? "growing" : is_known ? "held" : "";
}

/* ---- the picture ---- */

static void add_line(struct chart *chart, const struct summary_row *row, size_t series,
                     unsigned cycles)
{
    struct chart_line line = {.name = row->allocator,
                              .series = series,
                              .points = text_allocate(cycles * sizeof *line.points)};
    for (unsigned i = 0; i < cycles; i++) {
        if (row->cycles[i].count > 0) {
            line.points[line.count++] = (struct svg_point){i + 1, row->cycles[i].median};
        }
    }
    if (line.count > 0) {
        chart->lines[chart->count++] = line;
    } else {
        chart_line_clear(&line);
    }
}

static char *describe(const struct chart *chart, const struct summary_workload *workload,
                      const struct summary_group *group)
{
    char *text = text_format("Median of anonymous memory of %s in MiB at the end of each cycle.",
                             workload->name);
    for (size_t i = 0; i < chart->count; i++) {
        const struct chart_line *line = &chart->lines[i];
        const struct svg_point *first = &line->points[0], *last = &line->points[line->count - 1];
        const struct summary_row *row = &group->rows[line->series];
        const char *course = course_of(row);
        cleanup_free char *former = text;
        text = text_format("%s %s: %.1f in cycle %.0f, %.1f in cycle %.0f%s%s.", former, line->name,
                           first->y / mebibyte, first->x, last->y / mebibyte, last->x,
                           course[0] ? ", " : "", course);
    }
    return text;
}

static void print_figure(FILE *out, const struct chart *chart,
                         const struct summary_workload *workload, const struct summary_group *group)
{
    fputs("<figure>\n<figcaption>Memory over cycles", out);
    page_region_put_group(out, workload, group);
    fputs(" <small>Anonymous memory at the end of each cycle: medians of the runs that were "
          "ok.</small></figcaption>\n",
          out);
    page_region_begin(out, "Memory over cycles", workload, group);
    chart_print(chart, out);
    page_region_end(out);
    fputs("</figure>\n", out);
}

/* ---- its table ---- */

static void put_slope(FILE *out, const struct summary_row *row)
{
    const struct summary_figure *slope = &row->cause_figures[SUMMARY_CAUSE_SLOPE];
    page_figures_put(out, slope, mebibyte, fabs(slope->median) < mebibyte ? 3 : 1);
    const char *course = course_of(row);
    fprintf(out, "<td%s>%s</td>", row->cause.is_growing ? " class=\"more\"" : "",
            course[0] ? course : "–");
}

/* Of many cycles evenly chosen ones, always with the first and the last. */
static unsigned cycle_of(unsigned column, unsigned columns, unsigned cycles)
{
    return (unsigned)((uint64_t)column * (cycles - 1) / (columns - 1));
}

static void print_table(FILE *out, const struct summary_workload *workload,
                        const struct summary_group *group, unsigned cycles)
{
    unsigned shown = cycles < MOST_COLUMNS ? cycles : MOST_COLUMNS;
    page_region_begin_table(out, shown < 6 ? "figures few" : "figures",
                            "Memory at the end of each cycle", workload, group);
    fputs("<thead><tr><th scope=\"col\">allocator</th>"
          "<th scope=\"col\">slope<small>MiB per cycle</small></th><th scope=\"col\">it is</th>",
          out);
    for (unsigned i = 0; i < shown; i++) {
        fprintf(out, "<th scope=\"col\">%s%u<small>MiB</small></th>", i == 0 ? "cycle " : "",
                cycle_of(i, shown, cycles) + 1);
    }
    fputs("</tr></thead>\n<tbody>\n", out);
    for (size_t i = 0; i < group->row_count; i++) {
        const struct summary_row *row = &group->rows[i];
        page_region_begin_row(out, row->allocator);
        put_slope(out, row);
        for (unsigned j = 0; j < shown; j++) {
            page_figures_put(out, &row->cycles[cycle_of(j, shown, cycles)], mebibyte, 1);
        }
        fputs("</tr>\n", out);
    }
    page_region_end_table(out);
}

void page_cycles_print(FILE *out, const struct summary *summary,
                       const struct summary_workload *workload, const struct summary_group *group,
                       const char *id, enum page_detail detail)
{
    if (summary->cycles < 2) {
        return;
    }
    cleanup_free char *title = text_format("Memory of %s over cycles", workload->name);
    struct chart chart = {.frame = {.id = id, .title = title},
                          .x_unit = "cycle",
                          .y_unit = "MiB",
                          .y_size = mebibyte,
                          .x_first = 1,
                          .is_whole = true,
                          .has_marks = summary->cycles <= MOST_MARKS,
                          .most_points = page_curves_share(summary, detail),
                          .lines = text_allocate(group->row_count * sizeof *chart.lines)};
    for (size_t i = 0; i < group->row_count; i++) {
        add_line(&chart, &group->rows[i], i, summary->cycles);
    }
    cleanup_free char *description = describe(&chart, workload, group);
    chart.frame.description = description;
    if (chart.count > 0) {
        print_figure(out, &chart, workload, group);
        print_table(out, workload, group, summary->cycles);
    }
    chart_clear(&chart);
}
