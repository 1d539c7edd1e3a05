#include "report/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/summary_causes.h"
#include "report/summary_figure.h"
#include "report/summary_trouble.h"

/* The records of one run, and what is picked from them. */
struct source {
    const struct plan *plan;
    const struct record *records;
    size_t count;
};

struct key {
    const struct workload *workload;
    const struct setting *setting; /* NULL: any */
    enum object_allocator object_allocator;
};

static bool matches(const struct record *record, const struct key *key)
{
    const struct trial *trial = record->trial;
    return trial->workload == key->workload &&
           (!key->setting ||
            (trial->setting == key->setting && trial->object_allocator == key->object_allocator));
}

static double peak_of(const struct record *record)
{
    double peak = METRIC_ABSENT;
    for (size_t i = 0; i < record->sample_count; i++) {
        peak = fmax(peak, record->samples[i].values[METRIC_PEAK_RSS]); /* ignores a NAN */
    }
    return peak;
}

/* Absent where a part of it is absent: NAN stays NAN. */
static double value_of(const struct record *record, enum summary_what what)
{
    switch (what) {
    case SUMMARY_START:
        return record_value(record, PHASE_START, METRIC_ANON);
    case SUMMARY_PEAK:
        return peak_of(record);
    case SUMMARY_END:
        return record_value(record, PHASE_END, METRIC_ANON);
    case SUMMARY_SETTLED:
        return record_value(record, PHASE_SETTLED, METRIC_ANON);
    case SUMMARY_COLLECTED:
        return record_value(record, PHASE_COLLECTED, METRIC_ANON);
    case SUMMARY_RELEASED:
        return record_value(record, PHASE_RELEASED, METRIC_ANON);
    case SUMMARY_OVER_START:
        return value_of(record, SUMMARY_SETTLED) - value_of(record, SUMMARY_START);
    case SUMMARY_TRACKED:
        return record_value(record, PHASE_SETTLED, METRIC_TRACKED_OBJECTS);
    case SUMMARY_GARBAGE:
        return record_value(record, PHASE_SETTLED, METRIC_GARBAGE_OBJECTS);
    case SUMMARY_UNCOLLECTED:
        return record_value(record, PHASE_COLLECTED, METRIC_COLLECTED_OBJECTS) -
               record_value(record, PHASE_SETTLED, METRIC_COLLECTED_OBJECTS);
    case SUMMARY_BLOCKS:
        return record_value(record, PHASE_SETTLED, METRIC_ALLOCATED_BLOCKS);
    case SUMMARY_CPU:
        return record_value(record, PHASE_END, METRIC_CPU_SECONDS);
    case SUMMARY_WALL:
        return record_value(record, PHASE_END, METRIC_WALL_SECONDS);
    case SUMMARY_MINOR_FAULTS:
        return record_value(record, PHASE_END, METRIC_MINOR_FAULTS);
    case SUMMARY_WHAT_COUNT:
        break;
    }
    return METRIC_ABSENT;
}

static double cycle_end_of(const struct record *record, unsigned cycle)
{
    for (size_t i = 0; i < record->sample_count; i++) {
        const struct sample *sample = &record->samples[i];
        if (sample->cycle == cycle && strcmp(sample->phase, PHASE_END) == 0) {
            return sample->values[METRIC_ANON];
        }
    }
    return METRIC_ABSENT;
}

/* Over the ok trials of a row: `what`, or anon at the end of `cycle` if that is not 0. */
static struct summary_figure figure_over(const struct source *source, const struct key *key,
                                         enum summary_what what, unsigned cycle)
{
    cleanup_free double *values = text_allocate(source->count * sizeof *values);
    size_t count = 0;
    for (size_t i = 0; i < source->count; i++) {
        const struct record *record = &source->records[i];
        if (record->outcome != OUTCOME_OK || !matches(record, key)) {
            continue;
        }
        double value = cycle ? cycle_end_of(record, cycle) : value_of(record, what);
        if (!metric_is_absent(value)) {
            values[count++] = value;
        }
    }
    return summary_figure_of(values, count);
}

struct trial_end {
    double end;
    unsigned trial; /* its number */
};

static int compare_ends(const void *a, const void *b)
{
    const struct trial_end *x = a, *y = b;
    if (x->end != y->end) {
        return x->end < y->end ? -1 : 1;
    }
    return (x->trial > y->trial) - (x->trial < y->trial);
}

/* The number of the ok trial that stands for the row, or 0. */
static unsigned typical_of(const struct source *source, const struct key *key)
{
    cleanup_free struct trial_end *ends = text_allocate(source->count * sizeof *ends);
    size_t count = 0;
    for (size_t i = 0; i < source->count; i++) {
        const struct record *record = &source->records[i];
        if (record->outcome != OUTCOME_OK || !matches(record, key)) {
            continue;
        }
        double end = value_of(record, SUMMARY_END);
        if (!metric_is_absent(end)) {
            ends[count++] = (struct trial_end){end, record->trial->number};
        }
    }
    qsort(ends, count, sizeof *ends, compare_ends);
    return count > 0 ? ends[(count - 1) / 2].trial : 0;
}

static void fill_causes(struct summary_row *row, const struct source *source, const struct key *key)
{
    cleanup_free const struct record **records = text_allocate(source->count * sizeof *records);
    size_t count = 0;
    for (size_t i = 0; i < source->count; i++) {
        if (source->records[i].outcome == OUTCOME_OK && matches(&source->records[i], key)) {
            records[count++] = &source->records[i];
        }
    }
    summary_causes_fill_row(row, records, count);
}

static void fill_trial(struct summary_trial *trial, const struct record *record)
{
    bool is_ok = record->outcome == OUTCOME_OK;
    *trial = (struct summary_trial){
        .number = record->trial->number, .block = record->trial->block, .outcome = record->outcome};
    for (int what = 0; what < SUMMARY_WHAT_COUNT; what++) {
        trial->values[what] = is_ok ? value_of(record, (enum summary_what)what) : METRIC_ABSENT;
    }
    if (is_ok) {
        summary_causes_fill_trial(trial, record);
    } else {
        trial->cause_text = text_copy("");
    }
}

static void fill_trials(struct summary_row *row, const struct source *source, const struct key *key)
{
    row->trials = text_allocate(row->total * sizeof *row->trials);
    for (size_t i = 0; i < source->count; i++) {
        if (matches(&source->records[i], key)) {
            fill_trial(&row->trials[row->trial_count++], &source->records[i]);
        }
    }
}

/* A table of more types is not read; census.csv has them all. */
enum { TYPES_MOST = 12 };

static void add_headcount(struct summary_row *row, const struct source *source,
                          const struct key *key)
{
    const struct record *chosen = NULL;
    for (size_t i = 0; i < source->count; i++) {
        const struct record *record = &source->records[i];
        bool is_typical = record->trial->number == row->typical;
        if (matches(record, key) && record->population.type_count > 0 && (!chosen || is_typical)) {
            chosen = record;
        }
    }
    if (chosen) {
        headcount_make(&row->headcount, &chosen->population, chosen->trial->number, TYPES_MOST);
    }
}

static void fill_row(struct summary_row *row, const struct source *source, const struct key *key)
{
    unsigned cycles = source->plan->options->cycles;
    row->allocator = text_copy(key->setting->name);
    row->difference = METRIC_ABSENT;
    row->typical = typical_of(source, key);
    waterfall_make(&row->waterfall, source->records, source->count, row->typical, cycles);
    add_headcount(row, source, key);
    for (int what = 0; what < SUMMARY_WHAT_COUNT; what++) {
        row->figures[what] = figure_over(source, key, (enum summary_what)what, 0);
    }
    fill_causes(row, source, key);
    fill_trials(row, source, key);
    if (cycles > 1) {
        row->cycles = text_allocate(cycles * sizeof *row->cycles);
        for (unsigned cycle = 1; cycle <= cycles; cycle++) {
            row->cycles[cycle - 1] = figure_over(source, key, SUMMARY_END, cycle);
        }
    }
    for (size_t i = 0; i < source->count; i++) {
        if (matches(&source->records[i], key) && source->records[i].outcome != OUTCOME_OK) {
            summary_trouble_add_failure(row, &source->records[i]);
        }
    }
}

static void compare_rows(struct summary_group *group)
{
    for (size_t i = 0; i < group->row_count && !group->first; i++) {
        if (group->rows[i].figures[SUMMARY_END].count > 0) {
            group->first = &group->rows[i];
        }
    }
    for (int what = 0; what < SUMMARY_WHAT_COUNT; what++) {
        group->widest[what] = METRIC_ABSENT;
        for (size_t i = 0; i < group->row_count; i++) {
            group->widest[what] = fmax(group->widest[what], group->rows[i].figures[what].spread);
        }
    }
    for (size_t i = 0; i < group->row_count && group->first; i++) {
        struct summary_row *row = &group->rows[i];
        double first = group->first->figures[SUMMARY_END].median;
        if (row != group->first && first > 0) {
            row->difference = (row->figures[SUMMARY_END].median - first) / first;
        }
    }
}

static void fill_group(struct summary_group *group, const struct source *source, struct key key)
{
    group->object_allocator = key.object_allocator;
    group->rows = text_allocate(source->plan->setting_count * sizeof *group->rows);
    for (size_t i = 0; i < source->plan->setting_count; i++) {
        struct summary_row row = {0};
        key.setting = &source->plan->settings[i];
        for (size_t j = 0; j < source->count; j++) {
            if (matches(&source->records[j], &key)) {
                row.total++;
                row.ok += source->records[j].outcome == OUTCOME_OK;
            }
        }
        if (row.total > 0) {
            fill_row(&row, source, &key);
            group->ok += row.ok;
            group->rows[group->row_count++] = row;
        }
    }
    compare_rows(group);
    summary_causes_fill_group(group);
}

static void fill_workload(struct summary_workload *workload, const struct source *source,
                          const struct workload *planned)
{
    struct key key = {.workload = planned};
    workload->name = text_copy(planned->name);
    workload->summary = text_copy(planned->summary);
    workload->parameters = workload_parameters_text(planned);
    workload->groups = text_allocate(OBJECT_ALLOCATOR_COUNT * sizeof *workload->groups);
    for (int i = 0; i < OBJECT_ALLOCATOR_COUNT; i++) {
        struct summary_group *group = &workload->groups[workload->group_count];
        *group = (struct summary_group){0};
        key.object_allocator = (enum object_allocator)i;
        fill_group(group, source, key);
        if (group->row_count > 0) {
            workload->group_count++;
        } else {
            free(group->rows);
        }
    }
    for (size_t i = 0; i < source->count; i++) {
        if (matches(&source->records[i], &key)) {
            summary_trouble_add_warnings(workload, &source->records[i]);
        }
    }
}

static bool has_record(const struct source *source, const struct workload *workload)
{
    struct key key = {.workload = workload};
    for (size_t i = 0; i < source->count; i++) {
        if (matches(&source->records[i], &key)) {
            return true;
        }
    }
    return false;
}

void summary_make(struct summary *summary, const struct plan *plan, const struct record *records,
                  size_t count)
{
    struct source source = {.plan = plan, .records = records, .count = count};
    *summary = (struct summary){.runs = plan->options->runs,
                                .cycles = plan->options->cycles,
                                .settle = plan->options->settle};
    summary->workloads = text_allocate(plan->workload_count * sizeof *summary->workloads);
    for (size_t i = 0; i < plan->workload_count; i++) {
        if (has_record(&source, &plan->workloads[i])) {
            struct summary_workload *workload = &summary->workloads[summary->workload_count++];
            *workload = (struct summary_workload){0};
            fill_workload(workload, &source, &plan->workloads[i]);
        }
    }
}

static void clear_row(struct summary_row *row)
{
    summary_trouble_clear_row(row);
    summary_causes_clear_row(row);
    headcount_clear(&row->headcount);
    for (size_t i = 0; i < row->trial_count; i++) {
        free(row->trials[i].cause_text);
    }
    free(row->trials);
    free(row->cycles);
    free(row->allocator);
}

static void clear_workload(struct summary_workload *workload)
{
    for (size_t i = 0; i < workload->group_count; i++) {
        for (size_t j = 0; j < workload->groups[i].row_count; j++) {
            clear_row(&workload->groups[i].rows[j]);
        }
        summary_causes_clear_group(&workload->groups[i]);
        free(workload->groups[i].rows);
    }
    summary_trouble_clear_workload(workload);
    free(workload->groups);
    free(workload->name);
    free(workload->summary);
    free(workload->parameters);
}

void summary_clear(struct summary *summary)
{
    for (size_t i = 0; i < summary->workload_count; i++) {
        clear_workload(&summary->workloads[i]);
    }
    free(summary->workloads);
    *summary = (struct summary){0};
}
