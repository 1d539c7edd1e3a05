#include "page/page_pareto.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "page/page_figures.h"
#include "page/page_region.h"
#include "picture/markup.h"
#include "picture/scatter.h"
#include "report/run_dots.h"

static const double mebibyte = 0x1p20;

/* The rows that have both figures. */
struct pareto {
    struct scatter_point *points;
    const struct summary_row **rows;
    bool *is_on_front;
    size_t count;
    enum summary_what held;
};

static struct scatter_figure figure_of(const struct summary_figure *figure)
{
    return (struct scatter_figure){figure->median, figure->low, figure->high};
}

static void fill(struct pareto *pareto, const struct summary_group *group)
{
    for (size_t i = 0; i < group->row_count; i++) {
        const struct summary_row *row = &group->rows[i];
        const struct summary_figure *time = &row->figures[SUMMARY_CPU];
        const struct summary_figure *memory = &row->figures[pareto->held];
        if (time->count > 0 && memory->count > 0) {
            pareto->rows[pareto->count] = row;
            pareto->points[pareto->count++] =
                (struct scatter_point){row->allocator, i, figure_of(time), figure_of(memory)};
        }
    }
    scatter_front(pareto->points, pareto->count, pareto->is_on_front);
}

static char *describe(const struct pareto *pareto, const struct summary_workload *workload)
{
    char *text = text_format("%s in MiB over processor seconds at the end, medians, of %s.",
                             run_dots_held_name(pareto->held), workload->name);
    for (size_t i = 0; i < pareto->count; i++) {
        const struct scatter_point *point = &pareto->points[i];
        cleanup_free char *former = text;
        text = text_format("%s %s: %.1f MiB, %.3f seconds%s.", former, point->name,
                           point->y.value / mebibyte, point->x.value,
                           pareto->is_on_front[i] ? ", on the front" : "");
    }
    return text;
}

static void print_scatter(FILE *out, const struct pareto *pareto,
                          const struct summary_workload *workload, const char *id)
{
    cleanup_free char *title = text_format("Time against memory of %s", workload->name);
    cleanup_free char *description = describe(pareto, workload);
    cleanup_free char *y_unit = text_format("%s, MiB", run_dots_held_name(pareto->held));
    const struct scatter scatter = {.frame = {.id = id, .title = title, .description = description},
                                    .x_unit = "cpu at end, seconds",
                                    .y_unit = y_unit,
                                    .y_size = mebibyte,
                                    .points = pareto->points,
                                    .count = pareto->count};
    scatter_print(&scatter, out);
}

static void print_figure(FILE *out, const struct pareto *pareto,
                         const struct summary_workload *workload, const struct summary_group *group,
                         const char *id)
{
    fputs("<figure>\n<figcaption>Time against memory", out);
    page_region_put_group(out, workload, group);
    fputs(" <small>Medians, with the range of the runs. Whoever is not on the dashed front is "
          "beaten: another one takes no more of both, and less of one. Where ranges overlap, that "
          "may be chance.</small></figcaption>\n",
          out);
    page_region_begin(out, "Time against memory", workload, group);
    print_scatter(out, pareto, workload, id);
    page_region_end(out);
    fputs("</figure>\n", out);
}

static void print_details(FILE *out, const struct pareto *pareto,
                          const struct summary_workload *workload,
                          const struct summary_group *group)
{
    fputs("<details class=\"exact\">\n<summary>Time against memory in figures</summary>\n", out);
    page_region_begin_table(out, "figures few", "Time against memory in figures", workload, group);
    fprintf(out,
            "<thead><tr><th scope=\"col\">allocator</th>"
            "<th scope=\"col\">cpu at end<small>seconds</small></th>"
            "<th scope=\"col\">%s<small>MiB</small></th>"
            "<th scope=\"col\">on the front</th></tr></thead>\n<tbody>\n",
            run_dots_held_name(pareto->held));
    for (size_t i = 0; i < pareto->count; i++) {
        const struct summary_row *row = pareto->rows[i];
        page_region_begin_row(out, row->allocator);
        page_figures_put(out, &row->figures[SUMMARY_CPU], 1, 3);
        page_figures_put(out, &row->figures[pareto->held], mebibyte, 1);
        fprintf(out, "<td>%s</td></tr>\n", pareto->is_on_front[i] ? "yes" : "no");
    }
    page_region_end_table(out);
    fputs("</details>\n", out);
}

void page_pareto_print(FILE *out, const struct summary_workload *workload,
                       const struct summary_group *group, const char *id, enum page_detail detail)
{
    cleanup_free struct scatter_point *points = text_allocate(group->row_count * sizeof *points);
    cleanup_free const struct summary_row **rows = text_allocate(group->row_count * sizeof(*rows));
    cleanup_free bool *is_on_front = text_allocate(group->row_count * sizeof *is_on_front);
    struct pareto pareto = {points, rows, is_on_front, 0, run_dots_held(group)};
    fill(&pareto, group);
    if (pareto.count > 1) {
        print_figure(out, &pareto, workload, group, id);
        if (detail < PAGE_NO_TABLES) {
            print_details(out, &pareto, workload, group);
        }
    }
}
