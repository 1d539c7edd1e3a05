#include "report/document_trials.h"

#include "base/cleanup.h"
#include "report/document_value.h"

static json_t *sample_of(const struct sample *sample)
{
    json_t *object = json_object(), *values = json_object();
    document_set(object, "cycle", json_integer(sample->cycle));
    document_set(object, "phase", document_text(sample->phase));
    document_set(object, "visit", json_integer(sample->visit));
    document_set(object, "elapsed_seconds", document_number(sample->elapsed));
    document_set(object, "moved_bytes", document_number(sample->moved));
    for (int metric = 0; metric < METRIC_COUNT; metric++) {
        document_set(values, metric_table[metric].name, document_number(sample->values[metric]));
    }
    document_set(object, "values", values);
    return object;
}

static void describe(json_t *object, const struct trial *trial)
{
    cleanup_free char *parameters = workload_parameters_text(trial->workload);
    document_set(object, "number", json_integer(trial->number));
    document_set(object, "block", json_integer(trial->block));
    document_set(object, "position", json_integer(trial->position));
    document_set(object, "repeats", document_count(trial->repeats));
    document_set(object, "workload", document_text(trial->workload->name));
    document_set(object, "params", document_text(parameters));
    document_set(object, "allocator", document_text(trial->setting->name));
    document_set(object, "object_allocator",
                 document_text(options_object_allocator_name(trial->object_allocator)));
    document_set(object, "hash_seed", json_integer(trial->hash_seed));
    document_set(object, "padding", json_integer(trial->padding));
}

static json_t *trial_of(const struct record *record)
{
    json_t *object = json_object(), *samples = json_array();
    describe(object, record->trial);
    document_set(object, "outcome", document_text(outcome_name(record->outcome)));
    document_set(object, "expected", json_boolean(record_is_expected(record)));
    document_set(object, "summary", document_text(record->summary));
    document_set(object, "seconds", document_number(record->seconds));
    document_set(object, "python", document_text(record->identity.python));
    document_set(object, "build_id", document_text(record->identity.build_id));
    document_set(object, "warnings", document_texts(&record->warnings));
    for (size_t i = 0; i < record->sample_count; i++) {
        json_array_append_new(samples, sample_of(&record->samples[i]));
    }
    document_set(object, "samples", samples);
    return object;
}

json_t *document_trials(const struct record *records, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(array, trial_of(&records[i]));
    }
    return array;
}
