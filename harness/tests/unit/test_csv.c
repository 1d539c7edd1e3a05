#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/csv.h"
#include "tests/support/contains.h"
#include "tests/support/expected.h"
#include "tests/support/records.h"
#include "tests/support/reported.h"
#include "tests/support/scratch.h"

#define REPLACED "\xEF\xBF\xBD"

static void assert_text_becomes(const char *text, const char *field)
{
    cleanup_free char *written = NULL;
    size_t size = 0;
    struct csv_writer writer = {.out = open_memstream(&written, &size)};
    csv_put_text(&writer, text);
    fclose(writer.out);
    assert_string_equal(written, field);
}

static void assert_number_becomes(void (*put)(struct csv_writer *, double), double number,
                                  const char *field)
{
    cleanup_free char *written = NULL;
    size_t size = 0;
    struct csv_writer writer = {.out = open_memstream(&written, &size)};
    put(&writer, number);
    fclose(writer.out);
    assert_string_equal(written, field);
}

static void csv_separates_fields_by_commas_and_rows_by_crlf(void **state)
{
    (void)state;
    cleanup_free char *written = NULL;
    size_t size = 0;
    struct csv_writer writer = {.out = open_memstream(&written, &size)};
    csv_put_text(&writer, "a");
    csv_put_text(&writer, NULL);
    csv_put_whole(&writer, 1);
    csv_end_row(&writer);
    csv_put_text(&writer, NULL);
    csv_put_text(&writer, "b");
    csv_end_row(&writer);
    fclose(writer.out);
    assert_string_equal(written, "a,,1\r\n,b\r\n");
}

static void csv_quotes_commas_and_doubles_quotes(void **state)
{
    (void)state;
    assert_text_becomes("plain text", "plain text");
    assert_text_becomes("a,b", "\"a,b\"");
    assert_text_becomes("say \"hi\"", "\"say \"\"hi\"\"\"");
}

static void csv_defuses_formulas(void **state)
{
    (void)state;
    assert_text_becomes("=1+1", "'=1+1");
    assert_text_becomes("+1", "'+1");
    assert_text_becomes("-1", "'-1");
    assert_text_becomes("@SUM(A1)", "'@SUM(A1)");
    assert_text_becomes("\t=1", "' =1");
    assert_text_becomes("\r=1", "' =1");
    assert_text_becomes("=f(1,2)", "\"'=f(1,2)\"");
    assert_text_becomes("a=1", "a=1");
}

static void csv_replaces_control_characters(void **state)
{
    (void)state;
    assert_text_becomes("one\r\ntwo\tthree", "one  two three");
    assert_text_becomes("\033[31mred", REPLACED "[31mred");
    assert_text_becomes("csi \xC2\x9B", "csi " REPLACED);
}

static void csv_replaces_broken_utf8(void **state)
{
    (void)state;
    assert_text_becomes("caf\xC3\xA9 \xF0\x9F\x90\x8D", "caf\xC3\xA9 \xF0\x9F\x90\x8D");
    assert_text_becomes("cut \xC3", "cut " REPLACED);
    assert_text_becomes("cut \xC3,", "\"cut " REPLACED ",\"");
    assert_text_becomes("\xFF", REPLACED);
    assert_text_becomes("overlong \xC0\xAF", "overlong " REPLACED REPLACED);
    assert_text_becomes("surrogate \xED\xA0\x80", "surrogate " REPLACED REPLACED REPLACED);
    assert_text_becomes("beyond \xF4\x90\x80\x80", "beyond " REPLACED REPLACED REPLACED REPLACED);
}

static void csv_writes_whole_numbers_in_all_their_digits(void **state)
{
    (void)state;
    assert_number_becomes(csv_put_whole, 0, "0");
    assert_number_becomes(csv_put_whole, -0.0, "0");
    assert_number_becomes(csv_put_whole, -4096, "-4096");
    assert_number_becomes(csv_put_whole, 0x1p53 - 1, "9007199254740991");
    assert_number_becomes(csv_put_whole, METRIC_ABSENT, "");
}

static void csv_writes_numbers_with_up_to_nine_decimals(void **state)
{
    (void)state;
    assert_number_becomes(csv_put_number, 0, "0");
    assert_number_becomes(csv_put_number, 12, "12");
    assert_number_becomes(csv_put_number, 0.25, "0.25");
    assert_number_becomes(csv_put_number, 1.000000001, "1.000000001");
    assert_number_becomes(csv_put_number, 0.9999999999, "1");
    assert_number_becomes(csv_put_number, -1.5, "-1.5");
    assert_number_becomes(csv_put_number, 1e-12, "0");
    assert_number_becomes(csv_put_number, -1e-12, "0");
    assert_number_becomes(csv_put_number, 1e18, "1000000000000000000");
    assert_number_becomes(csv_put_number, METRIC_ABSENT, "");
    assert_number_becomes(csv_put_number, HUGE_VAL, "");
}

/* The three files of one run, written and read back. */
struct run_files {
    struct csv_files files;
    struct error err;
    struct records records;
    void **state;
};

static void begin(struct run_files *run, void **state)
{
    run->state = state;
    run->err = (struct error){0};
    records_init(&run->records);
    assert_int_equal(csv_open(&run->files, *state, "run-1", &run->err), 0);
}

static void add(struct run_files *run, const struct record *record)
{
    assert_int_equal(csv_add(&run->files, &run->records.plan, record, &run->err), 0);
}

static char *contents(struct run_files *run, const char *name)
{
    cleanup_free char *path = scratch_path(run->state, name);
    cleanup_fclose FILE *file = fopen(path, "re");
    assert_non_null(file);
    char *text = text_allocate(1 << 20);
    text[fread(text, 1, (1 << 20) - 1, file)] = '\0';
    return text;
}

static void end(struct run_files *run)
{
    assert_int_equal(csv_close(&run->files, &run->err), 0);
    records_clear(&run->records);
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part)) {
        count++;
    }
    return count;
}

static void csv_open_writes_the_headers_at_once(void **state)
{
    struct run_files run;
    begin(&run, state);
    cleanup_free char *samples = contents(&run, "samples.csv");
    cleanup_free char *curve = contents(&run, "curve.csv");
    cleanup_free char *trials = contents(&run, "trials.csv");
    assert_string_equal(samples, "run,trial,block,position,workload,params,allocator,"
                                 "object_allocator,outcome,cycle,phase,visit,elapsed_seconds,"
                                 "metric,unit,value,moved_bytes,repeats\r\n");
    assert_string_equal(curve, "run,trial,workload,allocator,object_allocator,elapsed_seconds,"
                               "rss_bytes,tree_private_bytes,processes\r\n");
    assert_string_equal(trials, "run,trial,block,position,workload,params,allocator,"
                                "object_allocator,outcome,summary,seconds,hash_seed,padding,"
                                "layout,library,build_id,version,settings,environment,python,"
                                "warnings,repeats\r\n");
    end(&run);
}

static void csv_open_makes_the_directory(void **state)
{
    struct csv_files files;
    struct error err;
    cleanup_free char *directory = scratch_path(state, "results/run-1");
    assert_int_equal(csv_open(&files, directory, "run-1", &err), 0);
    assert_int_equal(csv_close(&files, &err), 0);
}

static void csv_open_names_the_path_that_cannot_be_made(void **state)
{
    struct csv_files files;
    struct error err;
    cleanup_free char *file = scratch_write_text(state, "file", "");
    cleanup_free char *directory = scratch_path(state, "file/run-1");
    assert_int_equal(csv_open(&files, directory, "run-1", &err), -1);
    assert_contains(err.message, file);
}

static void csv_open_never_overwrites(void **state)
{
    struct csv_files files;
    struct error err;
    cleanup_free char *path = scratch_write_text(state, "curve.csv", "measured before");
    assert_int_equal(csv_open(&files, *state, "run-1", &err), -1);
    assert_contains(err.message, path);
    struct run_files run = {.state = state};
    cleanup_free char *kept = contents(&run, "curve.csv");
    assert_string_equal(kept, "measured before");
}

static void csv_has_a_row_for_each_phase_and_metric(void **state)
{
    struct run_files run;
    begin(&run, state);
    struct record *record = records_add_ok(&run.records, 1, 7.5, 280);
    struct sample *last = &record->samples[1];
    last->elapsed = 2.5;
    last->moved = -4096;
    last->values[METRIC_CPU_SECONDS] = 1.25;
    last->values[METRIC_FRAGMENTATION_RATIO] = 1.375;
    last->values[METRIC_OWNER_UNEXPLAINED] = -8192;
    add(&run, record);
    cleanup_free char *samples = contents(&run, "samples.csv");
    assert_int_equal(count_of(samples, "\r\n"), 1 + 2 * METRIC_COUNT);
    assert_contains(samples, "\r\nrun-1,1,1,1,bursts,,tcmalloc,pymalloc,ok,1,end,1,2.5,anon,bytes,"
                             "293601280,-4096,\r\n");
    assert_contains(samples, ",end,1,2.5,cpu_seconds,seconds,1.25,-4096,\r\n");
    assert_contains(samples, ",end,1,2.5,fragmentation_ratio,ratio,1.375,-4096,\r\n");
    assert_contains(samples, ",end,1,2.5,owner_unexplained,bytes,-8192,-4096,\r\n");
    end(&run);
}

static void csv_leaves_what_was_not_measured_empty(void **state)
{
    struct run_files run;
    begin(&run, state);
    add(&run, records_add_ok(&run.records, 0, 3, 300));
    cleanup_free char *samples = contents(&run, "samples.csv");
    assert_contains(samples, ",start,1,0,swap,bytes,,0,\r\n");
    end(&run);
}

static void csv_keeps_a_row_of_a_trial_without_samples(void **state)
{
    struct run_files run;
    begin(&run, state);
    add(&run, records_add(&run.records, 0, OUTCOME_SKIPPED));
    cleanup_free char *samples = contents(&run, "samples.csv");
    assert_contains(samples, "repeats\r\nrun-1,1,1,1,bursts,,glibc,pymalloc,skipped,,,,,,,,,\r\n");
    end(&run);
}

static void csv_has_a_census_only_where_one_was_taken(void **state)
{
    struct run_files run;
    begin(&run, state);
    cleanup_free char *path = text_format("%s/census.csv", (const char *)*state);
    struct record *record = records_add(&run.records, 0, OUTCOME_OK);
    assert_int_equal(csv_add(&run.files, &run.records.plan, record, &run.err), 0);
    assert_int_equal(access(path, F_OK), -1);
    population_add(&record->population, "=Evil", 12, 3456, 1, 64);
    text_place(record->population.phase, sizeof record->population.phase, PHASE_SETTLED);
    record->population.seconds = 0.5;
    assert_int_equal(csv_add(&run.files, &run.records.plan, record, &run.err), 0);
    cleanup_free char *census = contents(&run, "census.csv");
    assert_contains(census, "run,trial,workload,allocator,object_allocator,phase,type,objects,"
                            "bytes,garbage_objects,garbage_bytes,census_seconds\r\n"
                            "run-1,1,bursts,glibc,pymalloc,settled,'=Evil,12,3456,1,64,0.5\r\n");
    end(&run);
}

static void csv_has_a_row_for_each_point_of_the_curve(void **state)
{
    struct run_files run;
    begin(&run, state);
    struct record *record = records_add(&run.records, 0, OUTCOME_OK);
    static const struct curve_point points[] = {
        {.elapsed = 0.01, .rss = 4096, .tree_private = 8192, .processes = 1},
        {.elapsed = 0.02, .rss = 12288, .tree_private = METRIC_ABSENT, .processes = 2}};
    record->curve = memcpy(text_allocate(sizeof points), points, sizeof points);
    record->curve_count = 2;
    add(&run, record);
    cleanup_free char *curve = contents(&run, "curve.csv");
    assert_contains(curve, "processes\r\nrun-1,1,bursts,glibc,pymalloc,0.01,4096,8192,1\r\n"
                           "run-1,1,bursts,glibc,pymalloc,0.02,12288,,2\r\n");
    end(&run);
}

static void csv_says_of_each_trial_what_it_was(void **state)
{
    struct run_files run;
    begin(&run, state);
    struct record *record = records_add(&run.records, 2, OUTCOME_CRASHED);
    text_list_add(&run.records.settings[2].environment, "A=1");
    text_list_add(&run.records.settings[2].environment, "B=2");
    run.records.options.layout = LAYOUT_FIXED;
    run.records.trials[0].object_allocator = OBJECT_MALLOC;
    run.records.trials[0].hash_seed = 7;
    run.records.trials[0].padding = 48;
    run.records.trials[0].repeats = 4;
    records_set(&record->summary, "killed by signal 11, quite \"suddenly\"");
    record->seconds = 0.5;
    text_place(record->identity.library, 64, "/lib/j.so");
    text_place(record->identity.build_id, 64, "beef");
    text_place(record->identity.version, 32, "5.3.0");
    text_place(record->identity.settings, 64, "narenas=4");
    text_place(record->identity.python, 32, "3.11.2");
    text_list_add(&record->warnings, "first");
    text_list_add(&record->warnings, "second");
    add(&run, record);
    cleanup_free char *trials = contents(&run, "trials.csv");
    assert_contains(trials, "repeats\r\nrun-1,1,1,1,bursts,,jemalloc,malloc,crashed,"
                            "\"killed by signal 11, quite \"\"suddenly\"\"\",0.5,7,48,fixed,"
                            "/lib/j.so,beef,5.3.0,narenas=4,A=1 B=2,3.11.2,first; second,4\r\n");
    end(&run);
}

static void csv_add_reports_a_full_disk(void **state)
{
    struct run_files run;
    begin(&run, state);
    fclose(run.files.curve.stream);
    run.files.curve.stream = fopen("/dev/full", "we");
    struct record *record = records_add(&run.records, 0, OUTCOME_OK);
    record->curve = text_allocate(sizeof *record->curve);
    record->curve[0] = (struct curve_point){.rss = 1};
    record->curve_count = 1;
    assert_int_equal(csv_add(&run.files, &run.records.plan, record, &run.err), -1);
    assert_contains(run.err.message, "curve.csv': No space left on device");
    assert_contains(run.err.hint, "--out");

    /* The other files have their rows all the same. */
    cleanup_free char *trials = contents(&run, "trials.csv");
    assert_int_equal(count_of(trials, "\r\n"), 2);
    csv_close(&run.files, &run.err);
    records_clear(&run.records);
}

static void a_small_run_is_as_expected(void **state)
{
    static const char *const names[] = {"samples.csv", "curve.csv", "trials.csv", "census.csv"};
    struct run_files run = {.state = state};
    struct reported reported;
    reported_init_small(&reported);
    assert_int_equal(csv_open(&run.files, *state, reported.info.id, &run.err), 0);
    for (size_t i = 0; i < reported.count; i++) {
        reported.records.items[i].sample_count = 2; /* every metric is a row of each */
        assert_int_equal(
            csv_add(&run.files, &reported.records.plan, &reported.records.items[i], &run.err), 0);
    }
    assert_int_equal(csv_close(&run.files, &run.err), 0);
    reported_make(&reported);
    reported_clear(&reported);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cleanup_free char *text = contents(&run, names[i]);
        expected_check(text, names[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_separates_fields_by_commas_and_rows_by_crlf),
        cmocka_unit_test(csv_quotes_commas_and_doubles_quotes),
        cmocka_unit_test(csv_defuses_formulas),
        cmocka_unit_test(csv_replaces_control_characters),
        cmocka_unit_test(csv_replaces_broken_utf8),
        cmocka_unit_test(csv_writes_whole_numbers_in_all_their_digits),
        cmocka_unit_test(csv_writes_numbers_with_up_to_nine_decimals),
        scratch_test(csv_open_writes_the_headers_at_once),
        scratch_test(csv_open_makes_the_directory),
        scratch_test(csv_open_names_the_path_that_cannot_be_made),
        scratch_test(csv_open_never_overwrites),
        scratch_test(csv_has_a_row_for_each_phase_and_metric),
        scratch_test(csv_leaves_what_was_not_measured_empty),
        scratch_test(csv_keeps_a_row_of_a_trial_without_samples),
        scratch_test(csv_has_a_census_only_where_one_was_taken),
        scratch_test(csv_has_a_row_for_each_point_of_the_curve),
        scratch_test(csv_says_of_each_trial_what_it_was),
        scratch_test(csv_add_reports_a_full_disk),
        scratch_test(a_small_run_is_as_expected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
