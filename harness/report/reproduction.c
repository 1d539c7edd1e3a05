#include "report/reproduction.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"

static const struct judged {
    const char *name;
    enum summary_what what;
    enum metric metric;
    double resolution; /* a smaller difference of two medians is none, in the metric's unit */
} judged[REPRODUCTION_FIGURES] = {
    {"start", SUMMARY_START, METRIC_ANON, 0},
    /* Each is known within 0.3 MiB only: the kernel adds up its counters per thread. */
    {"peak", SUMMARY_PEAK, METRIC_PEAK_RSS, 2 * 0.3 * 0x1p20},
    {"end", SUMMARY_END, METRIC_ANON, 0},
    {"settled", SUMMARY_SETTLED, METRIC_ANON, 0},
    {"collected", SUMMARY_COLLECTED, METRIC_ANON, 0},
    {"released", SUMMARY_RELEASED, METRIC_ANON, 0},
    /* One tick of a kernel with HZ=100: what wakes up at one, or is charged by it, differs by it.
     */
    {"processor time", SUMMARY_CPU, METRIC_CPU_SECONDS, 0.01},
    {"time", SUMMARY_WALL, METRIC_WALL_SECONDS, 0.01},
};

/* ---- what has changed ---- */

/* Which malloc the trials of a setting had, or NULL if none came so far. */
static const struct wire_hello *identity_in(const struct stored_run *run, size_t setting)
{
    for (size_t i = 0; i < run->record_count; i++) {
        const struct record *record = &run->records[i];
        if (record->trial->setting == &run->plan.settings[setting] && record->identity.family[0]) {
            return &record->identity;
        }
    }
    return NULL;
}

static void add_line(struct text_list *list, char *line)
{
    text_tame(line);
    text_list_add(list, line);
    free(line);
}

static bool is_same_list(const struct text_list *a, const struct text_list *b)
{
    bool is_same = a->count == b->count;
    for (size_t i = 0; is_same && i < a->count; i++) {
        is_same = strcmp(a->items[i], b->items[i]) == 0;
    }
    return is_same;
}

static void compare_workloads(const struct plan *first, const struct plan *second,
                              struct text_list *changes)
{
    if (first->workload_count != second->workload_count) {
        text_list_add(changes, "there are other workloads");
        return;
    }
    for (size_t i = 0; i < first->workload_count; i++) {
        const struct workload *was = &first->workloads[i], *is = &second->workloads[i];
        cleanup_free char *had = workload_parameters_text(was);
        cleanup_free char *has = workload_parameters_text(is);
        if (strcmp(was->sha256, is->sha256) != 0) {
            add_line(changes, text_format("the file '%s' has changed", is->path));
        } else if (strcmp(had, has) != 0) {
            add_line(changes, text_format("the parameters of '%s' have changed", is->name));
        }
    }
}

static void compare_identity(const char *name, const struct wire_hello *was,
                             const struct wire_hello *is, struct text_list *changes)
{
    if (strcmp(was->build_id, is->build_id) != 0) {
        add_line(changes,
                 text_format("the library of '%s' has changed: build-id %.12s, now %.12s ('%s')",
                             name, was->build_id, is->build_id, is->library));
    } else if (strcmp(was->version, is->version) != 0) {
        add_line(changes, text_format("the library of '%s' has changed: version %s, now %s", name,
                                      was->version, is->version));
    }
    if (strcmp(was->python, is->python) != 0) {
        add_line(changes, text_format("Python under '%s' has changed: %s, now %s", name,
                                      was->python, is->python));
    }
}

static void compare_settings(const struct stored_run *first, const struct plan *second,
                             const struct wire_hello *const *identities, struct text_list *changes)
{
    if (first->plan.setting_count != second->setting_count) {
        text_list_add(changes, "there are other allocators");
        return;
    }
    for (size_t i = 0; i < second->setting_count; i++) {
        const struct setting *was = &first->plan.settings[i], *is = &second->settings[i];
        const struct wire_hello *identity = identity_in(first, i);
        if (strcmp(was->name, is->name) != 0) {
            add_line(changes, text_format("the allocator '%s' was '%s' then", is->name, was->name));
        } else if (was->is_available != is->is_available) {
            add_line(changes, text_format("the allocator '%s' is %s", is->name,
                                          is->is_available ? "available now" : "missing now"));
        } else if (!is_same_list(&was->environment, &is->environment)) {
            add_line(changes, text_format("the variables of '%s' have changed", is->name));
        } else if (identity && identities[i]) {
            compare_identity(is->name, identity, identities[i], changes);
        }
    }
}

void reproduction_add_changes(const struct stored_run *first, const struct plan *plan,
                              const struct wire_hello *const *identities, struct text_list *changes)
{
    compare_workloads(&first->plan, plan, changes);
    compare_settings(first, plan, identities, changes);
}

void reproduction_add_notes(const struct run_info *first, const struct host *host,
                            const char *version, struct text_list *notes)
{
    if (strcmp(first->version, version) != 0) {
        add_line(notes, text_format("membench was %s, and is %s", first->version, version));
    }
    for (size_t i = 0; i < first->host.names.count; i++) {
        const char *name = first->host.names.items[i], *was = first->host.values.items[i];
        const char *is = host_value(host, name);
        if (!is || strcmp(was, is) != 0) {
            add_line(notes, text_format("%s was %s, and is %s", name, was, is ? is : "unknown"));
        }
    }
}

/* ---- the rows ---- */

static struct reproduction_figure judge(const struct judged *what, double first, double second)
{
    struct reproduction_figure figure = {.name = what->name,
                                         .metric = what->metric,
                                         .first = first,
                                         .second = second,
                                         .difference = METRIC_ABSENT};
    if (metric_is_absent(first) || metric_is_absent(second)) {
        figure.is_within = metric_is_absent(first) && metric_is_absent(second);
        return figure;
    }
    double tolerated = gate_practical_threshold(what->metric) * fabs(first);
    figure.is_within = fabs(second - first) <= fmax(tolerated, what->resolution);
    if (first != 0) {
        figure.difference = (second - first) / first;
    }
    return figure;
}

static const struct summary_row *find_row(const struct summary *summary, const char *workload,
                                          enum object_allocator object_allocator,
                                          const char *allocator)
{
    for (size_t w = 0; w < summary->workload_count; w++) {
        const struct summary_workload *candidate = &summary->workloads[w];
        for (size_t g = 0; g < candidate->group_count; g++) {
            const struct summary_group *group = &candidate->groups[g];
            for (size_t r = 0; r < group->row_count; r++) {
                if (strcmp(candidate->name, workload) == 0 &&
                    group->object_allocator == object_allocator &&
                    strcmp(group->rows[r].allocator, allocator) == 0) {
                    return &group->rows[r];
                }
            }
        }
    }
    return NULL;
}

static void add_row(struct reproduction *reproduction, const struct summary_workload *workload,
                    const struct summary_group *group, const struct summary_row *was,
                    const struct summary *second)
{
    const struct summary_row *is =
        find_row(second, workload->name, group->object_allocator, was->allocator);
    struct reproduction_row row = {.workload = text_copy(workload->name),
                                   .allocator = text_copy(was->allocator),
                                   .object_allocator = group->object_allocator,
                                   .is_comparable = is && is->ok > 0 && was->ok > 0};
    row.is_reproduced = row.is_comparable;
    for (size_t i = 0; i < REPRODUCTION_FIGURES && row.is_comparable; i++) {
        row.figures[i] = judge(&judged[i], was->figures[judged[i].what].median,
                               is->figures[judged[i].what].median);
        row.is_reproduced &= row.figures[i].is_within;
    }
    reproduction->rows =
        text_grow(reproduction->rows, reproduction->row_count + 1, sizeof *reproduction->rows);
    reproduction->rows[reproduction->row_count++] = row;
    reproduction->reproduced += row.is_reproduced;
}

static void add_rows(struct reproduction *reproduction, const struct summary *first,
                     const struct summary *second)
{
    for (size_t w = 0; w < first->workload_count; w++) {
        const struct summary_workload *workload = &first->workloads[w];
        for (size_t g = 0; g < workload->group_count; g++) {
            for (size_t r = 0; r < workload->groups[g].row_count; r++) {
                add_row(reproduction, workload, &workload->groups[g], &workload->groups[g].rows[r],
                        second);
            }
        }
    }
}

void reproduction_make(struct reproduction *reproduction, const struct stored_run *first,
                       const struct stored_run *second)
{
    *reproduction = (struct reproduction){.first = text_copy(first->info.id)};
    size_t count = second->plan.setting_count;
    cleanup_free const struct wire_hello **identities = text_allocate(count * sizeof *identities);
    for (size_t i = 0; i < count; i++) {
        identities[i] = identity_in(second, i);
    }
    reproduction_add_changes(first, &second->plan, identities, &reproduction->changes);
    reproduction_add_notes(&first->info, &second->info.host, second->info.version,
                           &reproduction->notes);
    struct summary was, is;
    summary_make(&was, &first->plan, first->records, first->record_count);
    summary_make(&is, &second->plan, second->records, second->record_count);
    add_rows(reproduction, &was, &is);
    summary_clear(&was);
    summary_clear(&is);
}

void reproduction_clear(struct reproduction *reproduction)
{
    for (size_t i = 0; i < reproduction->row_count; i++) {
        free(reproduction->rows[i].workload);
        free(reproduction->rows[i].allocator);
    }
    free(reproduction->rows);
    free(reproduction->first);
    text_list_clear(&reproduction->changes);
    text_list_clear(&reproduction->notes);
    *reproduction = (struct reproduction){0};
}

/* ---- printing ---- */

static char *format_value(double value, enum metric metric)
{
    if (metric_is_absent(value)) {
        return text_copy("-");
    }
    return metric_table[metric].unit == UNIT_SECONDS ? text_format("%.3g s", value)
                                                     : text_format("%.1f MiB", value / 0x1p20);
}

/* The figure that is furthest off, among those that are known in both. */
static const struct reproduction_figure *furthest(const struct reproduction_row *row)
{
    const struct reproduction_figure *found = NULL;
    for (size_t i = 0; i < REPRODUCTION_FIGURES; i++) {
        const struct reproduction_figure *figure = &row->figures[i];
        /* Times of a few milliseconds differ by much and mean nothing. */
        bool is_memory = metric_table[figure->metric].unit == UNIT_BYTES;
        if (is_memory && !metric_is_absent(figure->difference) &&
            (!found || fabs(figure->difference) > fabs(found->difference))) {
            found = figure;
        }
    }
    return found;
}

static void print_reproduced(const struct reproduction_row *row, FILE *out)
{
    const struct reproduction_figure *figure = furthest(row);
    if (figure) {
        fprintf(out, "reproduced; memory is furthest off at %s: %+.1f %%\n", figure->name,
                100 * figure->difference);
    } else {
        fputs("reproduced\n", out);
    }
}

static void print_missed(const struct reproduction_row *row, FILE *out)
{
    const char *separator = "not reproduced: ";
    for (size_t i = 0; i < REPRODUCTION_FIGURES; i++) {
        const struct reproduction_figure *figure = &row->figures[i];
        if (figure->is_within) {
            continue;
        }
        cleanup_free char *first = format_value(figure->first, figure->metric);
        cleanup_free char *second = format_value(figure->second, figure->metric);
        fprintf(out, "%s%s %s, now %s", separator, figure->name, first, second);
        if (!metric_is_absent(figure->difference)) {
            fprintf(out, " (%+.1f %%)", 100 * figure->difference);
        }
        separator = "; ";
    }
    fputc('\n', out);
}

static void print_row(const struct reproduction_row *row, FILE *out)
{
    cleanup_free char *workload = utf8_tame(row->workload, strlen(row->workload), false);
    cleanup_free char *allocator = utf8_tame(row->allocator, strlen(row->allocator), false);
    fprintf(out, "  %s, %s%s: ", workload, allocator,
            row->object_allocator == OBJECT_MALLOC ? " (pymalloc off)" : "");
    if (!row->is_comparable) {
        fputs("not comparable: one of the runs has no trial of it that is ok\n", out);
    } else if (row->is_reproduced) {
        print_reproduced(row, out);
    } else {
        print_missed(row, out);
    }
}

void reproduction_print(const struct reproduction *reproduction, FILE *out)
{
    fprintf(out, "\nThis run repeats %s: %zu of %zu rows reproduced\n", reproduction->first,
            reproduction->reproduced, reproduction->row_count);
    for (size_t i = 0; i < reproduction->row_count; i++) {
        print_row(&reproduction->rows[i], out);
    }
    for (size_t i = 0; i < reproduction->changes.count; i++) {
        fprintf(out, "  changed: %s\n", reproduction->changes.items[i]);
    }
    for (size_t i = 0; i < reproduction->notes.count; i++) {
        fprintf(out, "  note: %s\n", reproduction->notes.items[i]);
    }
    fprintf(out,
            "  Reproduced: medians within %.0f %% (memory), %.0f %% (time). Medians only: whether "
            "a\n  difference is more than chance is not judged here.\n",
            100 * gate_practical_threshold(METRIC_ANON),
            100 * gate_practical_threshold(METRIC_WALL_SECONDS));
}
