#include "report/summary_csv.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "report/csv.h"

static const struct {
    const char *name;
    enum metric_unit unit;
} figures[SUMMARY_WHAT_COUNT] = {
    [SUMMARY_START] = {"start.anon", UNIT_BYTES},
    [SUMMARY_PEAK] = {"peak_rss", UNIT_BYTES},
    [SUMMARY_END] = {"end.anon", UNIT_BYTES},
    [SUMMARY_SETTLED] = {"settled.anon", UNIT_BYTES},
    [SUMMARY_COLLECTED] = {"collected.anon", UNIT_BYTES},
    [SUMMARY_RELEASED] = {"released.anon", UNIT_BYTES},
    [SUMMARY_OVER_START] = {"settled.anon-start.anon", UNIT_BYTES},
    [SUMMARY_TRACKED] = {"settled.tracked_objects", UNIT_OBJECTS},
    [SUMMARY_GARBAGE] = {"settled.garbage_objects", UNIT_OBJECTS},
    [SUMMARY_UNCOLLECTED] = {"uncollected_objects", UNIT_OBJECTS},
    [SUMMARY_BLOCKS] = {"settled.allocated_blocks", UNIT_OBJECTS},
    [SUMMARY_CPU] = {"end.cpu_seconds", UNIT_SECONDS},
    [SUMMARY_WALL] = {"end.wall_seconds", UNIT_SECONDS},
    [SUMMARY_MINOR_FAULTS] = {"end.minor_faults", UNIT_OBJECTS},
};

static const char *const header[] = {
    "run",    "workload", "params", "object_allocator", "allocator", "ok",  "trials",
    "figure", "unit",     "count",  "median",           "low",       "high"};

/* A median of counts may lie between two of them, so no figure is written as a whole number. */
static void put_figure(struct csv_writer *writer, const struct summary_figure *figure)
{
    csv_put_whole(writer, (double)figure->count);
    csv_put_seconds(writer, figure->median);
    csv_put_seconds(writer, figure->low);
    csv_put_seconds(writer, figure->high);
}

static void put_row(struct csv_writer *writer, const char *run,
                    const struct summary_workload *workload, const struct summary_group *group,
                    const struct summary_row *row)
{
    for (int i = 0; i < SUMMARY_WHAT_COUNT; i++) {
        csv_put_text(writer, run);
        csv_put_text(writer, workload->name);
        csv_put_text(writer, workload->parameters);
        csv_put_text(writer, options_object_allocator_name(group->object_allocator));
        csv_put_text(writer, row->allocator);
        csv_put_whole(writer, (double)row->ok);
        csv_put_whole(writer, (double)row->total);
        csv_put_text(writer, figures[i].name);
        csv_put_text(writer, metric_unit_name(figures[i].unit));
        put_figure(writer, &row->figures[i]);
        csv_end_row(writer);
    }
}

static void put_workload(struct csv_writer *writer, const char *run,
                         const struct summary_workload *workload)
{
    for (size_t g = 0; g < workload->group_count; g++) {
        const struct summary_group *group = &workload->groups[g];
        for (size_t r = 0; r < group->row_count; r++) {
            put_row(writer, run, workload, group, &group->rows[r]);
        }
    }
}

int summary_csv_write(const struct summary *summary, const char *run, const char *path,
                      struct error *err)
{
    cleanup_fclose FILE *out = fopen(path, "we");
    if (!out) {
        return error_errno(err, "cannot create '%s'", path);
    }
    struct csv_writer writer = {.out = out};
    for (size_t i = 0; i < sizeof header / sizeof *header; i++) {
        csv_put_text(&writer, header[i]);
    }
    csv_end_row(&writer);
    for (size_t i = 0; i < summary->workload_count; i++) {
        put_workload(&writer, run, &summary->workloads[i]);
    }
    return fflush(out) || ferror(out) ? error_errno(err, "cannot write '%s'", path) : 0;
}
