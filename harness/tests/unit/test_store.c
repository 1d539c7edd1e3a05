#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "store/store.h"
#include "tests/support/records.h"
#include "tests/support/scratch.h"

/* A run of two trials in a fresh database. */
struct stored {
    struct database database;
    struct run_info info;
    struct records records;
};

static void check(int failed, const struct error *err)
{
    if (failed) {
        fail_msg("%s", err->message);
    }
}

static void describe(struct run_info *info, const char *id)
{
    *info = (struct run_info){.id = text_copy(id),
                              .started = text_copy("2026-01-02T03:04:05Z"),
                              .finished = text_copy(""),
                              .version = text_copy("0.1.0"),
                              .directory = text_copy("/somewhere"),
                              .out = text_copy("/somewhere/results"),
                              .seed = UINT64_MAX};
    text_list_add(&info->command, "membench");
    text_list_add(&info->command, "-n");
    host_add(&info->host, "kernel", "6.1");
}

static void fill(struct stored *stored, void *const *state, const char *id)
{
    struct error err = {0};
    cleanup_free char *path = scratch_path(state, "store.db");
    records_init(&stored->records);
    describe(&stored->info, id);
    check(database_open(&stored->database, path, DATABASE_WRITE, &err), &err);
    check(store_begin_run(&stored->database, &stored->info, &stored->records.plan, &err), &err);
}

static void add_trials(struct stored *stored)
{
    struct error err = {0};
    records_add_ok(&stored->records, 0, 3, 100);
    struct record *failed = records_add(&stored->records, 1, OUTCOME_CRASHED);
    records_set(&failed->summary, "killed by signal 11");
    records_set(&failed->traceback, "line 1\nline 2");
    text_list_add(&failed->warnings, "careful");
    record_add_dump(failed, PHASE_END, text_copy("MALLOC: 1\nMALLOC: \"2\"\n"));
    record_add_dump(failed, PHASE_RELEASED, text_copy("MALLOC: 3\n"));
    free(failed->output);
    failed->output = text_allocate(4);
    memcpy(failed->output, "a\0b", 4);
    failed->output_length = 3;
    population_add(&failed->population, "dict", 3, 700, 1, 64);
    population_add(&failed->population, "mine.Class", 2, 900, 0, 0);
    text_place(failed->population.phase, sizeof failed->population.phase, PHASE_SETTLED);
    failed->population.seconds = 0.25;
    for (size_t i = 0; i < stored->records.count; i++) {
        check(store_add(&stored->database, &stored->info, &stored->records.plan,
                        &stored->records.items[i], &err),
              &err);
    }
}

static void clear(struct stored *stored)
{
    database_close(&stored->database);
    run_info_clear(&stored->info);
    records_clear(&stored->records);
}

static void a_run_is_loaded_as_it_was_stored(void **state)
{
    struct error err = {0};
    struct stored stored;
    struct stored_run run;
    fill(&stored, state, "first");
    add_trials(&stored);
    check(store_load(&stored.database, "first", &run, &err), &err);

    assert_int_equal(run.info.seed, UINT64_MAX);
    assert_int_equal(run.info.command.count, 2);
    assert_string_equal(run.info.host.values.items[0], "6.1");
    assert_int_equal(run.record_count, 2);
    assert_string_equal(run.plan.workloads[0].sha256, "abc");
    const struct record *ok = &run.records[0], *failed = &run.records[1];
    assert_string_equal(ok->trial->setting->name, "glibc");
    assert_int_equal(ok->outcome, OUTCOME_OK);
    assert_true(record_value(ok, PHASE_END, METRIC_ANON) == 100 * 0x1p20);
    assert_true(metric_is_absent(record_value(ok, PHASE_END, METRIC_RSS)));
    assert_int_equal(failed->outcome, OUTCOME_CRASHED);
    assert_string_equal(failed->summary, "killed by signal 11");
    assert_string_equal(failed->traceback, "line 1\nline 2");
    assert_string_equal(failed->warnings.items[0], "careful");
    assert_int_equal(ok->dump_count, 0);
    assert_int_equal(failed->dump_count, 2);
    assert_string_equal(failed->dumps[0].phase, "end");
    assert_string_equal(failed->dumps[0].text, "MALLOC: 1\nMALLOC: \"2\"\n");
    assert_string_equal(failed->dumps[1].phase, "released");
    assert_string_equal(failed->dumps[1].text, "MALLOC: 3\n");
    assert_int_equal(failed->output_length, 3);
    assert_memory_equal(failed->output, "a\0b", 3);
    assert_int_equal(ok->population.type_count, 0);
    assert_int_equal(failed->population.type_count, 2);
    assert_string_equal(failed->population.phase, PHASE_SETTLED);
    assert_true(failed->population.seconds == 0.25);
    const struct population_type *types = failed->population.types;
    assert_string_equal(types[0].name, "mine.Class"); /* by bytes */
    assert_true(types[0].count == 2 && types[0].bytes == 900 && types[0].garbage_count == 0);
    assert_true(types[1].count == 3 && types[1].garbage_count == 1);
    assert_true(types[1].garbage_bytes == 64);
    stored_run_clear(&run);
    clear(&stored);
}

static void claims_gates_and_the_plan_are_loaded_as_they_were_stored(void **state)
{
    struct error err = {0};
    struct stored stored;
    struct stored_run run;
    struct run_info info;
    fill(&stored, state, "first");
    struct options *options = &stored.records.options;
    check(options_add_claim(options, "end.anon<=3.0MiB", "small", "a book", &err), &err);
    struct gate *gate = options_add_gate(options);
    check(gate_parse(gate, "end.anon", &err), &err);
    gate->level = GATE_WARN;
    gate->threshold = 0.07;
    options->plan_path = text_copy("/plans/ci.toml");
    options->plan_json = text_copy("{\"run\":{}}");
    options->title = text_copy("T");
    options->runs_auto = true;
    describe(&info, "second");
    info.again = text_copy("first");
    check(store_begin_run(&stored.database, &info, &stored.records.plan, &err), &err);
    check(store_load(&stored.database, "second", &run, &err), &err);

    assert_string_equal(run.info.again, "first");
    assert_string_equal(run.info.plan_path, "/plans/ci.toml");
    assert_string_equal(run.info.plan_json, "{\"run\":{}}");
    assert_string_equal(run.options.title, "T");
    assert_string_equal(run.options.description, "");
    assert_true(run.options.runs_auto);
    assert_int_equal(run.options.claim_count, 1);
    assert_string_equal(run.options.claims[0].text, "end.anon<=3.0MiB");
    assert_string_equal(run.options.claims[0].title, "small");
    assert_string_equal(run.options.claims[0].source, "a book");
    assert_true(run.options.claims[0].bound == 3 * 0x1p20);
    assert_int_equal(run.options.gate_count, 1);
    assert_string_equal(run.options.gates[0].phase, "end");
    assert_int_equal(run.options.gates[0].level, GATE_WARN);
    assert_true(run.options.gates[0].threshold == 0.07);
    stored_run_clear(&run);
    check(store_load(&stored.database, "first", &run, &err), &err);
    assert_int_equal(run.options.claim_count + run.options.gate_count, 0);
    assert_string_equal(run.info.again, "");
    assert_string_equal(run.info.plan_json, "");
    stored_run_clear(&run);
    run_info_clear(&info);
    options_clear(options);
    clear(&stored);
}

static void an_unknown_run_is_answered_with_near_ones(void **state)
{
    struct error err = {0};
    struct stored stored;
    struct run_info info;
    fill(&stored, state, "20260102-030405-aaaa");
    assert_int_equal(store_find(&stored.database, "20260102-030405-aaab", &info, &err), -1);
    assert_non_null(strstr(err.hint, "20260102-030405-aaaa"));
    clear(&stored);
}

static void last_is_the_newest_run(void **state)
{
    struct error err = {0};
    struct stored stored;
    struct run_info later = {0}, found;
    fill(&stored, state, "b-first");
    describe(&later, "a-second");
    later.started[0] = '3';
    check(store_begin_run(&stored.database, &later, &stored.records.plan, &err), &err);
    check(store_find(&stored.database, "last", &found, &err), &err);
    assert_string_equal(found.id, "a-second");
    run_info_clear(&found);
    run_info_clear(&later);
    clear(&stored);
}

static void a_trial_is_stored_once_only(void **state)
{
    struct error err = {0};
    struct stored stored;
    struct run_info info;
    fill(&stored, state, "once");
    add_trials(&stored);
    assert_int_equal(store_add(&stored.database, &stored.info, &stored.records.plan,
                               &stored.records.items[0], &err),
                     -1);
    check(store_find(&stored.database, "once", &info, &err), &err);
    assert_int_equal(info.trials, 2);
    run_info_clear(&info);
    clear(&stored);
}

static void an_interrupted_trial_is_forgotten_with_all_its_rows(void **state)
{
    struct error err = {0};
    struct stored stored;
    fill(&stored, state, "cut");
    struct record *cut = records_add_ok(&stored.records, 0, 3, 100);
    cut->outcome = OUTCOME_SKIPPED;
    records_set(&cut->summary, RECORD_INTERRUPTED);
    check(store_add(&stored.database, &stored.info, &stored.records.plan, cut, &err), &err);
    check(store_forget_interrupted(&stored.database, "cut", &err), &err);
    cleanup_statement sqlite3_stmt *row =
        database_prepare(&stored.database, &err,
                         "SELECT (SELECT count(*) FROM trial) + (SELECT count(*) FROM sample) + "
                         "(SELECT count(*) FROM value) + (SELECT count(*) FROM curve)",
                         "");
    assert_int_equal(database_step(&stored.database, row, &err), 1);
    assert_true(database_number(row, 0) == 0);
    sqlite3_finalize(take_pointer(row));
    clear(&stored);
}

static void runs_are_listed_with_their_trials(void **state)
{
    struct error err = {0};
    struct stored stored;
    struct run_info *runs;
    size_t count;
    fill(&stored, state, "listed");
    add_trials(&stored);
    check(store_finish_run(&stored.database, "listed", "2026-01-02T03:05:00Z", &err), &err);
    check(store_list(&stored.database, &runs, &count, &err), &err);
    assert_int_equal(count, 1);
    assert_int_equal(runs[0].trials, 2);
    assert_string_equal(runs[0].finished, "2026-01-02T03:05:00Z");
    run_info_clear(&runs[0]);
    free(runs);
    clear(&stored);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(a_run_is_loaded_as_it_was_stored),
        scratch_test(claims_gates_and_the_plan_are_loaded_as_they_were_stored),
        scratch_test(an_unknown_run_is_answered_with_near_ones),
        scratch_test(last_is_the_newest_run),
        scratch_test(a_trial_is_stored_once_only),
        scratch_test(an_interrupted_trial_is_forgotten_with_all_its_rows),
        scratch_test(runs_are_listed_with_their_trials),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
