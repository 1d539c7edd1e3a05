#include "stats/observations.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "stats/permutation.h"

/* One trial that has a value. */
struct entry {
    unsigned block; /* the planned one */
    bool is_repetition;
    double value;
};

struct entries {
    struct entry *items;
    size_t count;
};

static bool is_of(const struct record *record, const struct observations_key *key)
{
    const struct trial *trial = record->trial;
    return trial->workload == key->workload && trial->setting == key->setting &&
           trial->object_allocator == key->object_allocator;
}

static double value_of(const struct record *record, const struct observations_key *key)
{
    if (key->phase[0] != '\0') {
        return record_value(record, key->phase, key->metric);
    }
    double highest = METRIC_ABSENT;
    for (size_t i = 0; i < record->sample_count; i++) {
        highest = fmax(highest, record->samples[i].values[key->metric]); /* ignores a NAN */
    }
    return highest;
}

/* By block, a repetition before what it repeats. */
static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->block != y->block) {
        return x->block < y->block ? -1 : 1;
    }
    return (int)y->is_repetition - (int)x->is_repetition;
}

static struct entries collect(const struct observations_source *source,
                              const struct observations_key *key)
{
    struct entries entries = {.items = text_allocate((source->count + 1) * sizeof(struct entry))};
    for (size_t i = 0; i < source->count; i++) {
        const struct record *record = &source->records[i];
        if (record->outcome != OUTCOME_OK || !is_of(record, key)) {
            continue;
        }
        double value = value_of(record, key);
        const struct trial *trial = record->trial;
        if (!metric_is_absent(value)) {
            entries.items[entries.count++] =
                (struct entry){.block = trial->repeats ? trial->repeats : trial->block,
                               .is_repetition = trial->repeats != 0,
                               .value = value};
        }
    }
    qsort(entries.items, entries.count, sizeof *entries.items, compare_entries);
    return entries;
}

/* Why collect() found nothing. */
static char *explain(const struct observations_source *source, const struct observations_key *key)
{
    const struct record *failed = NULL;
    size_t ok = 0, visits = 0;
    for (size_t i = 0; i < source->count; i++) {
        const struct record *record = &source->records[i];
        if (!is_of(record, key)) {
            continue;
        }
        failed = record->outcome == OUTCOME_OK || failed ? failed : record;
        ok += record->outcome == OUTCOME_OK;
        visits += record->outcome == OUTCOME_OK && record_sample(record, key->phase);
    }
    const char *allocator = key->setting->name, *workload = key->workload->name;
    if (ok == 0 && failed) {
        bool has_summary = failed->summary[0] != '\0';
        return text_format("no run of %s on %s was ok: %s%s%s", allocator, workload,
                           outcome_name(failed->outcome), has_summary ? ": " : "", failed->summary);
    }
    if (ok == 0) {
        return text_format("%s was not run on %s", allocator, workload);
    }
    if (visits == 0 && key->phase[0] != '\0') {
        return text_format("no run of %s on %s came by a phase '%s'", allocator, workload,
                           key->phase);
    }
    cleanup_free char *figure = observations_figure_name(key->phase, key->metric);
    return text_format("%s was not measured of %s on %s", figure, allocator, workload);
}

void observations_read(struct observations *arm, const struct observations_source *source,
                       const struct observations_key *key)
{
    struct entries entries = collect(source, key);
    *arm =
        (struct observations){.values = text_allocate((entries.count + 1) * sizeof *arm->values),
                              .blocks = text_allocate((entries.count + 1) * sizeof *arm->blocks)};
    for (size_t i = 0; i < entries.count; i++) {
        if (i == 0 || entries.items[i].block != entries.items[i - 1].block) {
            arm->blocks[arm->count] = entries.items[i].block;
            arm->values[arm->count++] = entries.items[i].value;
        }
    }
    free(entries.items);
    arm->missing = arm->count == 0 ? explain(source, key) : NULL;
}

static const struct entry *find(const struct entries *entries, const struct entry *like)
{
    for (size_t i = 0; i < entries->count; i++) {
        if (compare_entries(&entries->items[i], like) == 0) {
            return &entries->items[i];
        }
    }
    return NULL;
}

/* In one block and its repetition, both values come from the same of the two. */
static void pair(struct observations *left, struct observations *right,
                 const struct entries *left_entries, const struct entries *right_entries)
{
    unsigned last = 0;
    for (size_t i = 0; i < left_entries->count; i++) {
        const struct entry *one = &left_entries->items[i];
        const struct entry *other = find(right_entries, one);
        if (other && one->block != last) {
            left->values[left->count++] = one->value;
            right->values[right->count++] = other->value;
            last = one->block;
        }
    }
}

void observations_read_pairs(struct observations *left, struct observations *right,
                             const struct observations_source *source,
                             const struct observations_key *left_key,
                             const struct observations_key *right_key)
{
    struct entries left_entries = collect(source, left_key);
    struct entries right_entries = collect(source, right_key);
    size_t most = left_entries.count + 1;
    *left = (struct observations){.values = text_allocate(most * sizeof *left->values)};
    *right = (struct observations){.values = text_allocate(most * sizeof *right->values)};
    pair(left, right, &left_entries, &right_entries);
    if (left_entries.count == 0) {
        left->missing = explain(source, left_key);
    }
    if (right_entries.count == 0) {
        right->missing = explain(source, right_key);
    }
    if (left->count == 0 && !left->missing && !right->missing) {
        left->missing = text_format("no block has both %s and %s on %s", left_key->setting->name,
                                    right_key->setting->name, left_key->workload->name);
    }
    free(left_entries.items);
    free(right_entries.items);
}

void observations_clear(struct observations *arm)
{
    free(arm->values);
    free(arm->blocks);
    free(arm->missing);
    *arm = (struct observations){0};
}

char *observations_figure_name(const char *phase, enum metric metric)
{
    return text_format("%s%s%s", phase, phase[0] != '\0' ? "." : "", metric_table[metric].name);
}

void observations_read_both(struct observations *left, struct observations *right,
                            const struct observations_source *source,
                            const struct observations_key *left_key,
                            const struct observations_key *right_key, bool is_paired)
{
    if (is_paired) {
        observations_read_pairs(left, right, source, left_key, right_key);
    } else {
        observations_read(left, source, left_key);
        observations_read(right, source, right_key);
    }
}

bool observations_have(const struct observations_source *source, const struct observations_key *key)
{
    const struct plan *plan = source->plan;
    for (size_t i = 0; i < plan->trial_count; i++) {
        const struct trial *trial = &plan->trials[i];
        if (trial->workload == key->workload && trial->object_allocator == key->object_allocator &&
            (!key->setting || trial->setting == key->setting)) {
            return true;
        }
    }
    return false;
}

uint64_t observations_seed(const struct observations_source *source,
                           const struct observations_key *key, const char *right, const char *what)
{
    cleanup_free char *parameters = workload_parameters_text(key->workload);
    cleanup_free char *text = text_format("%s %s/%s/%s/%s/%s", key->workload->name, parameters,
                                          options_object_allocator_name(key->object_allocator),
                                          key->setting->name, right, what);
    return permutation_seed(source->plan->options->seed, text);
}
