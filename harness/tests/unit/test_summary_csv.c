#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "report/summary_csv.h"
#include "tests/support/contains.h"
#include "tests/support/records.h"
#include "tests/support/scratch.h"

static char text[65536];

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
    assert_contains(text, "glibc,3,3,end.anon,bytes,3,105906176,104857600,109051904\r\n");
    records_clear(&records);
}

static void a_figure_that_no_trial_has_is_empty(void **state)
{
    struct records records;
    records_init(&records);
    records_add(&records, 0, OUTCOME_CRASHED);
    write_summary(state, &records);
    assert_contains(text, "glibc,0,1,end.anon,bytes,0,,,\r\n");
    records_clear(&records);
}

static void a_place_that_cannot_be_written_is_an_error(void **state)
{
    (void)state;
    struct summary summary = {0};
    struct error err = {0};
    assert_int_equal(summary_csv_write(&summary, "run-1", "/nowhere/summary.csv", &err), -1);
    assert_contains(err.message, "/nowhere/summary.csv");
    assert_int_equal(summary_csv_write(&summary, "run-1", "/dev/full", &err), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(a_figure_is_a_row_with_its_median_and_range),
        scratch_test(a_figure_that_no_trial_has_is_empty),
        cmocka_unit_test(a_place_that_cannot_be_written_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
