#include "tests/support/records.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

void records_init(struct records *records)
{
    static const char *const names[RECORDS_SETTINGS] = {
        "glibc",        "tcmalloc",    "jemalloc",         "mimalloc",
        "glibc-arena1", "glibc-tuned", "tcmalloc-minimal", "tcmalloc-aggressive",
        "tbbmalloc",    "scudo",       "mimalloc-eager",   "jemalloc-background",
    };
    *records = (struct records){.options = {.runs = 5, .cycles = 1, .settle = 1}};
    records->workload = (struct workload){.path = text_copy("/w/bursts.py"),
                                          .given = text_copy("bursts.py"),
                                          .name = text_copy("bursts"),
                                          .summary = text_copy("bursts of requests"),
                                          .sha256 = text_copy("abc"),
                                          .timeout = METRIC_ABSENT,
                                          .expect = OUTCOME_OK};
    for (size_t i = 0; i < RECORDS_SETTINGS; i++) {
        records->settings[i] = (struct setting){.name = text_copy(names[i]), .is_available = true};
    }
    records->plan = (struct plan){.options = &records->options,
                                  .workloads = &records->workload,
                                  .workload_count = 1,
                                  .settings = records->settings,
                                  .setting_count = RECORDS_SETTINGS,
                                  .trials = records->trials};
}

void records_clear(struct records *records)
{
    for (size_t i = 0; i < records->count; i++) {
        record_clear(&records->items[i]);
    }
    for (size_t i = 0; i < RECORDS_SETTINGS; i++) {
        free(records->settings[i].name);
        text_list_clear(&records->settings[i].environment);
    }
    free(records->workload.path);
    free(records->workload.given);
    free(records->workload.name);
    free(records->workload.summary);
    free(records->workload.sha256);
}

struct record *records_add(struct records *records, size_t setting, enum outcome outcome)
{
    if (records->count == RECORDS_MOST) {
        abort();
    }
    size_t i = records->count++;
    records->trials[i] = (struct trial){.number = (unsigned)i + 1,
                                        .block = 1,
                                        .position = (unsigned)i + 1,
                                        .workload = &records->workload,
                                        .setting = &records->settings[setting]};
    records->plan.trial_count = records->count;
    record_init(&records->items[i], &records->trials[i]);
    records->items[i].outcome = outcome;
    return &records->items[i];
}

struct sample *records_add_sample(struct record *record, const char *phase, unsigned cycle)
{
    record->samples = text_grow(record->samples, record->sample_count + 1, sizeof *record->samples);
    struct sample *sample = &record->samples[record->sample_count++];
    *sample = (struct sample){.cycle = cycle, .visit = 1};
    text_place(sample->phase, sizeof sample->phase, phase);
    for (int metric = 0; metric < METRIC_COUNT; metric++) {
        sample->values[metric] = METRIC_ABSENT;
    }
    return sample;
}

struct record *records_add_ok(struct records *records, size_t setting, double start, double end)
{
    struct record *record = records_add(records, setting, OUTCOME_OK);
    records_add_sample(record, PHASE_START, 1)->values[METRIC_ANON] = start * 0x1p20;
    records_add_sample(record, PHASE_END, 1)->values[METRIC_ANON] = end * 0x1p20;
    return record;
}

struct record *records_add_measured(struct records *records, size_t setting, const char *family,
                                    const struct sample *samples, size_t count)
{
    struct record *record = records_add(records, setting, OUTCOME_OK);
    text_place(record->identity.family, sizeof record->identity.family, family);
    record->samples = text_grow(NULL, count, sizeof *samples);
    memcpy(record->samples, samples, count * sizeof *samples);
    record->sample_count = count;
    return record;
}

struct record *records_add_value(struct records *records, size_t setting, unsigned block,
                                 const char *phase, enum metric metric, double value)
{
    struct record *record = records_add(records, setting, OUTCOME_OK);
    records->trials[records->count - 1].block = block;
    records_add_sample(record, phase, 1)->values[metric] = value;
    return record;
}

void records_set(char **text, const char *value)
{
    free(*text);
    *text = text_copy(value);
}
