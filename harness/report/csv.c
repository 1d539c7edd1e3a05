#include "report/csv.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "base/utf8.h"
#include "picture/markup.h"

static const char *const samples_header[] = {"run",
                                             "trial",
                                             "block",
                                             "position",
                                             "workload",
                                             "params",
                                             "allocator",
                                             "object_allocator",
                                             "outcome",
                                             "cycle",
                                             "phase",
                                             "visit",
                                             "elapsed_seconds",
                                             "metric",
                                             "unit",
                                             "value",
                                             "moved_bytes",
                                             "repeats",
                                             NULL};

static const char *const curve_header[] = {"run",
                                           "trial",
                                           "workload",
                                           "allocator",
                                           "object_allocator",
                                           "elapsed_seconds",
                                           "rss_bytes",
                                           "tree_private_bytes",
                                           "processes",
                                           NULL};

static const char *const trials_header[] = {
    "run",      "trial",    "block",       "position",
    "workload", "params",   "allocator",   "object_allocator",
    "outcome",  "summary",  "seconds",     "hash_seed",
    "padding",  "layout",   "library",     "build_id",
    "version",  "settings", "environment", "python",
    "warnings", "repeats",  NULL};

static const char *const census_header[] = {
    "run",     "trial", "workload",        "allocator",     "object_allocator", "phase", "type",
    "objects", "bytes", "garbage_objects", "garbage_bytes", "census_seconds",   NULL};

static void begin_field(struct csv_writer *writer)
{
    if (writer->is_in_row) {
        putc(',', writer->out);
    }
    writer->is_in_row = true;
}

void csv_end_row(struct csv_writer *writer)
{
    fputs("\r\n", writer->out);
    writer->is_in_row = false;
}

/* What spreadsheets take for the beginning of a formula, or skip in front of one (OWASP, "CSV
 * Injection"). */
static bool is_formula(const char *text)
{
    return *text != '\0' && strchr("=+-@\t\r\n", *text) != NULL;
}

static void put_character(FILE *out, uint32_t character, const char *bytes, size_t length)
{
    if (character == '\t' || character == '\r' || character == '\n') {
        putc(' ', out);
    } else if (character == UTF8_BROKEN || utf8_is_control(character)) {
        fputs(UTF8_REPLACEMENT, out);
    } else if (character == '"') {
        fputs("\"\"", out);
    } else {
        fwrite(bytes, 1, length, out);
    }
}

void csv_put_text(struct csv_writer *writer, const char *text)
{
    begin_field(writer);
    if (!text) {
        return;
    }
    const char *quote = strpbrk(text, ",\"") ? "\"" : "";
    fputs(quote, writer->out);
    if (is_formula(text)) {
        putc('\'', writer->out);
    }
    for (size_t left = strlen(text); left > 0;) {
        uint32_t character;
        size_t taken = utf8_decode(text, left, &character);
        put_character(writer->out, character, text, taken);
        text += taken;
        left -= taken;
    }
    fputs(quote, writer->out);
}

void csv_put_whole(struct csv_writer *writer, double number)
{
    begin_field(writer);
    if (isfinite(number)) {
        fprintf(writer->out, "%lld", llround(number));
    }
}

void csv_put_number(struct csv_writer *writer, double number)
{
    begin_field(writer);
    markup_put_exact(writer->out, number);
}

static int report_failure(const struct csv_file *file, struct error *err)
{
    error_errno(err, "cannot write '%s'", file->path);
    return error_hint(err, "free some space there, or choose another directory by --out");
}

static int flush(const struct csv_file *file, struct error *err)
{
    return fflush(file->stream) || ferror(file->stream) ? report_failure(file, err) : 0;
}

static int open_file(struct csv_file *file, const char *directory, const char *name,
                     const char *const *header, struct error *err)
{
    file->path = text_format("%s/%s", directory, name);
    file->stream = fopen(file->path, "wxe");
    if (!file->stream) {
        return error_errno(err, "cannot create '%s'", file->path);
    }
    struct csv_writer writer = {.out = file->stream};
    for (; *header; header++) {
        csv_put_text(&writer, *header);
    }
    csv_end_row(&writer);
    return flush(file, err);
}

int csv_open(struct csv_files *files, const char *directory, const char *run, struct error *err)
{
    *files = (struct csv_files){.run = text_copy(run), .directory = text_copy(directory)};
    if (file_make_directories(directory, err) ||
        open_file(&files->samples, directory, "samples.csv", samples_header, err) ||
        open_file(&files->curve, directory, "curve.csv", curve_header, err) ||
        open_file(&files->trials, directory, "trials.csv", trials_header, err)) {
        struct error second;
        csv_close(files, &second);
        return -1;
    }
    return 0;
}

/* The columns that samples.csv and trials.csv begin with. */
static void put_trial(struct csv_writer *writer, const char *run, const char *parameters,
                      const struct record *record)
{
    const struct trial *trial = record->trial;
    csv_put_text(writer, run);
    csv_put_whole(writer, trial->number);
    csv_put_whole(writer, trial->block);
    csv_put_whole(writer, trial->position);
    csv_put_text(writer, trial->workload->name);
    csv_put_text(writer, parameters);
    csv_put_text(writer, trial->setting->name);
    csv_put_text(writer, options_object_allocator_name(trial->object_allocator));
    csv_put_text(writer, outcome_name(record->outcome));
}

static void put_value(struct csv_writer *writer, const struct sample *sample, enum metric metric)
{
    const struct metric_info *info = &metric_table[metric];
    csv_put_whole(writer, sample->cycle);
    csv_put_text(writer, sample->phase);
    csv_put_whole(writer, sample->visit);
    csv_put_number(writer, sample->elapsed);
    csv_put_text(writer, info->name);
    csv_put_text(writer, metric_unit_name(info->unit));
    if (info->unit == UNIT_SECONDS || info->unit == UNIT_RATIO) {
        csv_put_number(writer, sample->values[metric]);
    } else {
        csv_put_whole(writer, sample->values[metric]);
    }
    csv_put_whole(writer, sample->moved);
}

static void put_repeats(struct csv_writer *writer, const struct trial *trial)
{
    csv_put_whole(writer, trial->repeats ? trial->repeats : METRIC_ABSENT);
}

static void put_no_value(struct csv_writer *writer)
{
    enum { FIELDS = 8 }; /* as put_value */
    for (int i = 0; i < FIELDS; i++) {
        csv_put_text(writer, NULL);
    }
}

static void add_samples(FILE *out, const char *run, const char *parameters,
                        const struct record *record)
{
    struct csv_writer writer = {.out = out};
    for (size_t i = 0; i < record->sample_count; i++) {
        for (int metric = 0; metric < METRIC_COUNT; metric++) {
            put_trial(&writer, run, parameters, record);
            put_value(&writer, &record->samples[i], (enum metric)metric);
            put_repeats(&writer, record->trial);
            csv_end_row(&writer);
        }
    }
    if (record->sample_count == 0) {
        put_trial(&writer, run, parameters, record);
        put_no_value(&writer);
        put_repeats(&writer, record->trial);
        csv_end_row(&writer);
    }
}

static void add_curve(FILE *out, const char *run, const struct record *record)
{
    struct csv_writer writer = {.out = out};
    const struct trial *trial = record->trial;
    for (size_t i = 0; i < record->curve_count; i++) {
        const struct curve_point *point = &record->curve[i];
        csv_put_text(&writer, run);
        csv_put_whole(&writer, trial->number);
        csv_put_text(&writer, trial->workload->name);
        csv_put_text(&writer, trial->setting->name);
        csv_put_text(&writer, options_object_allocator_name(trial->object_allocator));
        csv_put_number(&writer, point->elapsed);
        csv_put_whole(&writer, point->rss);
        csv_put_whole(&writer, point->tree_private);
        csv_put_whole(&writer, point->processes);
        csv_end_row(&writer);
    }
}

static void add_types(FILE *out, const char *run, const struct record *record)
{
    struct csv_writer writer = {.out = out};
    const struct trial *trial = record->trial;
    const struct population *population = &record->population;
    for (size_t i = 0; i < population->type_count; i++) {
        const struct population_type *type = &population->types[i];
        csv_put_text(&writer, run);
        csv_put_whole(&writer, trial->number);
        csv_put_text(&writer, trial->workload->name);
        csv_put_text(&writer, trial->setting->name);
        csv_put_text(&writer, options_object_allocator_name(trial->object_allocator));
        csv_put_text(&writer, population->phase);
        csv_put_text(&writer, type->name);
        csv_put_whole(&writer, type->count);
        csv_put_whole(&writer, type->bytes);
        csv_put_whole(&writer, type->garbage_count);
        csv_put_whole(&writer, type->garbage_bytes);
        csv_put_number(&writer, population->seconds);
        csv_end_row(&writer);
    }
}

/* Most runs take no census, and leave no empty file of it. */
static int add_census(struct csv_files *files, const struct record *record, struct error *err)
{
    if (record->population.type_count == 0) {
        return 0;
    }
    if (!files->census.stream &&
        open_file(&files->census, files->directory, "census.csv", census_header, err)) {
        return -1;
    }
    add_types(files->census.stream, files->run, record);
    return flush(&files->census, err);
}

static void add_trial(FILE *out, const char *run, const char *parameters, enum layout layout,
                      const struct record *record)
{
    struct csv_writer writer = {.out = out};
    const struct trial *trial = record->trial;
    const struct wire_hello *identity = &record->identity;
    cleanup_free char *environment = text_join(&trial->setting->environment, " ");
    cleanup_free char *warnings = text_join(&record->warnings, "; ");

    put_trial(&writer, run, parameters, record);
    csv_put_text(&writer, record->summary);
    csv_put_number(&writer, record->seconds);
    csv_put_whole(&writer, trial->hash_seed);
    csv_put_whole(&writer, trial->padding);
    csv_put_text(&writer, options_layout_name(layout));
    csv_put_text(&writer, identity->library);
    csv_put_text(&writer, identity->build_id);
    csv_put_text(&writer, identity->version);
    csv_put_text(&writer, identity->settings);
    csv_put_text(&writer, environment);
    csv_put_text(&writer, identity->python);
    csv_put_text(&writer, warnings);
    put_repeats(&writer, trial);
    csv_end_row(&writer);
}

int csv_add(struct csv_files *files, const struct plan *plan, const struct record *record,
            struct error *err)
{
    cleanup_free char *parameters = workload_parameters_text(record->trial->workload);
    add_samples(files->samples.stream, files->run, parameters, record);
    add_curve(files->curve.stream, files->run, record);
    add_trial(files->trials.stream, files->run, parameters, plan->options->layout, record);

    /* All of them, whatever becomes of the first: as much as possible is kept. */
    struct error second;
    int samples = flush(&files->samples, err);
    int curve = flush(&files->curve, samples ? &second : err);
    int trials = flush(&files->trials, samples || curve ? &second : err);
    int census = add_census(files, record, samples || curve || trials ? &second : err);
    return samples || curve || trials || census ? -1 : 0;
}

static int close_file(struct csv_file *file, struct error *err)
{
    int result = 0;
    if (file->stream && fclose(file->stream)) {
        result = report_failure(file, err);
    }
    free(file->path);
    *file = (struct csv_file){0};
    return result;
}

int csv_close(struct csv_files *files, struct error *err)
{
    struct error second;
    int samples = close_file(&files->samples, err);
    int curve = close_file(&files->curve, samples ? &second : err);
    int trials = close_file(&files->trials, samples || curve ? &second : err);
    int census = close_file(&files->census, samples || curve || trials ? &second : err);
    free(files->run);
    free(files->directory);
    files->run = files->directory = NULL;
    return samples || curve || trials || census ? -1 : 0;
}
