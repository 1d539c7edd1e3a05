#include "report/document.h"

#include <jansson.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "report/document_trials.h"
#include "report/document_value.h"
#include "report/document_verdicts.h"
#include "report/document_workloads.h"
#include "report/served.h"

static json_t *run_of(const struct report *report)
{
    const struct run_info *info = report->info;
    const struct options *options = report->plan->options;
    json_t *object = json_object();
    document_set(object, "id", document_text(info->id));
    document_set(object, "started", document_text(info->started));
    document_set(object, "finished", document_text(info->finished));
    document_set(object, "repeats", document_text(info->again));
    document_set(object, "command", document_texts(&info->command));
    document_set(object, "directory", document_text(info->directory));
    document_set(object, "out", document_text(info->out));
    document_set(object, "plan", document_text(info->plan_path));
    document_set(object, "title", document_text(options->title));
    document_set(object, "description", document_text(options->description));
    document_set(object, "seed", json_integer((json_int_t)info->seed));
    document_set(object, "layout", document_text(options_layout_name(options->layout)));
    document_set(object, "runs", json_integer(options->runs));
    document_set(object, "blocks", json_integer((json_int_t)report->verdicts.blocks));
    document_set(object, "looks", json_integer((json_int_t)report->verdicts.looks));
    document_set(object, "cycles", json_integer(options->cycles));
    document_set(object, "settle", document_number(options->settle));
    return object;
}

static json_t *host_of(const struct host *host)
{
    json_t *object = json_object();
    for (size_t i = 0; i < host->names.count && i < host->values.count; i++) {
        document_set(object, host->names.items[i], document_text(host->values.items[i]));
    }
    return object;
}

/* `identity` is NULL where no trial came so far. */
static json_t *allocator_of(const struct setting *setting, const struct wire_hello *identity)
{
    json_t *object = json_object();
    document_set(object, "name", document_text(setting->name));
    document_set(object, "available", json_boolean(setting->is_available));
    document_set(object, "reason", document_text(setting->reason));
    document_set(object, "family", document_text(identity ? identity->family : NULL));
    document_set(object, "version", document_text(identity ? identity->version : NULL));
    document_set(object, "library", document_text(identity ? identity->library : setting->library));
    document_set(object, "build_id", document_text(identity ? identity->build_id : NULL));
    document_set(object, "settings", document_text(identity ? identity->settings : NULL));
    document_set(object, "environment", document_texts(&setting->environment));
    return object;
}

/* One for each malloc that served a setting: its name comes twice only if it was changed in
 * between. */
static json_t *allocators_of(const struct report *report)
{
    json_t *array = json_array();
    size_t records = report->record_count;
    cleanup_free const struct wire_hello **identities =
        text_allocate((records + 1) * sizeof *identities);
    for (size_t i = 0; i < report->plan->setting_count; i++) {
        const struct setting *setting = &report->plan->settings[i];
        size_t count = served_mallocs(report->records, records, setting, identities);
        for (size_t j = 0; j < count; j++) {
            json_array_append_new(array, allocator_of(setting, identities[j]));
        }
        if (count == 0) {
            json_array_append_new(array, allocator_of(setting, NULL));
        }
    }
    return array;
}

static json_t *metrics(void)
{
    json_t *object = json_object();
    for (int i = 0; i < METRIC_COUNT; i++) {
        json_t *metric = json_object();
        document_set(metric, "unit", document_text(metric_unit_name(metric_table[i].unit)));
        document_set(metric, "meaning", document_text(metric_table[i].meaning));
        document_set(object, metric_table[i].name, metric);
    }
    return object;
}

static json_t *headlines_of(const struct headlines *headlines)
{
    json_t *array = json_array();
    for (size_t i = 0; i < headlines->count; i++) {
        const struct headline *headline = &headlines->items[i];
        cleanup_free char *sentence = headline_sentence(headline);
        bool is_of_claim = headline->claim != SIZE_MAX;
        json_t *object = json_object();
        document_set(object, "word", document_text(headline->word));
        document_set(object, "sentence", document_text(sentence));
        document_set(object, "subject", document_text(headline->subject));
        document_set(object, "size", document_text(headline->size));
        document_set(object, "estimate", document_number(headline->estimate));
        document_set(object, "lower", document_number(headline->lower));
        document_set(object, "upper", document_number(headline->upper));
        document_set(object, "n", document_count(headline->n));
        document_set(object, "rest", document_text(headline->rest));
        document_set(object, "price", document_text(headline->price));
        document_set(object, "price_against", document_text(headline->against));
        document_set(object, "why", document_text(headline->why));
        document_set(object, "workload", document_text(headline->workload));
        document_set(object, "claim",
                     is_of_claim ? json_integer((json_int_t)headline->claim) : json_null());
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *warnings_of(const struct findings *limits)
{
    json_t *array = json_array();
    for (size_t i = 0; i < limits->count; i++) {
        const struct finding *finding = &limits->items[i];
        json_t *object = json_object();
        document_set(object, "grade", document_text(finding_grade_name(finding->grade)));
        document_set(object, "subject", document_text(finding->subject));
        document_set(object, "text", document_text(finding->text));
        document_set(object, "hint", document_text(finding->hint));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *document_of(const struct report *report)
{
    json_t *object = json_object();
    cleanup_free char *pythons = served_pythons(report->records, report->record_count);
    document_set(object, "schema", json_string(DOCUMENT_SCHEMA));
    document_set(object, "membench", document_text(report->info->version));
    document_set(object, "python", document_text(pythons));
    document_set(object, "run", run_of(report));
    document_set(object, "host", host_of(&report->info->host));
    document_set(object, "allocators", allocators_of(report));
    document_set(object, "headlines", headlines_of(&report->headlines));
    document_set(object, "warnings", warnings_of(&report->limits));
    document_set(object, "workloads", document_workloads(report));
    document_set(object, "claims", document_claims(&report->verdicts));
    document_set(object, "metrics", metrics());
    document_set(object, "trials", document_trials(report->records, report->record_count));
    return object;
}

/* Fifteen digits are what a double keeps of any decimal number: 0.1 stays 0.1. */
void document_print(const struct report *report, FILE *out)
{
    json_t *document = document_of(report);
    json_dumpf(document, out, JSON_INDENT(1) | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15));
    putc('\n', out);
    json_decref(document);
}

static void print_document(const void *report, FILE *out)
{
    document_print(report, out);
}

int document_write(const struct report *report, const char *path, struct error *err)
{
    return file_replace(path, print_document, report, err)
               ? error_hint(err, "free some space there, or choose another directory by --out")
               : 0;
}
