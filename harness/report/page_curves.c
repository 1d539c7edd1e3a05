#include "report/page_curves.h"

#include <math.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/chart.h"
#include "report/markup.h"
#include "report/moment.h"

enum { MOST_CYCLES = 10, MOST_OWN_PHASES = 40 }; /* that are marked on a line */

static const struct record *find_record(const struct page *page, unsigned number)
{
    for (size_t i = 0; number > 0 && i < page->record_count; i++) {
        if (page->records[i].trial->number == number) {
            return &page->records[i];
        }
    }
    return NULL;
}

static bool is_drawable(double elapsed, double rss)
{
    return isfinite(elapsed) && elapsed >= 0 && isfinite(rss) && rss >= 0;
}

static void add_point(struct chart_line *line, double elapsed, double rss)
{
    bool is_back = line->count > 0 && elapsed < line->points[line->count - 1].x;
    if (is_drawable(elapsed, rss) && !is_back) {
        line->points[line->count++] = (struct svg_point){elapsed, rss};
    }
}

/* The curve up to the last standstill (behind it the process only ends), through every standstill:
 * the curve is drawn between them, and on a busy machine sparsely. */
static void fill_points(struct chart_line *line, const struct record *record)
{
    size_t most = record->curve_count + record->sample_count, next = 0;
    line->points = text_allocate((most + 1) * sizeof *line->points);
    for (size_t i = 0; i < record->sample_count; i++) {
        const struct sample *sample = &record->samples[i];
        for (; next < record->curve_count && record->curve[next].elapsed < sample->elapsed;
             next++) {
            add_point(line, record->curve[next].elapsed, record->curve[next].rss);
        }
        add_point(line, sample->elapsed, sample->values[METRIC_RSS]);
    }
}

/* Not all phases of many cycles: evenly chosen ones, with those of the last. */
static bool is_marked(const struct sample *sample, unsigned cycles, size_t own)
{
    unsigned stride = (cycles + MOST_CYCLES - 1) / MOST_CYCLES;
    bool is_chosen = sample->cycle % stride == cycles % stride;
    return moment_comes_once(sample) || (is_chosen && own < MOST_OWN_PHASES);
}

static void fill_moments(struct chart_line *line, const struct record *record, unsigned cycles)
{
    size_t own = 0;
    line->moments = text_allocate((record->sample_count + 1) * sizeof *line->moments);
    for (size_t i = 0; i < record->sample_count; i++) {
        const struct sample *sample = &record->samples[i];
        double rss = sample->values[METRIC_RSS];
        if (!is_drawable(sample->elapsed, rss) || !is_marked(sample, cycles, own)) {
            continue;
        }
        own += !moment_comes_once(sample);
        line->moments[line->moment_count++] =
            (struct chart_moment){moment_name(sample, cycles), sample->elapsed, rss};
    }
}

static void add_line(struct chart *chart, const struct page *page, const struct summary_row *row)
{
    const struct record *record = find_record(page, row->typical);
    if (!record) {
        return;
    }
    struct chart_line *line = &chart->lines[chart->count++];
    *line = (struct chart_line){.name = row->allocator};
    fill_points(line, record);
    fill_moments(line, record, page->summary->cycles > 0 ? page->summary->cycles : 1);
    if (line->count == 0) { /* nothing that could be drawn */
        chart_line_clear(line);
        chart->count--;
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
    bool is_plain = workload->group_count == 1 && group->object_allocator == OBJECT_PYMALLOC;
    fputs("<figure>\n<figcaption>Resident memory over time", out);
    if (!is_plain) {
        fprintf(out, " <span>(objects by %s)</span>",
                options_object_allocator_name(group->object_allocator));
    }
    fputs(" <small>One trial of each allocator: the one whose end is the median. Marks are phases, "
          "named where the first allocator came to each.</small></figcaption>\n"
          "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Memory over time of ",
          out);
    markup_put_cut(out, workload->name, MARKUP_NAME);
    fprintf(out, ", %s\">\n", options_object_allocator_name(group->object_allocator));
    chart_print(chart, out);
    fputs("</div>\n</figure>\n", out);
}

void page_curves_print(FILE *out, const struct page *page, const struct summary_workload *workload,
                       const struct summary_group *group, const char *id)
{
    cleanup_free char *title = text_format("Resident memory of %s over time", workload->name);
    struct chart chart = {.id = id,
                          .title = title,
                          .x_unit = "seconds",
                          .y_unit = "MiB",
                          .y_size = 0x1p20,
                          .lines = text_allocate(group->row_count * sizeof *chart.lines)};
    for (size_t i = 0; i < group->row_count; i++) {
        add_line(&chart, page, &group->rows[i]);
    }
    cleanup_free char *description = describe(&chart, workload);
    chart.description = description;
    if (chart.count > 0) {
        print_figure(out, &chart, workload, group);
    }
    chart_clear(&chart);
}
