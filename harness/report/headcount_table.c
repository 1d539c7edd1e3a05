#include "report/headcount_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/fit.h"

static void put_headings(struct grid *grid, bool has_garbage)
{
    static const char *const headings[] = {"type", "objects", "%", "bytes", "%", "cumulative %"};
    grid->columns = sizeof headings / sizeof *headings + (has_garbage ? 1 : 0);
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
        grid_put(grid, text_copy(headings[i]), PROSE_BOLD);
    }
    if (has_garbage) {
        grid_put(grid, text_copy("garbage"), PROSE_BOLD);
    }
}

static void put_type(struct grid *grid, const struct prose *prose,
                     const struct headcount_type *type, bool has_garbage)
{
    enum { NAME_MOST = 44 };
    char *name = prose_tame(prose, type->name);
    if (strlen(name) > NAME_MOST) {
        char *end = text_format("...%s", name + strlen(name) - (NAME_MOST - 3));
        free(name);
        name = end;
    }
    grid_put(grid, name, NULL);
    grid_put(grid, text_format("%.0f", type->count), NULL);
    grid_put(grid, text_format("%.1f", 100 * type->count_share), PROSE_DIM);
    grid_put(grid, text_format("%.0f", type->bytes), NULL);
    grid_put(grid, text_format("%.1f", 100 * type->bytes_share), PROSE_DIM);
    grid_put(grid, text_format("%.1f", 100 * type->cumulative), PROSE_DIM);
    if (has_garbage) {
        grid_put(grid, text_format("%.0f", type->garbage_count), NULL);
    }
}

static void print_one(const struct prose *prose, const struct summary_workload *workload,
                      const struct summary_group *group, const struct summary_row *row)
{
    const struct headcount *headcount = &row->headcount;
    cleanup_free char *caption = text_format(
        "Objects by type under %s%s%s at %s: %.0f objects, %.1f MiB", row->allocator,
        workload->group_count > 1 ? ", objects by " : "",
        workload->group_count > 1 ? options_object_allocator_name(group->object_allocator) : "",
        headcount->phase, headcount->count, headcount->bytes / 0x1p20);
    putc('\n', prose->out);
    prose_caption(prose, PROSE_BOLD, caption);
    struct grid grid = {0};
    put_headings(&grid, headcount->garbage_count > 0);
    for (size_t i = 0; i < headcount->type_count; i++) {
        put_type(&grid, prose, &headcount->types[i], headcount->garbage_count > 0);
    }
    fit_print(&grid, "  ", prose, true);
    grid_clear(&grid);
    cleanup_free char *how = text_format(
        "trial %u, counted in a forked copy in %.2f s: the page faults and times of what comes "
        "after it are higher",
        headcount->trial, headcount->seconds);
    prose_wrap(prose, 2, 2, how);
}

void headcount_table_print(const struct prose *prose, const struct summary_workload *workload)
{
    for (size_t i = 0; i < workload->group_count; i++) {
        for (size_t j = 0; j < workload->groups[i].row_count; j++) {
            const struct summary_row *row = &workload->groups[i].rows[j];
            if (row->headcount.type_count > 0) {
                print_one(prose, workload, &workload->groups[i], row);
            }
        }
    }
}
