#include "report/decision_picture.h"

#include "picture/frame.h"
#include "report/ratios.h"
#include "report/run_dots.h"

static const char id[] = "decision";

/* The first group of which a run was ok, and whose it is; NULL if there is none. */
static const struct summary_group *first_group(const struct summary *summary,
                                               const struct summary_workload **workload)
{
    for (size_t i = 0; i < summary->workload_count; i++) {
        *workload = &summary->workloads[i];
        for (size_t j = 0; j < (*workload)->group_count; j++) {
            if (run_dots_is_there(&(*workload)->groups[j])) {
                return &(*workload)->groups[j];
            }
        }
    }
    return NULL;
}

static void print_nothing(FILE *out)
{
    enum { HEIGHT = 40, BASELINE = 25 };
    const struct frame frame = {.id = id,
                                .title = "Nothing was measured",
                                .description = "No run was ok.",
                                .is_file = true};
    frame_begin(out, &frame, "chart", HEIGHT);
    frame_begin_text(out, "note", 0, BASELINE);
    fputs("No run was ok, so there is nothing to show.", out);
    frame_end_text(out);
    frame_end(out);
}

bool decision_picture_is_there(const struct report *report)
{
    const struct summary_workload *workload;
    return first_group(&report->summary, &workload) != NULL;
}

const char *decision_picture_name(const struct report *report)
{
    struct forest forest;
    ratios_of_figure(&forest, &report->verdicts, PHASE_SETTLED, METRIC_ANON);
    bool is_forest = forest.count > 0;
    forest_clear(&forest);
    return is_forest ? "Memory after the load as a ratio to the control, with intervals"
                     : "Peak and memory after the load of every run";
}

void decision_picture_print(const struct report *report, FILE *out)
{
    const struct summary_workload *workload;
    const struct summary_group *group = first_group(&report->summary, &workload);
    struct forest forest;
    ratios_of_figure(&forest, &report->verdicts, PHASE_SETTLED, METRIC_ANON);
    forest.frame.id = id;
    forest.frame.is_file = true;
    if (forest.count > 0) {
        forest_print(&forest, out);
    } else if (group) {
        run_dots_print(out, workload, group, id, true);
    } else {
        print_nothing(out);
    }
    forest_clear(&forest);
}
