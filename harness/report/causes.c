#include "report/causes.h"

#include <math.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/fit.h"
#include "report/group_caption.h"

/* ---- causes ---- */

/* Where the sentences begin: behind the longest name that is no exception. */
static unsigned indent_of(const struct prose *prose, const struct summary_group *group)
{
    const size_t longest = prose->width < 80 ? 10 : 20;
    size_t widest = 0;
    for (size_t i = 0; i < group->row_count; i++) {
        cleanup_free char *name = prose_tame(prose, group->rows[i].allocator);
        size_t width = grid_width(name);
        widest = width <= longest && width > widest ? width : widest;
    }
    return (unsigned)widest + 4; /* two columns of margin on both sides */
}

static void print_advice(const struct prose *prose, const struct summary_group *group,
                         const struct summary_advice *advice)
{
    cleanup_free char *names = text_join(&advice->allocators, ", ");
    bool is_for_all = advice->allocators.count == group->row_count;
    cleanup_free char *text =
        text_format("%s: %s%s%s%s", cause_name(advice->kind), advice->remedy,
                    is_for_all ? "" : " (", is_for_all ? "" : names, is_for_all ? "" : ")");
    prose_wrap(prose, 2, 4, text);
}

static void print_causes(const struct prose *prose, const struct summary_workload *workload,
                         const struct summary_group *group)
{
    enum { BESIDE = sizeof "   cause:" - 1 }; /* a name and the first word go into a line */
    unsigned indent = indent_of(prose, group);
    group_caption(prose, workload, group, "Why memory is held over start");
    for (size_t i = 0; i < group->row_count; i++) {
        const struct summary_row *row = &group->rows[i];
        cleanup_free char *name = fit_text(row->allocator, prose->width - BESIDE, prose->ascii);
        cleanup_free char *text = text_format("cause: %s", row->cause_text);
        prose_define(prose, name, indent, text);
    }
    if (group->advice_count > 0) {
        group_caption(prose, workload, group, "What follows");
    }
    for (size_t i = 0; i < group->advice_count; i++) {
        print_advice(prose, group, &group->advices[i]);
    }
}

/* ---- how fast it goes back ---- */

static char *decay_text(const struct summary_decay *decay, double settle)
{
    if (metric_is_absent(decay->median)) {
        return text_copy("-");
    }
    return isinf(decay->median) ? text_format("> %g", settle) : text_format("%.2f", decay->median);
}

static void print_decays(const struct prose *prose, const struct summary *summary,
                         const struct summary_workload *workload, const struct summary_group *group)
{
    cleanup_free char *what =
        text_format("Seconds until it went back by itself, idle for %g s", summary->settle);
    struct grid grid = {.columns = 1 + SUMMARY_DECAYS};
    group_caption(prose, workload, group, what);
    grid_put(&grid, text_copy("allocator"), PROSE_BOLD);
    grid_put(&grid, text_copy("50%"), PROSE_BOLD);
    grid_put(&grid, text_copy("90%"), PROSE_BOLD);
    for (size_t i = 0; i < group->row_count; i++) {
        const struct summary_row *row = &group->rows[i];
        grid_put(&grid, prose_tame(prose, row->allocator), NULL);
        for (int j = 0; j < SUMMARY_DECAYS; j++) {
            grid_put(&grid, decay_text(&row->decays[j], summary->settle), NULL);
        }
    }
    fit_print(&grid, "  ", prose, true);
    grid_clear(&grid);
}

void causes_print(const struct prose *prose, const struct summary *summary,
                  const struct summary_workload *workload)
{
    for (size_t i = 0; i < workload->group_count; i++) {
        const struct summary_group *group = &workload->groups[i];
        if (group->has_causes) {
            print_causes(prose, workload, group);
        }
        if (group->has_decays && summary->settle >= SUMMARY_DECAY_SETTLE) {
            print_decays(prose, summary, workload, group);
        }
    }
}
