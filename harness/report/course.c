#include "report/course.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/fit.h"
#include "report/group_caption.h"
#include "report/sparkline.h"
#include "report/trace.h"

enum { MOST_CELLS = 120, LEAST_NAME = 10 }; /* columns */

static const char gap[] = "  ";

/* The traces of a group. */
struct traces {
    struct chart_line *lines;
    size_t count;
    struct sparkline_scale scale;
};

static void traces_make(struct traces *traces, const struct summary *summary,
                        const struct summary_group *group, const struct record *records,
                        size_t record_count)
{
    *traces = (struct traces){.lines = text_allocate(group->row_count * sizeof *traces->lines)};
    for (size_t i = 0; i < group->row_count; i++) {
        const struct summary_row *row = &group->rows[i];
        const struct record *record = trace_find(records, record_count, row->typical);
        struct chart_line line = {.name = row->allocator};
        if (record && trace_fill(&line, record, summary->cycles)) {
            sparkline_reach(&traces->scale, line.points, line.count);
            traces->lines[traces->count++] = line;
        }
    }
}

static void traces_clear(struct traces *traces)
{
    for (size_t i = 0; i < traces->count; i++) {
        chart_line_clear(&traces->lines[i]);
    }
    free(traces->lines);
}

static double highest_of(const struct chart_line *line)
{
    struct sparkline_scale reached = {0};
    sparkline_reach(&reached, line->points, line->count);
    return reached.top;
}

static size_t widest_name(const struct prose *prose, const struct traces *traces)
{
    size_t widest = sizeof "allocator" - 1;
    for (size_t i = 0; i < traces->count; i++) {
        cleanup_free char *name = fit_text(traces->lines[i].name, SIZE_MAX, prose->ascii);
        size_t width = grid_width(name);
        widest = width > widest ? width : widest;
    }
    return widest;
}

/* The columns that are left for a name and its cells. */
static size_t room_beside(const struct prose *prose, const struct traces *traces)
{
    cleanup_free char *top = text_format("%.1f", traces->scale.top / 0x1p20);
    size_t figure = grid_width(top), highest = sizeof "highest" - 1, last = sizeof "last" - 1;
    highest = figure > highest ? figure : highest;
    last = figure > last ? figure : last;
    return prose->width - highest - last - 3 * (sizeof gap - 1);
}

static void print_lines(const struct prose *prose, const struct traces *traces)
{
    size_t room = room_beside(prose, traces);
    size_t names = widest_name(prose, traces);
    size_t most = 2 * room / 5 > LEAST_NAME ? 2 * room / 5 : LEAST_NAME;
    names = names < most ? names : most;
    size_t cells = room - names < MOST_CELLS ? room - names : MOST_CELLS;
    struct grid grid = {.columns = 4};
    grid_put(&grid, text_copy("allocator"), PROSE_BOLD);
    grid_put(&grid, text_copy(""), NULL);
    grid_put(&grid, text_copy("highest"), PROSE_BOLD);
    grid_put(&grid, text_copy("last"), PROSE_BOLD);
    for (size_t i = 0; i < traces->count; i++) {
        const struct chart_line *line = &traces->lines[i];
        grid_put(&grid, fit_text(line->name, names, prose->ascii), NULL);
        grid_put(&grid,
                 sparkline_text(line->points, line->count, &traces->scale, cells, prose->ascii),
                 NULL);
        grid_put(&grid, text_format("%.1f", highest_of(line) / 0x1p20), NULL);
        grid_put(&grid, text_format("%.1f", line->points[line->count - 1].y / 0x1p20), NULL);
    }
    fit_print(&grid, gap, prose, true);
    grid_clear(&grid);
}

bool course_print(const struct prose *prose, const struct summary *summary,
                  const struct summary_workload *workload, const struct record *records,
                  size_t record_count)
{
    bool is_any = false;
    for (size_t i = 0; i < workload->group_count; i++) {
        const struct summary_group *group = &workload->groups[i];
        struct traces traces;
        traces_make(&traces, summary, group, records, record_count);
        cleanup_free char *caption =
            text_format("Resident memory over time, 0 to %.1f MiB, 0 to %.1f s",
                        traces.scale.top / 0x1p20, traces.scale.end);
        if (traces.count > 0) {
            group_caption(prose, workload, group, caption);
            print_lines(prose, &traces);
            is_any = true;
        }
        traces_clear(&traces);
    }
    return is_any;
}
