#include "stats/extract.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "stats/gated.h"
#include "stats/observations.h"

static void set(char **field, const char *text)
{
    free(*field);
    *field = text_copy(text);
}

/* What served malloc, as the first trial that proved it says. */
static const struct wire_hello *identity_of(const struct stored_run *run,
                                            const struct setting *setting)
{
    for (size_t i = 0; i < run->record_count; i++) {
        const struct record *record = &run->records[i];
        if (record->identity.python[0] && (!setting || record->trial->setting == setting)) {
            return &record->identity;
        }
    }
    return NULL;
}

static void copy_parts(struct baseline *baseline, const struct stored_run *run)
{
    for (size_t i = 0; i < run->plan.setting_count; i++) {
        const struct setting *setting = &run->plan.settings[i];
        const struct wire_hello *identity = identity_of(run, setting);
        *baseline_add_allocator(baseline) =
            (struct baseline_allocator){.name = text_copy(setting->name),
                                        .build_id = text_copy(identity ? identity->build_id : ""),
                                        .version = text_copy(identity ? identity->version : "")};
        text_tame(baseline->allocators[i].version);
    }
    for (size_t i = 0; i < run->plan.workload_count; i++) {
        const struct workload *workload = &run->plan.workloads[i];
        *baseline_add_workload(baseline) =
            (struct baseline_workload){.name = text_copy(workload->name),
                                       .sha256 = text_copy(workload->sha256),
                                       .parameters = workload_parameters_text(workload)};
    }
}

static void describe(struct baseline *baseline, const struct stored_run *run)
{
    const struct wire_hello *identity = identity_of(run, NULL);
    set(&baseline->membench, run->info.version);
    set(&baseline->run, run->info.id);
    set(&baseline->python, identity ? identity->python : "");
    for (size_t i = 0; i < run->info.host.names.count; i++) {
        host_add(&baseline->host, run->info.host.names.items[i], run->info.host.values.items[i]);
    }
    baseline->cycles = run->options.cycles;
    baseline->settle = run->options.settle;
    baseline->layout = run->options.layout;
    const char *huge_pages = host_value(&run->info.host, HOST_TRIALS_HUGE_PAGES);
    baseline->no_huge_pages = huge_pages && strcmp(huge_pages, "off") == 0;
}

/* A place for each block, so that those of one block stand at one place in every list. */
static double *spread(const struct observations *read, size_t blocks)
{
    double *values = text_allocate((blocks + 1) * sizeof *values);
    for (size_t i = 0; i < blocks; i++) {
        values[i] = METRIC_ABSENT;
    }
    for (size_t i = 0; i < read->count; i++) {
        if (read->blocks[i] >= 1 && read->blocks[i] <= blocks) {
            values[read->blocks[i] - 1] = read->values[i];
        }
    }
    return values;
}

static size_t count_blocks(const struct plan *plan)
{
    size_t most = 0;
    for (size_t i = 0; i < plan->trial_count; i++) {
        const struct trial *trial = &plan->trials[i];
        if (trial->repeats == 0 && trial->block > most) {
            most = trial->block;
        }
    }
    return most < BASELINE_MOST_VALUES ? most : BASELINE_MOST_VALUES;
}

static void take(struct baseline *baseline, const struct observations_source *source,
                 const struct observations_key *key)
{
    struct observations read;
    observations_read(&read, source, key);
    if (read.count > 0) {
        size_t blocks = count_blocks(source->plan);
        *baseline_add_series(baseline) =
            (struct baseline_series){.workload = (size_t)(key->workload - source->plan->workloads),
                                     .allocator = (size_t)(key->setting - source->plan->settings),
                                     .object_allocator = key->object_allocator,
                                     .phase = text_copy(key->phase),
                                     .metric = key->metric,
                                     .values = spread(&read, blocks),
                                     .count = blocks};
    }
    observations_clear(&read);
}

/* By workload, layer and allocator, then by figure: what changes together stands together. */
static void take_all(struct baseline *baseline, const struct stored_run *run,
                     const struct gated *gated)
{
    const struct plan *plan = &run->plan;
    struct observations_source source = {plan, run->records, run->record_count};
    for (size_t w = 0; w < plan->workload_count; w++) {
        for (int o = 0; o < OBJECT_ALLOCATOR_COUNT; o++) {
            for (size_t s = 0; s < plan->setting_count; s++) {
                for (size_t f = 0; f < gated->count; f++) {
                    struct observations_key key = {.workload = &plan->workloads[w],
                                                   .setting = &plan->settings[s],
                                                   .object_allocator = (enum object_allocator)o,
                                                   .phase = gated->figures[f].phase,
                                                   .metric = gated->figures[f].metric};
                    take(baseline, &source, &key);
                }
            }
        }
    }
}

void extract_baseline(struct baseline *baseline, const struct stored_run *run,
                      const struct gate *gates, size_t gate_count)
{
    struct gated gated;
    baseline_init(baseline);
    describe(baseline, run);
    baseline_copy_gates(baseline, run->options.gates, run->options.gate_count);
    copy_parts(baseline, run);
    gated_init(&gated, gates ? gates : run->options.gates,
               gates ? gate_count : run->options.gate_count);
    take_all(baseline, run, &gated);
    gated_clear(&gated);
}
