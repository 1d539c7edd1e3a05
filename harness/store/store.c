#include "store/store.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "store/packing.h"

char *store_format_time(time_t moment)
{
    struct tm utc;
    char text[32];
    gmtime_r(&moment, &utc);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text_copy(text);
}

static int add_host(struct database *database, const struct run_info *info, struct error *err)
{
    for (size_t i = 0; i < info->host.names.count; i++) {
        if (database_run(database, err, "INSERT INTO host VALUES (?, ?, ?, ?)", "titt", info->id,
                         (int64_t)i, info->host.names.items[i], info->host.values.items[i])) {
            return -1;
        }
    }
    return 0;
}

static int add_workloads(struct database *database, const struct run_info *info,
                         const struct plan *plan, struct error *err)
{
    for (size_t i = 0; i < plan->workload_count; i++) {
        const struct workload *workload = &plan->workloads[i];
        cleanup_free char *parameters = packing_of_parameters(workload);
        if (database_run(database, err, "INSERT INTO workload VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                         "tittttitt", info->id, (int64_t)i, workload->name, workload->path,
                         workload->sha256, workload->summary, (int64_t)workload->is_script,
                         outcome_name(workload->expect), parameters)) {
            return -1;
        }
    }
    return 0;
}

static int add_settings(struct database *database, const struct run_info *info,
                        const struct plan *plan, struct error *err)
{
    for (size_t i = 0; i < plan->setting_count; i++) {
        const struct setting *setting = &plan->settings[i];
        cleanup_free char *environment = packing_of_texts(&setting->environment);
        if (database_run(database, err, "INSERT INTO setting VALUES (?, ?, ?, ?, ?, ?, ?)",
                         "titttit", info->id, (int64_t)i, setting->name, setting->library,
                         environment, (int64_t)setting->is_available, setting->reason)) {
            return -1;
        }
    }
    return 0;
}

static int add_claims(struct database *database, const struct run_info *info,
                      const struct options *options, struct error *err)
{
    for (size_t i = 0; i < options->claim_count; i++) {
        const struct claim *claim = &options->claims[i];
        if (database_run(database, err, "INSERT INTO claim VALUES (?, ?, ?, ?, ?)", "tittt",
                         info->id, (int64_t)i, claim->text, claim->title, claim->source)) {
            return -1;
        }
    }
    return 0;
}

static int add_gates(struct database *database, const struct run_info *info,
                     const struct options *options, struct error *err)
{
    for (size_t i = 0; i < options->gate_count; i++) {
        const struct gate *gate = &options->gates[i];
        cleanup_free char *name = gate_name(gate);
        if (database_run(database, err, "INSERT INTO gate VALUES (?, ?, ?, ?, ?, ?)", "tittrt",
                         info->id, (int64_t)i, name, gate_level_name(gate->level), gate->threshold,
                         gate->control)) {
            return -1;
        }
    }
    return 0;
}

static const char *or_null(const char *text)
{
    return text && text[0] ? text : NULL;
}

static int add_run_row(struct database *database, const struct run_info *info,
                       const struct options *options, struct error *err)
{
    cleanup_free char *command = packing_of_texts(&info->command);
    return database_run(
        database, err,
        "INSERT INTO run (id, started, version, directory, command, out, seed, runs, runs_auto, "
        "cycles, settle, layout, again, plan_path, plan, title, description) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "ttttttiiiirtttttt", info->id, info->started, info->version, info->directory, command,
        info->out, (int64_t)info->seed, (int64_t)options->runs, (int64_t)options->runs_auto,
        (int64_t)options->cycles, options->settle, options_layout_name(options->layout),
        or_null(info->again), or_null(options->plan_path), or_null(options->plan_json),
        options->title ? options->title : "", options->description ? options->description : "");
}

static int add_run(struct database *database, const struct run_info *info, const struct plan *plan,
                   struct error *err)
{
    const struct options *options = plan->options;
    return add_run_row(database, info, options, err) || add_host(database, info, err) ||
                   add_workloads(database, info, plan, err) ||
                   add_settings(database, info, plan, err) ||
                   add_claims(database, info, options, err) ||
                   add_gates(database, info, options, err)
               ? -1
               : 0;
}

/* Ends a transaction: commits it, or rolls it back if something in it failed. */
static int end_transaction(struct database *database, int failed, struct error *err)
{
    if (!failed && database_execute(database, "COMMIT", err) == 0) {
        return 0;
    }
    struct error ignored;
    database_execute(database, "ROLLBACK", &ignored);
    return -1;
}

int store_begin_run(struct database *database, const struct run_info *info, const struct plan *plan,
                    struct error *err)
{
    if (database_execute(database, "BEGIN IMMEDIATE", err)) {
        return -1;
    }
    return end_transaction(database, add_run(database, info, plan, err), err);
}

static int add_values(struct database *database, int64_t id, const struct sample *sample,
                      struct error *err)
{
    for (int i = 0; i < METRIC_COUNT; i++) {
        if (!metric_is_absent(sample->values[i]) &&
            database_run(database, err, "INSERT INTO value VALUES (?, ?, ?, ?)", "ittr", id,
                         metric_table[i].name, metric_unit_name(metric_table[i].unit),
                         sample->values[i])) {
            return -1;
        }
    }
    return 0;
}

static int add_samples(struct database *database, int64_t trial, const struct record *record,
                       struct error *err)
{
    for (size_t i = 0; i < record->sample_count; i++) {
        const struct sample *sample = &record->samples[i];
        if (database_run(database, err,
                         "INSERT INTO sample (trial, cycle, phase, visit, elapsed, moved) "
                         "VALUES (?, ?, ?, ?, ?, ?)",
                         "iitirr", trial, (int64_t)sample->cycle, sample->phase,
                         (int64_t)sample->visit, sample->elapsed, sample->moved) ||
            add_values(database, sqlite3_last_insert_rowid(database->handle), sample, err)) {
            return -1;
        }
    }
    return 0;
}

static int add_curve(struct database *database, int64_t trial, const struct record *record,
                     struct error *err)
{
    size_t size;
    cleanup_free void *points = packing_of_curve(record->curve, record->curve_count, &size);
    return database_run(database, err, "INSERT INTO curve VALUES (?, ?)", "ib", trial, points,
                        (int)size);
}

static int add_dumps(struct database *database, int64_t trial, const struct record *record,
                     struct error *err)
{
    for (size_t i = 0; i < record->dump_count; i++) {
        if (database_run(database, err, "INSERT INTO dump VALUES (?, ?, ?)", "itt", trial,
                         record->dumps[i].phase, record->dumps[i].text)) {
            return -1;
        }
    }
    return 0;
}

static int add_census(struct database *database, int64_t trial, const struct record *record,
                      struct error *err)
{
    const struct population *population = &record->population;
    if (population->type_count == 0) {
        return 0;
    }
    int failed = database_run(database, err, "INSERT INTO census VALUES (?, ?, ?)", "itr", trial,
                              population->phase, population->seconds);
    for (size_t i = 0; i < population->type_count && !failed; i++) {
        const struct population_type *type = &population->types[i];
        failed = database_run(database, err, "INSERT INTO type VALUES (?, ?, ?, ?, ?, ?)", "itiiii",
                              trial, type->name, (int64_t)type->count, (int64_t)type->bytes,
                              (int64_t)type->garbage_count, (int64_t)type->garbage_bytes);
    }
    return failed ? -1 : 0;
}

static int add_trial(struct database *database, const struct run_info *info,
                     const struct plan *plan, const struct record *record, struct error *err)
{
    const struct trial *trial = record->trial;
    const struct wire_hello *identity = &record->identity;
    cleanup_free char *warnings = packing_of_texts(&record->warnings);
    return database_run(
        database, err,
        "INSERT INTO trial (run, number, block, position, repeats, workload, setting, "
        "object_allocator, "
        "hash_seed, padding, outcome, summary, hint, traceback, stacks, output, seconds, family, "
        "library, build_id, version, settings, python, warnings) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "tiiiiiitiitttttbrttttttt", info->id, (int64_t)trial->number, (int64_t)trial->block,
        (int64_t)trial->position, (int64_t)trial->repeats,
        (int64_t)(trial->workload - plan->workloads), (int64_t)(trial->setting - plan->settings),
        options_object_allocator_name(trial->object_allocator), (int64_t)trial->hash_seed,
        (int64_t)trial->padding, outcome_name(record->outcome), record->summary, record->hint,
        record->traceback, record->stacks, record->output, (int)record->output_length,
        record->seconds, identity->family, identity->library, identity->build_id, identity->version,
        identity->settings, identity->python, warnings);
}

int store_add(struct database *database, const struct run_info *info, const struct plan *plan,
              const struct record *record, struct error *err)
{
    if (database_execute(database, "BEGIN IMMEDIATE", err)) {
        return -1;
    }
    int failed = add_trial(database, info, plan, record, err);
    if (!failed) {
        int64_t id = sqlite3_last_insert_rowid(database->handle);
        failed = add_samples(database, id, record, err) || add_curve(database, id, record, err) ||
                 add_dumps(database, id, record, err) || add_census(database, id, record, err);
    }
    return end_transaction(database, failed, err);
}

int store_forget_interrupted(struct database *database, const char *id, struct error *err)
{
    return database_run(database, err,
                        "DELETE FROM trial WHERE run = ? AND outcome = 'skipped' AND summary = ?",
                        "tt", id, RECORD_INTERRUPTED);
}

int store_set_runs(struct database *database, const char *id, unsigned runs, struct error *err)
{
    return database_run(database, err, "UPDATE run SET runs = ? WHERE id = ?", "it", (int64_t)runs,
                        id);
}

int store_finish_run(struct database *database, const char *id, const char *finished,
                     struct error *err)
{
    return database_run(database, err, "UPDATE run SET finished = ? WHERE id = ?", "tt", finished,
                        id);
}
