#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "report/summary_csv.h"
#include "tests/support/contains.h"
#include "tests/support/expected.h"
#include "tests/support/records.h"
#include "tests/support/reported.h"
#include "tests/support/scratch.h"
#include "tests/support/standstills.h"

static char text[1 << 18];

static void write_summary(void *const *state, struct records *records)
{
    struct summary summary;
    struct error err = {0};
    cleanup_free char *path = scratch_path(state, "summary.csv");
    summary_make(&summary, &records->plan, records->items, records->count);
    int failed = summary_csv_write(&summary, "run-1", path, &err);
    summary_clear(&summary);
    if (failed) {
        fail_msg("%s", err.message);
    }
    assert_true(file_read_at(AT_FDCWD, path, text, sizeof text) > 0);
}

static void a_figure_is_a_row_with_its_median_and_range(void **state)
{
    struct records records;
    records_init(&records);
    records_add_ok(&records, 0, 3, 100);
    records_add_ok(&records, 0, 3, 104);
    records_add_ok(&records, 0, 3, 101);
    write_summary(state, &records);
    assert_contains(text,
                    "glibc,3,3,end.anon,bytes,3,105906176,104857600,109051904,0.01980198,\r\n");
    records_clear(&records);
}

static void a_figure_that_no_trial_has_is_empty(void **state)
{
    struct records records;
    records_init(&records);
    records_add(&records, 0, OUTCOME_CRASHED);
    write_summary(state, &records);
    assert_contains(text, "glibc,0,1,end.anon,bytes,0,,,,,\r\n");
    records_clear(&records);
}

static void a_difference_is_to_the_first_allocator(void **state)
{
    struct records records;
    records_init(&records);
    records_add_ok(&records, 0, 3, 100);
    records_add_ok(&records, 1, 3, 62.5);
    write_summary(state, &records);
    assert_contains(text, "glibc,1,1,end.anon-difference,ratio,0,,,,,\r\n");
    assert_contains(text, "tcmalloc,1,1,end.anon-difference,ratio,1,-0.375,,,,\r\n");
    records_clear(&records);
}

static void each_cycle_is_a_row_where_there_are_several(void **state)
{
    struct records records;
    records_init(&records);
    records.options.cycles = 2;
    struct record *record = records_add_ok(&records, 0, 3, 100);
    records_add_sample(record, PHASE_END, 2)->values[METRIC_ANON] = 104 * 0x1p20;
    write_summary(state, &records);
    assert_contains(text, ",cycle-1.end.anon,bytes,1,104857600,104857600,104857600,,\r\n");
    assert_contains(text, ",cycle-2.end.anon,bytes,1,109051904,109051904,109051904,,\r\n");
    assert_lacks(text, ",cycle-3.end.anon");
    records.options.cycles = 1;
    write_summary(state, &records);
    assert_lacks(text, ",cycle-1.end.anon");
    records_clear(&records);
}

/* A malloc that does not tell its parts leaves them empty, and a standstill that nobody looked into
 * has no rows. */
static void layers_are_rows_of_the_trial_that_they_are_of(void **state)
{
    struct records records;
    struct standstills trial;
    records_init(&records);
    records_add(&records, 0, OUTCOME_CRASHED);
    standstills_init(&trial, false);
    standstills_add(&trial, PHASE_END, 1);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_FREE_POOLS, 3);
    standstills_set(&trial, METRIC_PEAK_RSS, 20 * 0x1p20);
    standstills_add(&trial, PHASE_SETTLED, 1);
    standstills_set(&trial, METRIC_FRAGMENTATION_RATIO, 1.25);
    records_add_measured(&records, 0, "mimalloc", trial.items, trial.count);
    write_summary(state, &records);
    assert_contains(text, ",end.layer.pymalloc_free,bytes,1,3145728,3145728,3145728,,2\r\n");
    assert_contains(text, ",settled.layer.pymalloc_free,bytes,1,3145728,3145728,3145728,,2\r\n");
    assert_contains(text, ",end.layer.malloc_pinned,bytes,0,,,,,2\r\n");
    assert_contains(text, ",highest.layer.unexplained,bytes,1,");
    assert_contains(text, ",highest.peak_rss,bytes,1,20971520,20971520,20971520,,2\r\n");
    assert_contains(text, ",settled.fragmentation_ratio,ratio,1,1.25,1.25,1.25,,2\r\n");
    assert_contains(text, ",collected.forecast_bytes,bytes,0,,,,,2\r\n");
    assert_lacks(text, ",released.layer.");
    records_clear(&records);
}

static void causes_are_rows_of_their_bytes(void **state)
{
    struct records records;
    struct standstills trial;
    records_init(&records);
    standstills_init(&trial, true);
    standstills_add(&trial, PHASE_END, 1);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_FREE_POOLS, 3);
    standstills_put(&trial, METRIC_CHILDREN_LIVE, 1);
    standstills_add_aftermath(&trial);
    records_add_measured(&records, 0, "glibc", trial.items, trial.count);
    records_add_ok(&records, 1, 3, 100); /* not inspected */
    write_summary(state, &records);
    assert_contains(text, "glibc,1,1,cause.held,bytes,1,4194304,4194304,4194304,,\r\n");
    assert_contains(text, "glibc,1,1,trial-1.cause.held,bytes,1,4194304,4194304,4194304,,1\r\n");
    assert_lacks(text, "trial-2.cause.held"); /* not inspected */
    assert_contains(text, "glibc,1,1,cause.children,bytes,1,1048576,1048576,1048576,,\r\n");
    assert_contains(text, "glibc,1,1,cause.slope_per_cycle,bytes,0,,,,,\r\n");
    assert_contains(text, "glibc,1,1,cause.pymalloc,bytes,1,3145728,3145728,3145728,,\r\n");
    assert_contains(text, "glibc,1,1,cause.live,bytes,1,1048576,1048576,1048576,,\r\n");
    assert_contains(text, "glibc,1,1,cause.stacks,bytes,1,0,0,0,,\r\n");
    assert_contains(text, "tcmalloc,1,1,cause.held,bytes,0,,,,,\r\n");
    assert_contains(text, "tcmalloc,1,1,cause.pymalloc,bytes,0,,,,,\r\n");
    records_clear(&records);
}

/* One trial gave back half in 2.5 s, and never 90 %: its absence is no time. A second one that
 * gives back nothing leaves no median, as the middle of the two is not known. */
static void decays_are_rows_of_the_trials_that_gave_back(void **state)
{
    struct records records;
    struct standstills trial;
    records_init(&records);
    standstills_init(&trial, true);
    standstills_add(&trial, PHASE_END, 1);
    standstills_put(&trial, METRIC_OWNER_MALLOC_RELEASABLE, 100);
    standstills_add(&trial, PHASE_SETTLED, 1);
    standstills_put(&trial, METRIC_OWNER_MALLOC_RELEASABLE, -60);
    trial.items[2].elapsed = trial.items[1].elapsed + 2.5;
    records_add_measured(&records, 0, "glibc", trial.items, trial.count);
    write_summary(state, &records);
    assert_contains(text, "glibc,1,1,decay_50_seconds,seconds,1,2.5,2.5,2.5,,\r\n");
    assert_contains(text, "glibc,1,1,decay_90_seconds,seconds,0,,,,,\r\n");
    standstills_put(&trial, METRIC_OWNER_MALLOC_RELEASABLE, 60);
    records_add_measured(&records, 0, "glibc", trial.items, trial.count);
    write_summary(state, &records);
    assert_contains(text, "glibc,2,2,decay_50_seconds,seconds,1,,2.5,2.5,,\r\n");
    records_clear(&records);
}

static void a_place_that_cannot_be_written_is_an_error(void **state)
{
    (void)state;
    struct summary summary = {0};
    struct error err = {0};
    assert_int_equal(summary_csv_write(&summary, "run-1", "/nowhere/summary.csv", &err), -1);
    assert_contains(err.message, "/nowhere/summary.csv");
}

/* What was there stays, whole. */
static void a_full_disk_is_an_error(void **state)
{
    cleanup_free char *path = scratch_write_text(state, "summary.csv", "old");
    cleanup_free char *draft = text_format("%s.%d", path, (int)getpid());
    assert_int_equal(symlink("/dev/full", draft), 0);
    struct summary summary = {0};
    struct error err = {0};
    assert_int_equal(summary_csv_write(&summary, "run-1", path, &err), -1);
    assert_contains(err.message, "No space left");
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, 3);
}

static void print_file(const struct report *report, FILE *out)
{
    summary_csv_print(&report->summary, report->info->id, out);
}

static void a_whole_run_is_as_expected(void **state)
{
    (void)state;
    struct reported reported;
    reported_init(&reported);
    reported_make(&reported);
    cleanup_free char *written = reported_print(&reported, print_file);
    reported_clear(&reported);
    expected_check(written, "summary.csv");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(a_figure_is_a_row_with_its_median_and_range),
        scratch_test(a_figure_that_no_trial_has_is_empty),
        scratch_test(a_difference_is_to_the_first_allocator),
        scratch_test(each_cycle_is_a_row_where_there_are_several),
        scratch_test(layers_are_rows_of_the_trial_that_they_are_of),
        scratch_test(causes_are_rows_of_their_bytes),
        scratch_test(decays_are_rows_of_the_trials_that_gave_back),
        cmocka_unit_test(a_place_that_cannot_be_written_is_an_error),
        scratch_test(a_full_disk_is_an_error),
        cmocka_unit_test(a_whole_run_is_as_expected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
