#include "report/summary_csv.h"

#include <math.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"
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
/* Bytes and objects are whole, also those that shares were computed of. */
static void put_value(struct csv_writer *writer, enum metric_unit unit, double value)
{
    bool is_whole = unit == UNIT_BYTES || unit == UNIT_OBJECTS;
    csv_put_seconds(writer, is_whole ? round(value) : value);
}

static void put_figure(struct csv_writer *writer, enum metric_unit unit,
                       const struct summary_figure *figure)
{
    csv_put_whole(writer, (double)figure->count);
    put_value(writer, unit, figure->median);
    put_value(writer, unit, figure->low);
    put_value(writer, unit, figure->high);
}

/* What all figures of a row share. */
struct line {
    const char *run;
    const struct summary_workload *workload;
    const struct summary_group *group;
    const struct summary_row *row;
};

static void put_line(struct csv_writer *writer, const struct line *line, const char *name,
                     enum metric_unit unit, const struct summary_figure *figure)
{
    csv_put_text(writer, line->run);
    csv_put_text(writer, line->workload->name);
    csv_put_text(writer, line->workload->parameters);
    csv_put_text(writer, options_object_allocator_name(line->group->object_allocator));
    csv_put_text(writer, line->row->allocator);
    csv_put_whole(writer, (double)line->row->ok);
    csv_put_whole(writer, (double)line->row->total);
    csv_put_text(writer, name);
    csv_put_text(writer, metric_unit_name(unit));
    put_figure(writer, unit, figure);
    csv_end_row(writer);
}

static void put_causes(struct csv_writer *writer, const struct line *line)
{
    static const char *const names[] = {[SUMMARY_CAUSE_HELD] = "cause.held",
                                        [SUMMARY_CAUSE_CHILDREN] = "cause.children",
                                        [SUMMARY_CAUSE_SLOPE] = "cause.slope_per_cycle"};
    for (int i = 0; i < SUMMARY_CAUSE_FIGURES; i++) {
        cleanup_free char *name =
            i < SUMMARY_CAUSE_KIND
                ? text_copy(names[i])
                : text_format("cause.%s", cause_key((enum cause_kind)(i - SUMMARY_CAUSE_KIND)));
        put_line(writer, line, name, UNIT_BYTES, &line->row->cause_figures[i]);
    }
}

/* A median that more than half of the trials did not reach is not known: it is empty. */
static void put_decays(struct csv_writer *writer, const struct line *line)
{
    static const enum metric metrics[SUMMARY_DECAYS] = {
        [SUMMARY_DECAY_HALF] = METRIC_DECAY_50_SECONDS,
        [SUMMARY_DECAY_MOST] = METRIC_DECAY_90_SECONDS};
    for (int i = 0; i < SUMMARY_DECAYS; i++) {
        const struct summary_decay *decay = &line->row->decays[i];
        struct summary_figure figure = decay->reached;
        figure.median = isfinite(decay->median) ? decay->median : METRIC_ABSENT;
        put_line(writer, line, metric_table[metrics[i]].name, UNIT_SECONDS, &figure);
    }
}

static void put_row(struct csv_writer *writer, const struct line *line)
{
    for (int i = 0; i < SUMMARY_WHAT_COUNT; i++) {
        put_line(writer, line, figures[i].name, figures[i].unit, &line->row->figures[i]);
    }
    put_causes(writer, line);
    put_decays(writer, line);
}

static void put_workload(struct csv_writer *writer, const char *run,
                         const struct summary_workload *workload)
{
    for (size_t g = 0; g < workload->group_count; g++) {
        const struct summary_group *group = &workload->groups[g];
        for (size_t r = 0; r < group->row_count; r++) {
            put_row(writer, &(struct line){run, workload, group, &group->rows[r]});
        }
    }
}

void summary_csv_print(const struct summary *summary, const char *run, FILE *out)
{
    struct csv_writer writer = {.out = out};
    for (size_t i = 0; i < sizeof header / sizeof *header; i++) {
        csv_put_text(&writer, header[i]);
    }
    csv_end_row(&writer);
    for (size_t i = 0; i < summary->workload_count; i++) {
        put_workload(&writer, run, &summary->workloads[i]);
    }
}

int summary_csv_write(const struct summary *summary, const char *run, const char *path,
                      struct error *err)
{
    cleanup_fclose FILE *out = fopen(path, "we");
    if (!out) {
        return error_errno(err, "cannot create '%s'", path);
    }
    summary_csv_print(summary, run, out);
    return fflush(out) || ferror(out) ? error_errno(err, "cannot write '%s'", path) : 0;
}
