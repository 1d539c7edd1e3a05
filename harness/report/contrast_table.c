#include "report/contrast_table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "report/contrast_text.h"
#include "report/fit.h"
#include "stats/looks.h"

/* How the table is set, from roomy to tight. */
struct form {
    const char *gap;
    bool runs, interval, before;
    size_t names; /* columns that a name may take */
};

static const struct form forms[] = {
    {.gap = "   ", .runs = true, .interval = true, .before = true, .names = SIZE_MAX},
    {.gap = "  ", .runs = true, .interval = true, .before = true, .names = SIZE_MAX},
    {.gap = "  ", .interval = true, .before = true, .names = SIZE_MAX},
    {.gap = " ", .interval = true, .before = true, .names = SIZE_MAX},
    {.gap = " ", .interval = true, .before = true, .names = 20},
    {.gap = " ", .before = true, .names = 20},
    {.gap = " ", .names = 10},
};
enum { FORM_COUNT = sizeof forms / sizeof *forms };

static size_t columns_of(const struct form *form)
{
    return 4 + (size_t)form->before + (size_t)form->runs + (size_t)form->interval;
}

static void put_headings(struct grid *grid, const struct form *form)
{
    grid_put(grid, text_copy(""), NULL);
    if (form->before) {
        grid_put(grid, text_copy("before"), PROSE_BOLD);
    }
    grid_put(grid, text_copy("now"), PROSE_BOLD);
    grid_put(grid, text_copy("change"), PROSE_BOLD);
    if (form->interval) {
        grid_put(grid, text_copy("interval"), PROSE_BOLD);
    }
    if (form->runs) {
        grid_put(grid, text_copy("n"), PROSE_BOLD);
    }
    grid_put(grid, text_copy("verdict"), PROSE_BOLD);
}

static const char *color_of(const struct verdicts_comparison *row)
{
    switch (contrast_text_standing(row)) {
    case STANDING_WORSE:
        return row->level == GATE_ERROR ? PROSE_RED : PROSE_YELLOW;
    case STANDING_UNKNOWN:
        return PROSE_YELLOW;
    case STANDING_BETTER:
        return PROSE_GREEN;
    default:
        return NULL;
    }
}

static void put_row(struct grid *grid, const struct form *form,
                    const struct verdicts_comparison *row, const struct prose *prose)
{
    cleanup_free char *name = fit_text(row->candidate, form->names, prose->ascii);
    grid_put(grid, text_format("  %s", name), NULL);
    if (form->before) {
        grid_put(grid, contrast_text_value(row, row->result.baseline.median), NULL);
    }
    grid_put(grid, contrast_text_value(row, row->result.candidate.median), NULL);
    grid_put(grid, contrast_text_change(row), color_of(row));
    if (form->interval) {
        grid_put(grid, contrast_text_interval(row), NULL);
    }
    if (form->runs) {
        grid_put(grid, text_format("%zu", row->result.n), NULL);
    }
    const char *warn = row->level == GATE_WARN ? " (warn)" : "";
    grid_put(grid, text_format("%s%s", verdict_name(row->result.verdict), warn), color_of(row));
}

static bool is_of_one_figure(const struct verdicts_comparison *one,
                             const struct verdicts_comparison *other)
{
    return one->metric == other->metric && strcmp(one->phase, other->phase) == 0 &&
           strcmp(one->control, other->control) == 0;
}

/* The headings, and a line for each row that was compared. */
static char *lines_of(const struct prose *prose, const struct verdicts_group *group,
                      const struct form *form, bool color)
{
    struct grid grid = {.columns = columns_of(form)};
    size_t rows = 0;
    put_headings(&grid, form);
    for (size_t i = 0; i < group->comparison_count; i++) {
        if (!group->comparisons[i].missing) {
            put_row(&grid, form, &group->comparisons[i], prose);
            rows++;
        }
    }
    char *lines = rows > 0 ? grid_text(&grid, form->gap, color) : text_copy("");
    grid_clear(&grid);
    return lines;
}

static void print_figure(const struct prose *prose, const struct verdicts_comparison *row)
{
    cleanup_free char *figure = contrast_text_figure(row);
    cleanup_free char *unit = contrast_text_unit(row);
    cleanup_free char *text = text_format("%s%s%s", figure, unit[0] ? ", " : "", unit);
    prose_caption(prose, PROSE_BOLD, text);
}

/* Prints the next line and returns what follows it. */
static const char *print_line(const struct prose *prose, const char *lines)
{
    size_t length = strcspn(lines, "\n");
    length += lines[length] == '\n';
    fwrite(lines, 1, length, prose->out);
    return lines + length;
}

/* The name of a figure stands above its rows, whatever its length. */
static void print_with_figures(const struct prose *prose, const struct verdicts_group *group,
                               const char *lines)
{
    const struct verdicts_comparison *last = NULL;
    lines = print_line(prose, lines);
    for (size_t i = 0; i < group->comparison_count; i++) {
        const struct verdicts_comparison *row = &group->comparisons[i];
        if (row->missing) {
            continue;
        }
        if (!last || !is_of_one_figure(last, row)) {
            print_figure(prose, row);
        }
        lines = print_line(prose, lines);
        last = row;
    }
}

static void print_rows(const struct prose *prose, const struct verdicts_group *group)
{
    for (int i = 0; i < FORM_COUNT; i++) {
        cleanup_free char *bare = lines_of(prose, group, &forms[i], false);
        if (i + 1 == FORM_COUNT || grid_width(bare) <= prose->width) {
            cleanup_free char *lines = lines_of(prose, group, &forms[i], prose->color);
            print_with_figures(prose, group, lines);
            return;
        }
    }
}

static char *reason_of(const struct verdicts_comparison *row)
{
    return row->missing ? text_copy(row->missing) : contrast_text_reason(row);
}

/* The rows from `first` on that have its reason, or NULL if an earlier row has it too. */
static char *rows_of_reason(const struct verdicts_group *group, size_t first, const char *reason)
{
    struct text_list names = {0};
    bool is_first = true;
    for (size_t i = 0; i < group->comparison_count; i++) {
        const struct verdicts_comparison *row = &group->comparisons[i];
        cleanup_free char *other = reason_of(row);
        if (strcmp(other, reason) != 0 || !row->missing != !group->comparisons[first].missing) {
            continue;
        }
        is_first = is_first && i >= first;
        cleanup_free char *figure = contrast_text_figure(row);
        cleanup_free char *name = text_format("%s of %s", figure, row->candidate);
        text_list_add(&names, name);
    }
    char *all = is_first ? text_join(&names, ", ") : NULL;
    text_list_clear(&names);
    return all;
}

/* What the table has no room for: each reason once, with all the rows that have it. */
static void print_reasons(const struct prose *prose, const struct verdicts_group *group)
{
    for (size_t i = 0; i < group->comparison_count; i++) {
        const struct verdicts_comparison *row = &group->comparisons[i];
        cleanup_free char *reason = reason_of(row);
        cleanup_free char *rows = reason[0] ? rows_of_reason(group, i, reason) : NULL;
        if (rows) {
            cleanup_free char *text = text_format(
                "%s: %s: %s", row->missing ? "not comparable" : "unknown", reason, rows);
            prose_wrap(prose, 0, 2, text);
        }
    }
}

static void print_group(const struct prose *prose, const struct verdicts_group *group)
{
    if (group->comparison_count == 0) {
        return;
    }
    cleanup_free char *title =
        text_format("%s%s", group->workload,
                    group->object_allocator == OBJECT_MALLOC ? " without pymalloc" : "");
    prose_caption(prose, PROSE_BOLD, title);
    prose_wrap(prose, 2, 4, group->parameters);
    print_rows(prose, group);
    print_reasons(prose, group);
    putc('\n', prose->out);
}

static void print_head(const struct prose *prose, const struct contrast *contrast,
                       const char *baseline_name, const char *candidate_name)
{
    cleanup_free char *title = text_format("%s against %s", candidate_name, baseline_name);
    prose_caption(prose, PROSE_BOLD, title);
    if (contrast->difference) {
        cleanup_free char *text = text_format(
            "Another class of host (%s): memory and time only as the ratio to the control "
            "allocator of the same run; objects and live bytes as they are.",
            contrast->difference);
        prose_wrap(prose, 2, 2, text);
    }
    putc('\n', prose->out);
}

static void print_sum(const struct prose *prose, const struct contrast *contrast)
{
    size_t counts[STANDING_COUNT] = {0};
    for (size_t i = 0; i < contrast->verdicts.group_count; i++) {
        const struct verdicts_group *group = &contrast->verdicts.groups[i];
        for (size_t j = 0; j < group->comparison_count; j++) {
            counts[contrast_text_standing(&group->comparisons[j])]++;
        }
    }
    cleanup_free char *text =
        text_format("%zu worse, %zu unknown, %zu not comparable, %zu better, %zu same%s",
                    counts[STANDING_WORSE], counts[STANDING_UNKNOWN], counts[STANDING_MISSING],
                    counts[STANDING_BETTER], counts[STANDING_SAME],
                    contrast->verdicts.is_one_layout ? "; of one layout of memory" : "");
    prose_wrap(prose, 0, 2, text);
}

static void print_words(const struct prose *prose, const struct contrast *contrast)
{
    if (contrast->compared == 0) {
        return;
    }
    cleanup_free char *text = text_format(
        "before, now: medians; change: Hodges-Lehmann, with its interval of %.4g %%; worse, "
        "better: "
        "the whole interval is beyond the gate's threshold; same: it is within; unknown: neither.",
        100 * (1 - looks_alpha(contrast->verdicts.looks)));
    prose_wrap(prose, 0, 0, text);
}

void contrast_table_print(const struct prose *prose, const struct contrast *contrast,
                          const char *baseline_name, const char *candidate_name)
{
    print_head(prose, contrast, baseline_name, candidate_name);
    for (size_t i = 0; i < contrast->verdicts.group_count; i++) {
        print_group(prose, &contrast->verdicts.groups[i]);
    }
    for (size_t i = 0; i < contrast->notes.count; i++) {
        cleanup_free char *text = text_format("note: %s", contrast->notes.items[i]);
        prose_wrap(prose, 0, 2, text);
    }
    print_words(prose, contrast);
    print_sum(prose, contrast);
}
