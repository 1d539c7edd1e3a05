#include "report/run_dots.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "picture/dots.h"

static const double mebibyte = 0x1p20;

static bool has_any(const struct summary_group *group, enum summary_what what)
{
    for (size_t i = 0; i < group->row_count; i++) {
        if (group->rows[i].figures[what].count > 0) {
            return true;
        }
    }
    return false;
}

enum summary_what run_dots_held(const struct summary_group *group)
{
    return has_any(group, SUMMARY_SETTLED) ? SUMMARY_SETTLED : SUMMARY_END;
}

bool run_dots_is_there(const struct summary_group *group)
{
    return has_any(group, SUMMARY_PEAK) || has_any(group, run_dots_held(group));
}

const char *run_dots_held_name(enum summary_what held)
{
    return held == SUMMARY_SETTLED ? "settled anon" : "end anon";
}

/* The runs of a row, as a picture wants them. */
struct runs {
    unsigned *numbers;
    double *values[DOTS_FIGURES];
};

static void fill_row(struct dots_row *row, struct runs *runs, const struct summary_row *source,
                     const enum summary_what *whats)
{
    size_t count = source->trial_count;
    runs->numbers = text_allocate((count + 1) * sizeof *runs->numbers);
    for (size_t j = 0; j < DOTS_FIGURES; j++) {
        runs->values[j] = text_allocate((count + 1) * sizeof *runs->values[j]);
        row->values[j] = runs->values[j];
        row->medians[j] = source->figures[whats[j]].median;
    }
    for (size_t i = 0; i < count; i++) {
        runs->numbers[i] = source->trials[i].number;
        for (size_t j = 0; j < DOTS_FIGURES; j++) {
            runs->values[j][i] = source->trials[i].values[whats[j]];
        }
    }
    row->name = source->allocator;
    row->runs = runs->numbers;
    row->count = count;
}

/* " peak rss 310.2 (305.0 to 320.1)", or " no peak rss". */
static char *figure_text(const struct summary_figure *figure, const char *name)
{
    return figure->count == 0
               ? text_format(" no %s", name)
               : text_format(" %s %.1f (%.1f to %.1f)", name, figure->median / mebibyte,
                             figure->low / mebibyte, figure->high / mebibyte);
}

static char *describe(const struct summary_workload *workload, const struct summary_group *group,
                      const enum summary_what *whats, const char *const *names)
{
    char *text = text_format(
        "Every run of %s as a dot, in MiB; medians, and the range of the runs.", workload->name);
    for (size_t i = 0; i < group->row_count; i++) {
        const struct summary_row *row = &group->rows[i];
        cleanup_free char *former = text;
        cleanup_free char *peak = figure_text(&row->figures[whats[0]], names[0]);
        cleanup_free char *held = figure_text(&row->figures[whats[1]], names[1]);
        text = text_format("%s %s:%s,%s.", former, row->allocator, peak, held);
    }
    return text;
}

void run_dots_print(FILE *out, const struct summary_workload *workload,
                    const struct summary_group *group, const char *id, bool is_file)
{
    enum summary_what held = run_dots_held(group);
    const enum summary_what whats[DOTS_FIGURES] = {SUMMARY_PEAK, held};
    const char *const names[DOTS_FIGURES] = {"peak rss", run_dots_held_name(held)};
    cleanup_free char *title = text_format("Peak and memory after the load of %s", workload->name);
    cleanup_free char *description = describe(workload, group, whats, names);
    cleanup_free struct dots_row *rows = text_allocate(group->row_count * sizeof *rows);
    cleanup_free struct runs *runs = text_allocate(group->row_count * sizeof *runs);
    for (size_t i = 0; i < group->row_count; i++) {
        rows[i] = (struct dots_row){.series = i};
        fill_row(&rows[i], &runs[i], &group->rows[i], whats);
    }
    const struct dots dots = {
        .frame = {.id = id, .title = title, .description = description, .is_file = is_file},
        .figures = {names[0], names[1]},
        .unit = "MiB",
        .size = mebibyte,
        .rows = rows,
        .count = group->row_count};
    dots_print(&dots, out);
    for (size_t i = 0; i < group->row_count; i++) {
        free(runs[i].numbers);
        free(runs[i].values[0]);
        free(runs[i].values[1]);
    }
}
