/* Reading the store: a run looks then as if it had just been made. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "store/packing.h"
#include "store/store.h"

static void read_info(sqlite3_stmt *row, struct run_info *info)
{
    *info = (struct run_info){.id = database_text(row, 0),
                              .started = database_text(row, 1),
                              .finished = database_text(row, 2),
                              .version = database_text(row, 3),
                              .directory = database_text(row, 4),
                              .out = database_text(row, 6),
                              .seed = (uint64_t)sqlite3_column_int64(row, 7),
                              .trials = (size_t)sqlite3_column_int64(row, 8),
                              .again = database_text(row, 9),
                              .plan_path = database_text(row, 10),
                              .plan_json = database_text(row, 11)};
    cleanup_free char *command = database_text(row, 5);
    packing_read_texts(command, &info->command);
}

#define INFO_COLUMNS                                                                               \
    "SELECT id, started, finished, version, directory, command, out, seed, "                       \
    "(SELECT count(*) FROM trial WHERE trial.run = run.id), again, plan_path, plan FROM run "

int store_list(struct database *database, struct run_info **runs, size_t *count, struct error *err)
{
    cleanup_statement sqlite3_stmt *rows =
        database_prepare(database, err, INFO_COLUMNS "ORDER BY started, rowid", "");
    *runs = NULL;
    *count = 0;
    int row = rows ? 1 : -1;
    while (rows && (row = database_step(database, rows, err)) > 0) {
        *runs = text_grow(*runs, *count + 1, sizeof **runs);
        read_info(rows, &(*runs)[(*count)++]);
    }
    return row < 0 ? -1 : 0;
}

static int unknown_run(struct database *database, const char *id, struct error *err)
{
    struct text_list known = {0};
    cleanup_statement sqlite3_stmt *rows =
        database_prepare(database, err, "SELECT id FROM run ORDER BY started DESC LIMIT 1000", "");
    while (rows && database_step(database, rows, err) > 0) {
        text_list_add(&known, (const char *)sqlite3_column_text(rows, 0));
    }
    cleanup_free char *near = text_nearest(id, (const char *const *)known.items, known.count);
    text_list_clear(&known);
    error_set(err, "there is no run '%s' in '%s'", id, database->path);
    return error_hint(err, "%s%s%s'membench list runs' shows all; 'last' is the newest",
                      near ? "did you mean " : "", near ? near : "", near ? "? " : "");
}

static int read_host(struct database *database, struct run_info *info, struct error *err)
{
    cleanup_statement sqlite3_stmt *rows = database_prepare(
        database, err, "SELECT name, value FROM host WHERE run = ? ORDER BY ordinal", "t",
        info->id);
    int row = rows ? 1 : -1;
    while (rows && (row = database_step(database, rows, err)) > 0) {
        host_add(&info->host, (const char *)sqlite3_column_text(rows, 0),
                 (const char *)sqlite3_column_text(rows, 1));
    }
    return row < 0 ? -1 : 0;
}

/* The run whose id begins so, if there is only one; else NULL. */
static char *complete_id(struct database *database, const char *prefix, struct error *err)
{
    cleanup_statement sqlite3_stmt *rows = database_prepare(
        database, err, "SELECT id FROM run WHERE substr(id, 1, length(?1)) = ?1 LIMIT 2", "t",
        prefix);
    if (prefix[0] == '\0' || !rows || database_step(database, rows, err) <= 0) {
        return NULL;
    }
    cleanup_free char *id = database_text(rows, 0);
    return database_step(database, rows, err) == 0 ? take_pointer(id) : NULL;
}

/* Runs of one second are told apart by the order in which they were entered: ids end in chance. */
static int find_exact(struct database *database, const char *id, struct run_info *info,
                      struct error *err)
{
    bool is_last = strcmp(id, "last") == 0;
    cleanup_statement sqlite3_stmt *rows =
        is_last ? database_prepare(database, err,
                                   INFO_COLUMNS "ORDER BY started DESC, rowid DESC LIMIT 1", "")
                : database_prepare(database, err, INFO_COLUMNS "WHERE id = ?", "t", id);
    int row = rows ? database_step(database, rows, err) : -1;
    if (row <= 0) {
        return row < 0 ? -1 : 1;
    }
    read_info(rows, info);
    if (read_host(database, info, err)) {
        run_info_clear(info);
        return -1;
    }
    return 0;
}

int store_find(struct database *database, const char *id, struct run_info *info, struct error *err)
{
    int answer = find_exact(database, id, info, err);
    if (answer == 1) {
        cleanup_free char *whole = complete_id(database, id, err);
        answer = whole ? find_exact(database, whole, info, err) : 1;
    }
    return answer == 1 ? unknown_run(database, id, err) : answer;
}

static int read_options(struct database *database, struct stored_run *run, struct error *err)
{
    cleanup_statement sqlite3_stmt *rows = database_prepare(
        database, err,
        "SELECT runs, cycles, settle, layout, runs_auto, title, description FROM run WHERE id = ?",
        "t", run->info.id);
    int row = rows ? database_step(database, rows, err) : -1;
    if (row <= 0) {
        return row < 0 ? -1 : error_set(err, "the run '%s' is gone", run->info.id);
    }
    options_init(&run->options);
    run->options.seed = run->info.seed;
    run->options.runs = (unsigned)sqlite3_column_int(rows, 0);
    run->options.cycles = (unsigned)sqlite3_column_int(rows, 1);
    run->options.settle = sqlite3_column_double(rows, 2);
    cleanup_free char *layout = database_text(rows, 3);
    run->options.layout = strcmp(layout, "fixed") == 0 ? LAYOUT_FIXED : LAYOUT_RANDOM;
    run->options.runs_auto = sqlite3_column_int(rows, 4);
    run->options.title = database_text(rows, 5);
    run->options.description = database_text(rows, 6);
    return 0;
}

static int read_claims(struct database *database, struct stored_run *run, struct error *err)
{
    cleanup_statement sqlite3_stmt *rows = database_prepare(
        database, err, "SELECT text, title, source FROM claim WHERE run = ? ORDER BY ordinal", "t",
        run->info.id);
    int row = rows ? 1 : -1;
    while (rows && (row = database_step(database, rows, err)) > 0) {
        cleanup_free char *text = database_text(rows, 0);
        cleanup_free char *title = database_text(rows, 1);
        cleanup_free char *source = database_text(rows, 2);
        if (options_add_claim(&run->options, text, title, source, err)) {
            return error_wrap(err, "the run '%s'", run->info.id);
        }
    }
    return row < 0 ? -1 : 0;
}

static int read_gates(struct database *database, struct stored_run *run, struct error *err)
{
    cleanup_statement sqlite3_stmt *rows = database_prepare(
        database, err,
        "SELECT name, level, threshold, control FROM gate WHERE run = ? ORDER BY ordinal", "t",
        run->info.id);
    int row = rows ? 1 : -1;
    while (rows && (row = database_step(database, rows, err)) > 0) {
        struct gate gate;
        cleanup_free char *name = database_text(rows, 0);
        cleanup_free char *level = database_text(rows, 1);
        if (gate_parse(&gate, name, err)) {
            return error_wrap(err, "the run '%s'", run->info.id);
        }
        gate_level_parse(level, &gate.level); /* the schema lets in no other */
        gate.threshold = sqlite3_column_double(rows, 2);
        free(gate.control);
        gate.control = database_text(rows, 3);
        *options_add_gate(&run->options) = gate;
    }
    return row < 0 ? -1 : 0;
}

static int read_workloads(struct database *database, struct stored_run *run, struct error *err)
{
    struct plan *plan = &run->plan;
    cleanup_statement sqlite3_stmt *rows = database_prepare(
        database, err,
        "SELECT name, path, sha256, summary, is_script, expect, parameters FROM workload "
        "WHERE run = ? ORDER BY ordinal",
        "t", run->info.id);
    int row = rows ? 1 : -1;
    while (rows && (row = database_step(database, rows, err)) > 0) {
        plan->workloads =
            text_grow(plan->workloads, plan->workload_count + 1, sizeof *plan->workloads);
        struct workload *workload = &plan->workloads[plan->workload_count++];
        cleanup_free char *expect = database_text(rows, 5);
        cleanup_free char *parameters = database_text(rows, 6);
        int outcome = outcome_parse(expect);
        *workload = (struct workload){.name = database_text(rows, 0),
                                      .path = database_text(rows, 1),
                                      .sha256 = database_text(rows, 2),
                                      .summary = database_text(rows, 3),
                                      .is_script = sqlite3_column_int(rows, 4),
                                      .expect = outcome < 0 ? OUTCOME_OK : (enum outcome)outcome};
        packing_read_parameters(parameters, workload);
    }
    return row < 0 ? -1 : 0;
}

static int read_settings(struct database *database, struct stored_run *run, struct error *err)
{
    struct plan *plan = &run->plan;
    cleanup_statement sqlite3_stmt *rows =
        database_prepare(database, err,
                         "SELECT name, library, environment, is_available, reason FROM setting "
                         "WHERE run = ? ORDER BY ordinal",
                         "t", run->info.id);
    int row = rows ? 1 : -1;
    while (rows && (row = database_step(database, rows, err)) > 0) {
        plan->settings = text_grow(plan->settings, plan->setting_count + 1, sizeof *plan->settings);
        struct setting *setting = &plan->settings[plan->setting_count++];
        bool has_library = sqlite3_column_type(rows, 1) != SQLITE_NULL;
        cleanup_free char *environment = database_text(rows, 2);
        *setting = (struct setting){.name = database_text(rows, 0),
                                    .library = has_library ? database_text(rows, 1) : NULL,
                                    .is_available = sqlite3_column_int(rows, 3)};
        if (!setting->is_available) {
            setting->reason = database_text(rows, 4);
        }
        packing_read_texts(environment, &setting->environment);
    }
    return row < 0 ? -1 : 0;
}

/* A damaged store must not lead outside the plan's arrays. */
static int read_trial(sqlite3_stmt *row, const struct plan *plan, struct trial *trial)
{
    int64_t workload = sqlite3_column_int64(row, 4), setting = sqlite3_column_int64(row, 5);
    if (workload < 0 || workload >= (int64_t)plan->workload_count || setting < 0 ||
        setting >= (int64_t)plan->setting_count) {
        return -1;
    }
    cleanup_free char *object_allocator = database_text(row, 6);
    *trial = (struct trial){
        .number = (unsigned)sqlite3_column_int64(row, 1),
        .block = (unsigned)sqlite3_column_int64(row, 2),
        .position = (unsigned)sqlite3_column_int64(row, 3),
        .workload = &plan->workloads[workload],
        .setting = &plan->settings[setting],
        .object_allocator =
            strcmp(object_allocator, "malloc") == 0 ? OBJECT_MALLOC : OBJECT_PYMALLOC,
        .hash_seed = (uint32_t)sqlite3_column_int64(row, 7),
        .padding = (unsigned)sqlite3_column_int64(row, 8),
        .repeats = (unsigned)sqlite3_column_int64(row, 23),
    };
    return 0;
}

static void read_text(sqlite3_stmt *row, int column, char **field)
{
    free(*field);
    *field = database_text(row, column);
}

static void read_identity(sqlite3_stmt *row, int column, struct wire_hello *identity)
{
    struct {
        char *text;
        size_t size;
    } fields[] = {{identity->family, sizeof identity->family},
                  {identity->library, sizeof identity->library},
                  {identity->build_id, sizeof identity->build_id},
                  {identity->version, sizeof identity->version},
                  {identity->settings, sizeof identity->settings},
                  {identity->python, sizeof identity->python}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        cleanup_free char *text = database_text(row, column + (int)i);
        text_place(fields[i].text, fields[i].size, text);
    }
}

static void read_record(sqlite3_stmt *row, struct record *record)
{
    cleanup_free char *outcome = database_text(row, 9);
    cleanup_free char *warnings = database_text(row, 22);
    int parsed = outcome_parse(outcome);
    record->outcome = parsed < 0 ? OUTCOME_SKIPPED : (enum outcome)parsed;
    read_text(row, 10, &record->summary);
    read_text(row, 11, &record->hint);
    read_text(row, 12, &record->traceback);
    read_text(row, 13, &record->stacks);
    record->output_length = (size_t)sqlite3_column_bytes(row, 14);
    free(record->output);
    record->output = text_allocate(record->output_length + 1);
    if (record->output_length > 0) { /* SQLite answers an empty blob with NULL */
        memcpy(record->output, sqlite3_column_blob(row, 14), record->output_length);
    }
    record->output[record->output_length] = '\0';
    record->seconds = sqlite3_column_double(row, 15);
    read_identity(row, 16, &record->identity);
    packing_read_texts(warnings, &record->warnings);
}

/* The samples' values, in the order of the samples. */
static int read_values(struct database *database, int64_t trial, struct record *record,
                       struct error *err)
{
    cleanup_statement sqlite3_stmt *rows = database_prepare(
        database, err,
        "SELECT sample.id, metric, value FROM sample JOIN value ON value.sample = sample.id "
        "WHERE sample.trial = ? ORDER BY sample.id",
        "i", trial);
    int64_t last = -1;
    size_t at = 0;
    int row = rows ? 1 : -1;
    while (rows && (row = database_step(database, rows, err)) > 0) {
        int64_t id = sqlite3_column_int64(rows, 0);
        at += last >= 0 && id != last;
        last = id;
        for (int i = 0; i < METRIC_COUNT && at < record->sample_count; i++) {
            if (strcmp(metric_table[i].name, (const char *)sqlite3_column_text(rows, 1)) == 0) {
                record->samples[at].values[i] = sqlite3_column_double(rows, 2);
            }
        }
    }
    return row < 0 ? -1 : 0;
}

static int read_samples(struct database *database, int64_t trial, struct record *record,
                        struct error *err)
{
    cleanup_statement sqlite3_stmt *rows = database_prepare(
        database, err,
        "SELECT cycle, phase, visit, elapsed, moved FROM sample WHERE trial = ? ORDER BY id", "i",
        trial);
    int row = rows ? 1 : -1;
    while (rows && (row = database_step(database, rows, err)) > 0) {
        record->samples =
            text_grow(record->samples, record->sample_count + 1, sizeof *record->samples);
        struct sample *sample = &record->samples[record->sample_count++];
        *sample = (struct sample){.cycle = (unsigned)sqlite3_column_int64(rows, 0),
                                  .visit = (unsigned)sqlite3_column_int64(rows, 2),
                                  .elapsed = sqlite3_column_double(rows, 3),
                                  .moved = sqlite3_column_double(rows, 4)};
        text_place(sample->phase, sizeof sample->phase, (const char *)sqlite3_column_text(rows, 1));
        for (int i = 0; i < METRIC_COUNT; i++) {
            sample->values[i] = METRIC_ABSENT;
        }
    }
    return row < 0 ? -1 : read_values(database, trial, record, err);
}

static int read_curve(struct database *database, int64_t trial, struct record *record,
                      struct error *err)
{
    cleanup_statement sqlite3_stmt *rows =
        database_prepare(database, err, "SELECT points FROM curve WHERE trial = ?", "i", trial);
    int row = rows ? database_step(database, rows, err) : -1;
    if (row > 0) {
        record->curve =
            packing_read_curve(sqlite3_column_blob(rows, 0), (size_t)sqlite3_column_bytes(rows, 0),
                               &record->curve_count);
    }
    return row < 0 ? -1 : 0;
}

static int read_dumps(struct database *database, int64_t trial, struct record *record,
                      struct error *err)
{
    cleanup_statement sqlite3_stmt *rows = database_prepare(
        database, err, "SELECT phase, text FROM dump WHERE trial = ? ORDER BY phase", "i", trial);
    int row = rows ? 1 : -1;
    while (rows && (row = database_step(database, rows, err)) > 0) {
        record_add_dump(record, (const char *)sqlite3_column_text(rows, 0), database_text(rows, 1));
    }
    return row < 0 ? -1 : 0;
}

static int read_types(struct database *database, int64_t trial, struct population *population,
                      struct error *err)
{
    cleanup_statement sqlite3_stmt *rows = database_prepare(
        database, err,
        "SELECT name, objects, bytes, garbage, garbage_bytes FROM type WHERE trial = ?", "i",
        trial);
    int row = rows ? 1 : -1;
    while (rows && (row = database_step(database, rows, err)) > 0) {
        population_add(population, (const char *)sqlite3_column_text(rows, 0),
                       sqlite3_column_double(rows, 1), sqlite3_column_double(rows, 2),
                       sqlite3_column_double(rows, 3), sqlite3_column_double(rows, 4));
    }
    population_sort(population);
    return row < 0 ? -1 : 0;
}

static int read_census(struct database *database, int64_t trial, struct record *record,
                       struct error *err)
{
    struct population *population = &record->population;
    cleanup_statement sqlite3_stmt *rows = database_prepare(
        database, err, "SELECT phase, seconds FROM census WHERE trial = ?", "i", trial);
    int row = rows ? database_step(database, rows, err) : -1;
    if (row <= 0) {
        return row;
    }
    text_place(population->phase, sizeof population->phase,
               (const char *)sqlite3_column_text(rows, 0));
    population->seconds = sqlite3_column_double(rows, 1);
    return read_types(database, trial, population, err);
}

#define TRIAL_COLUMNS                                                                              \
    "SELECT id, number, block, position, workload, setting, object_allocator, hash_seed, "         \
    "padding, "                                                                                    \
    "outcome, summary, hint, traceback, stacks, output, seconds, family, library, build_id, "      \
    "version, settings, python, warnings, repeats FROM trial WHERE run = ? ORDER BY number"

static int read_trials(struct database *database, struct stored_run *run, struct error *err)
{
    struct plan *plan = &run->plan;
    size_t count = run->info.trials;
    plan->trials = text_allocate((count + 1) * sizeof *plan->trials);
    run->records = text_allocate((count + 1) * sizeof *run->records);
    cleanup_statement sqlite3_stmt *rows =
        database_prepare(database, err, TRIAL_COLUMNS, "t", run->info.id);
    int row = rows ? 1 : -1;
    while (rows && run->record_count < count && (row = database_step(database, rows, err)) > 0) {
        struct trial *trial = &plan->trials[plan->trial_count];
        if (read_trial(rows, plan, trial)) {
            return error_set(err, "the run '%s' in '%s' is damaged", run->info.id, database->path);
        }
        plan->trial_count++;
        struct record *record = &run->records[run->record_count++];
        record_init(record, trial);
        read_record(rows, record);
        int64_t id = sqlite3_column_int64(rows, 0);
        if (read_samples(database, id, record, err) || read_curve(database, id, record, err) ||
            read_dumps(database, id, record, err) || read_census(database, id, record, err)) {
            return -1;
        }
    }
    return row < 0 ? -1 : 0;
}

int store_load(struct database *database, const char *id, struct stored_run *run, struct error *err)
{
    *run = (struct stored_run){0};
    run->plan.options = &run->options;
    if (store_find(database, id, &run->info, err)) {
        return -1;
    }
    if (read_options(database, run, err) || read_claims(database, run, err) ||
        read_gates(database, run, err) || read_workloads(database, run, err) ||
        read_settings(database, run, err) || read_trials(database, run, err)) {
        stored_run_clear(run);
        return -1;
    }
    return 0;
}

void run_info_clear(struct run_info *info)
{
    free(info->id);
    free(info->started);
    free(info->finished);
    free(info->version);
    free(info->directory);
    free(info->out);
    free(info->again);
    free(info->plan_path);
    free(info->plan_json);
    text_list_clear(&info->command);
    host_clear(&info->host);
    *info = (struct run_info){0};
}

void stored_run_clear(struct stored_run *run)
{
    for (size_t i = 0; i < run->record_count; i++) {
        record_clear(&run->records[i]);
    }
    free(run->records);
    plan_clear(&run->plan);
    options_clear(&run->options);
    run_info_clear(&run->info);
    *run = (struct stored_run){0};
}
