#include "tests/support/showcase.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tests/support/standstills.h"

enum { BLOCKS = 8, SETTINGS = 3 };

static void put_meters(struct standstills *trial, double noise)
{
    standstills_set(trial, METRIC_CPU_SECONDS, 2 * noise);
    standstills_set(trial, METRIC_WALL_SECONDS, 2.2 * noise);
    standstills_set(trial, METRIC_MINOR_FAULTS, 40000);
    standstills_set(trial, METRIC_TRACKED_OBJECTS, 91000);
    standstills_set(trial, METRIC_ALLOCATED_BLOCKS, 488354);
}

/* The peak is at 'loaded'; of what malloc has free jemalloc gives two thirds back when idle. */
static void fill(struct standstills *trial, size_t setting, double noise)
{
    static const double free_sizes[SETTINGS] = {60, 20, 60};
    double size = free_sizes[setting] * noise;
    standstills_init(trial, true);
    standstills_add(trial, "loaded", 1);
    standstills_put(trial, METRIC_OWNER_FILE_CLEAN, 9);
    standstills_put(trial, METRIC_OWNER_PYMALLOC_LIVE, 15);
    standstills_put(trial, METRIC_OWNER_PYMALLOC_FREE_POOLS, 20);
    standstills_put(trial, METRIC_OWNER_MALLOC_IN_USE, 12);
    standstills_put(trial, METRIC_OWNER_MALLOC_RELEASABLE, 1.5 * size);
    put_meters(trial, noise);
    standstills_add(trial, PHASE_END, 1);
    standstills_put(trial, METRIC_OWNER_MALLOC_RELEASABLE, -0.5 * size);
    standstills_add(trial, PHASE_SETTLED, 1);
    standstills_put(trial, METRIC_OWNER_MALLOC_RELEASABLE, setting == 2 ? -2 * size / 3 : 0);
    standstills_add(trial, PHASE_COLLECTED, 1);
    standstills_add(trial, PHASE_RELEASED, 1);
    standstills_put(trial, METRIC_OWNER_MALLOC_RELEASABLE, setting == 0 ? -0.9 * size : 0);
    for (size_t i = 0; i < trial->count; i++) {
        trial->items[i].values[METRIC_PEAK_RSS] = trial->items[1].values[METRIC_RSS];
    }
}

/* Between 'start' and 'loaded' memory rises in steps. */
static void add_curve(struct record *record)
{
    enum { STEPS = 9 };
    double from = record->samples[0].values[METRIC_RSS], to = record->samples[1].values[METRIC_RSS];
    record->curve = text_grow(record->curve, STEPS, sizeof *record->curve);
    record->curve_count = STEPS;
    for (int i = 0; i < STEPS; i++) {
        double rss = from + (to - from) * i * i / (STEPS * STEPS);
        record->curve[i] = (struct curve_point){
            .elapsed = 0.1 * (i + 1), .rss = rss, .tree_private = rss, .processes = 1};
    }
}

static void add_trials(struct records *records)
{
    static const char *const families[SETTINGS] = {"glibc", "tcmalloc", "jemalloc"};
    for (unsigned block = 1; block <= BLOCKS; block++) {
        for (size_t setting = 0; setting < SETTINGS; setting++) {
            struct standstills trial;
            fill(&trial, setting, 1 + 0.01 * (double)((block * 5 + setting) % 8));
            struct record *record =
                records_add_measured(records, setting, families[setting], trial.items, trial.count);
            records->trials[records->count - 1].block = block;
            add_curve(record);
        }
    }
}

static void add_claims(struct records *records)
{
    static const char *const claims[] = {"tcmalloc settled.anon <= 0.80 * glibc",
                                         "tcmalloc settled.anon <= 0.50 * glibc",
                                         "settled.anon <= 85MiB", "tcmalloc served.anon <= 1MiB"};
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        struct error err;
        if (options_add_claim(&records->options, claims[i], "What the page says",
                              "https://example.org/post", &err)) {
            abort();
        }
    }
}

void showcase_make(struct records *records)
{
    records_init(records);
    records->plan.setting_count = SETTINGS;
    records->options.runs = BLOCKS;
    records->options.settle = 5;
    records_set(&records->workload.summary, "Bursts: threads render and cache; little stays.");
    add_trials(records);
    struct record *first = &records->items[0];
    first->samples[2].values[METRIC_SWAP] = 0x1p20;
    text_place(first->population.phase, sizeof first->population.phase, PHASE_SETTLED);
    first->population.seconds = 0.25;
    population_add(&first->population, "dict", 4000, 3e6, 0, 0);
    population_add(&first->population, "app.Session", 900, 1e6, 0, 0);
    struct record *crashed = records_add(records, 1, OUTCOME_CRASHED);
    records->trials[records->count - 1].block = BLOCKS;
    records_set(&crashed->summary, "killed by signal 11 (Segmentation fault)");
    records_set(&crashed->output, "Fatal Python error: Segmentation fault\n");
    crashed->output_length = strlen(crashed->output);
    add_claims(records);
}

void showcase_clear(struct records *records)
{
    for (size_t i = 0; i < records->options.claim_count; i++) {
        claim_clear(&records->options.claims[i]);
    }
    free(records->options.claims);
    records_clear(records);
}
