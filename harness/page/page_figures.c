#include "page/page_figures.h"

#include <math.h>
#include <stdbool.h>

#include "page/page_region.h"
#include "picture/markup.h"

/* A column of figures. */
struct column {
    enum summary_what what;
    int decimals;
    const char *heading, *unit;
    double size; /* of the unit */
};

static const struct column memory_columns[] = {
    {SUMMARY_START, 1, "start", "MiB", 0x1p20},
    {SUMMARY_PEAK, 1, "peak rss", "MiB", 0x1p20},
    {SUMMARY_END, 1, "end", "MiB", 0x1p20},
    {SUMMARY_SETTLED, 1, "settled", "MiB", 0x1p20},
    {SUMMARY_COLLECTED, 1, "collected", "MiB", 0x1p20},
    {SUMMARY_RELEASED, 1, "released", "MiB", 0x1p20},
    {SUMMARY_OVER_START, 1, "over start", "MiB", 0x1p20},
};
enum { MEMORY_COLUMNS = sizeof memory_columns / sizeof *memory_columns };

static const struct column object_columns[] = {
    {SUMMARY_TRACKED, 0, "tracked", "objects", 1},
    {SUMMARY_GARBAGE, 0, "garbage", "objects", 1},
    {SUMMARY_UNCOLLECTED, 0, "uncollected", "objects", 1},
    {SUMMARY_BLOCKS, 0, "blocks", "count", 1},
    {SUMMARY_CPU, 2, "cpu", "seconds", 1},
    {SUMMARY_WALL, 2, "wall", "seconds", 1},
    {SUMMARY_MINOR_FAULTS, 0, "minor faults", "count", 1},
};
enum { OBJECT_COLUMNS = sizeof object_columns / sizeof *object_columns };

void page_figures_put(FILE *out, const struct summary_figure *figure, double size, int decimals)
{
    if (metric_is_absent(figure->median)) {
        fputs("<td class=\"absent\">–</td>", out);
        return;
    }
    fputs("<td", out);
    markup_put_value(out, "data-value", figure->median);
    markup_put_value(out, "data-low", figure->low);
    markup_put_value(out, "data-high", figure->high);
    putc('>', out);
    markup_put_number(out, figure->median / size, decimals);
    if (!metric_is_absent(figure->spread)) {
        fputs("<small", out);
        markup_put_value(out, "data-value", figure->spread);
        fputs(">±", out);
        markup_put_number(out, 100 * figure->spread, 1);
        fputs("%</small>", out);
    }
    fputs("</td>", out);
}

void page_figures_put_value(FILE *out, double value, double size, int decimals)
{
    struct summary_figure figure = {
        .median = value, .low = METRIC_ABSENT, .high = METRIC_ABSENT, .spread = METRIC_ABSENT};
    page_figures_put(out, &figure, size, decimals);
}

/* A sign stands beside each colour. */
static void put_difference(FILE *out, const struct summary_row *row,
                           const struct summary_group *group)
{
    static const double striking = 0.03;
    double difference = row->difference;
    if (row == group->first) {
        fputs("<td class=\"absent\">first</td>", out);
    } else if (metric_is_absent(difference)) {
        fputs("<td class=\"absent\">–</td>", out);
    } else {
        const char *class = difference > striking    ? " class=\"more\""
                            : difference < -striking ? " class=\"less\""
                                                     : "";
        fprintf(out, "<td%s", class);
        markup_put_value(out, "data-value", difference);
        fputs(difference >= 0.0005 ? ">+" : ">", out);
        markup_put_number(out, 100 * difference, 1);
        fputs("%</td>", out);
    }
}

static void put_runs(FILE *out, const struct summary_row *row)
{
    fprintf(out, "<td%s data-value=\"%zu\">%zu/%zu</td>",
            row->ok < row->total ? " class=\"some\"" : "", row->ok, row->ok, row->total);
}

static void begin_table(FILE *out, const struct summary_workload *workload,
                        const struct summary_group *group, const char *class, const char *caption)
{
    page_region_begin_table(out, class, caption, workload, group);
    fputs("<thead><tr><th scope=\"col\">allocator</th>", out);
}

static void put_headings(FILE *out, const struct column *columns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "<th scope=\"col\">%s<small>%s</small></th>", columns[i].heading,
                columns[i].unit);
    }
}

static void put_figures(FILE *out, const struct summary_row *row, const struct column *columns,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        page_figures_put(out, &row->figures[columns[i].what], columns[i].size, columns[i].decimals);
    }
}

static void print_memory(FILE *out, const struct summary_workload *workload,
                         const struct summary_group *group)
{
    bool is_compared = group->first && group->row_count > 1;
    begin_table(out, workload, group, "figures", "Memory");
    fputs("<th scope=\"col\">ok<small>runs</small></th>", out);
    put_headings(out, memory_columns, MEMORY_COLUMNS);
    if (is_compared) {
        fputs("<th scope=\"col\">end vs<small>", out);
        markup_put_name(out, group->first->allocator);
        fputs("</small></th>", out);
    }
    fputs("</tr></thead>\n<tbody>\n", out);
    for (size_t i = 0; i < group->row_count; i++) {
        const struct summary_row *row = &group->rows[i];
        page_region_begin_row(out, row->allocator);
        put_runs(out, row);
        put_figures(out, row, memory_columns, MEMORY_COLUMNS);
        if (is_compared) {
            put_difference(out, row, group);
        }
        fputs("</tr>\n", out);
    }
    page_region_end_table(out);
}

static void print_objects(FILE *out, const struct summary_workload *workload,
                          const struct summary_group *group)
{
    begin_table(out, workload, group, "figures", "Objects and time");
    put_headings(out, object_columns, OBJECT_COLUMNS);
    fputs("</tr></thead>\n<tbody>\n", out);
    for (size_t i = 0; i < group->row_count; i++) {
        page_region_begin_row(out, group->rows[i].allocator);
        put_figures(out, &group->rows[i], object_columns, OBJECT_COLUMNS);
        fputs("</tr>\n", out);
    }
    page_region_end_table(out);
}

void page_figures_print(FILE *out, const struct summary_workload *workload,
                        const struct summary_group *group)
{
    print_memory(out, workload, group);
    print_objects(out, workload, group);
}
