#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "report/verdicts_csv.h"
#include "tests/support/contains.h"
#include "tests/support/expected.h"
#include "tests/support/judged.h"
#include "tests/support/reported.h"
#include "tests/support/scratch.h"

static char text[1 << 16];

static void write_verdicts(void *const *state, const char *const *claims, unsigned blocks)
{
    struct judged judged;
    struct error err = {0};
    cleanup_free char *path = scratch_path(state, "comparisons.csv");
    judged_make(&judged, blocks, claims);
    int failed = verdicts_csv_write(&judged.verdicts, "run-1", path, &err);
    judged_clear(&judged);
    if (failed) {
        fail_msg("%s", err.message);
    }
    ssize_t length = file_read_at(AT_FDCWD, path, text, sizeof text);
    assert_true(length > 0);
}

/* A field of the first row that begins with `begin`; commas are in no field before those asked. */
static const char *field(const char *begin, const char *column)
{
    static char value[256];
    size_t index = 0;
    cleanup_free char *head = strndup(text, strcspn(text, "\r"));
    char *rest = head, *name;
    while ((name = strsep(&rest, ",")) && strcmp(name, column) != 0) {
        index++;
    }
    assert_non_null(name);
    const char *row = strstr(text, begin);
    if (!row) {
        fail_msg("no row has '%s' in:\n%s", begin, text);
        return "";
    }
    while (row > text && row[-1] != '\n') {
        row--;
    }
    cleanup_free char *line = strndup(row, strcspn(row, "\r"));
    rest = line;
    for (; index > 0; index--) {
        assert_non_null(strsep(&rest, ","));
    }
    name = strsep(&rest, ",");
    assert_non_null(name);
    text_place(value, sizeof value, name);
    return value;
}

static void a_comparison_is_a_row(void **state)
{
    static const char *const none[] = {NULL};
    write_verdicts(state, none, 8);
    const char *row = "end.anon,bytes,glibc,tcmalloc";
    assert_string_equal(field(row, "run"), "run-1");
    assert_string_equal(field(row, "kind"), "comparison");
    assert_string_equal(field(row, "workload"), "bursts");
    assert_string_equal(field(row, "n"), "8");
    assert_string_equal(field(row, "scale"), "ratio");
    assert_true(strncmp(field(row, "estimate"), "0.62", 4) == 0);
    assert_string_equal(field(row, "alpha"), "0.05");
    assert_string_equal(field(row, "high_edge"), "1.03");
    assert_string_equal(field(row, "verdict"), "better");
    assert_string_equal(field(row, "reason"), "");
    assert_string_equal(field(row, "gate"), "error");
    assert_true(field(row, "adjusted_p")[0] != '\0');
    assert_string_equal(field(row, "claim"), "");
    assert_string_equal(field("settled.anon,bytes,glibc,tcmalloc", "gate"), "");
    assert_string_equal(field("settled.anon,bytes,glibc,tcmalloc", "adjusted_p"), "");
}

static void an_unknown_one_says_why_and_what_could_be_seen(void **state)
{
    static const char *const none[] = {NULL};
    write_verdicts(state, none, 8);
    const char *row = "settled.anon,bytes,glibc,jemalloc";
    assert_string_equal(field(row, "verdict"), "unknown");
    assert_string_equal(field(row, "reason"), "too_wide");
    assert_true(strncmp(field(row, "visible"), "1.1", 3) == 0);
    assert_contains(text, "jemalloc: two modes");
    write_verdicts(state, none, 3);
    assert_string_equal(field(row, "reason"), "too_few");
    assert_string_equal(field(row, "upper"), ""); /* endless */
    assert_string_equal(field(row, "visible"), "");
}

static void what_was_not_measured_has_no_figures(void **state)
{
    static const char *const none[] = {NULL};
    write_verdicts(state, none, 8);
    const char *row = "released.anon,bytes,glibc,tcmalloc";
    assert_string_equal(field(row, "verdict"), "not measured");
    assert_string_equal(field(row, "n"), "");
    assert_string_equal(field(row, "estimate"), "");
    assert_string_equal(field(row, "reason"),
                        "no run of glibc on bursts came by a phase 'released'");
}

static void a_claim_is_a_row_per_allocator_with_its_source(void **state)
{
    static const char *const claims[] = {"end.anon <= 90MiB", "tcmalloc end.anon >= 2 * glibc",
                                         "loaded.anon <= 1MiB on elsewhere", NULL};
    write_verdicts(state, claims, 8);
    const char *row = "claim,bursts,,pymalloc,end.anon,bytes,,glibc";
    assert_string_equal(field(row, "verdict"), "refuted");
    assert_string_equal(field(row, "claim_verdict"), "refuted");
    assert_string_equal(field(row, "claim"), "end.anon <= 90MiB");
    assert_string_equal(field(row, "source"), "https://example.org/post");
    assert_string_equal(field(row, "title"), "What the page says");
    assert_string_equal(field(row, "scale"), "location");
    assert_string_equal(field(row, "low_edge"), "");
    assert_string_equal(field(row, "high_edge"), "94371840");
    const char *other = "claim,bursts,,pymalloc,end.anon,bytes,,tcmalloc";
    assert_string_equal(field(other, "verdict"), "confirmed");
    assert_string_equal(field(other, "claim_verdict"), "refuted");
    const char *ratio = "claim,bursts,,pymalloc,end.anon,bytes,glibc,tcmalloc";
    assert_string_equal(field(ratio, "low_edge"), "2");
    assert_string_equal(field(ratio, "high_edge"), "");
    assert_string_equal(field("elsewhere", "verdict"), "not measured");
    assert_string_equal(field("elsewhere", "workload"), "");
}

static void print_file(const struct report *report, FILE *out)
{
    verdicts_csv_print(&report->verdicts, report->info->id, out);
}

static void a_whole_run_is_as_expected(void **state)
{
    (void)state;
    struct reported reported;
    reported_init(&reported);
    reported_make(&reported);
    cleanup_free char *written = reported_print(&reported, print_file);
    reported_clear(&reported);
    expected_check(written, "comparisons.csv");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(a_comparison_is_a_row),
        scratch_test(an_unknown_one_says_why_and_what_could_be_seen),
        scratch_test(what_was_not_measured_has_no_figures),
        scratch_test(a_claim_is_a_row_per_allocator_with_its_source),
        cmocka_unit_test(a_whole_run_is_as_expected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
