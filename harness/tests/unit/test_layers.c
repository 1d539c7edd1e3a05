#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/grid.h"
#include "report/layers.h"
#include "tests/support/contains.h"
#include "tests/support/owners.h"
#include "tests/support/records.h"

static const double mebibyte = 0x1p20;

/* What is printed of the first workload. */
static char *printed_summary(const struct summary *summary, unsigned width)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    struct prose prose = {.out = out, .width = width};
    layers_print(&prose, &summary->workloads[0]);
    fclose(out);
    return text;
}

/* What is printed of the records; they are cleared. */
static char *printed(struct records *records, unsigned width)
{
    struct summary summary;
    summary_make(&summary, &records->plan, records->items, records->count);
    records_clear(records);
    char *text = printed_summary(&summary, width);
    summary_clear(&summary);
    return text;
}

/* The words of a line that begins with `word`, joined by one blank. */
static char *line_of(const char *text, const char *word)
{
    cleanup_free char *start = text_format("\n%s ", word);
    const char *line = strstr(text, start);
    if (!line) {
        fail_msg("no line begins with '%s' in:\n%s", word, text);
        return NULL;
    }
    cleanup_free char *copy = strndup(line + 1, strcspn(line + 1, "\n"));
    char *joined = text_copy("");
    for (char *rest = copy, *next; (next = strsep(&rest, " "));) {
        if (*next != '\0') {
            cleanup_free char *former = joined;
            joined = text_format("%s%s%s", former, *former ? " " : "", next);
        }
    }
    return joined;
}

static void assert_line(const char *text, const char *word, const char *wanted)
{
    cleanup_free char *line = line_of(text, word);
    assert_string_equal(line, wanted);
}

/* An ok trial with anon at its end, and a sample at 'settled' of which nothing was measured. */
static struct sample *add_settled(struct records *records, size_t setting)
{
    struct record *record = records_add_ok(records, setting, 1, 2);
    return records_add_sample(record, PHASE_SETTLED, 1);
}

/* All that a row can have, owner number i with (i + 1) * size MiB. */
static void add_full(struct records *records, size_t setting, double size)
{
    struct record *record = records_add_ok(records, setting, 1, 2);
    static const char *const phases[] = {PHASE_SETTLED, PHASE_COLLECTED, PHASE_RELEASED};
    for (size_t i = 0; i < 3; i++) {
        struct sample *sample = records_add_sample(record, phases[i], 1);
        owners_set(sample, size * mebibyte, true, size * mebibyte);
        for (int metric = METRIC_LIVE_BYTES; metric < METRIC_FRAGMENTATION_RATIO; metric++) {
            sample->values[metric] = size * mebibyte;
        }
        sample->values[METRIC_FRAGMENTATION_RATIO] = 1.234;
    }
}

static void a_run_that_nobody_looked_into_has_no_table(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    records_add_ok(&records, 0, 3, 300);
    cleanup_free char *text = printed(&records, 80);
    assert_string_equal(text, "");
}

static void only_layers_that_somebody_has_are_shown(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    struct sample *sample = add_settled(&records, 0);
    sample->values[METRIC_OWNER_FILE_CLEAN] = 6 * mebibyte;
    sample->values[METRIC_OWNER_BSS] = 0.5 * mebibyte;
    sample->values[METRIC_OWNER_THREAD_STACKS] = 0.04 * mebibyte; /* reads as 0.0 */
    sample->values[METRIC_OWNER_MALLOC_IN_USE] = 0;
    sample->values[METRIC_OWNER_PYMALLOC_LIVE] = 20 * mebibyte;
    sample->values[METRIC_RSS] = 26.54 * mebibyte;
    cleanup_free char *text = printed(&records, 80);
    assert_contains(text, "\nWhere resident memory is at settled, MiB\n");
    assert_line(text, "allocator", "allocator rss files live");
    assert_line(text, "glibc", "glibc 26.5 6.5 20.0");
}

static void layers_and_the_release_stand_in_one_table_where_it_is_wide(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add_full(&records, 0, 10);
    cleanup_free char *text = printed(&records, 200);
    assert_line(text, "allocator",
                "allocator rss files stacks live free in use releasable pinned metadata freed "
                "slack other plained forecast back ratio");
    assert_line(text, "glibc",
                "glibc 1570.0 100.0 110.0 70.0 270.0 110.0 120.0 130.0 140.0 160.0 170.0 180.0 "
                "10.0 10.0 10.0 1.23");
    assert_lacks(text, "rest");
    assert_lacks(text, "Live and free");
}

/* The smallest go together, and what is unexplained stays, though it is smaller. */
static void what_has_no_room_is_one_column_that_is_explained(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add_full(&records, 0, 10);
    cleanup_free char *text = printed(&records, 80);
    assert_line(text, "allocator",
                "allocator rss free able pinned data freed slack other rest plained");
    assert_line(text, "glibc", "glibc 1570.0 270.0 120.0 130.0 140.0 160.0 170.0 180.0 390.0 10.0");
    assert_contains(text, "\nrest: files; stacks; pymalloc live; malloc in use\n");
    assert_contains(text, "\nLive and free memory, and the release, MiB\n");
    const char *second = strstr(text, "Live and free");
    assert_line(second, "allocator", "allocator live releasable pinned forecast back ratio");
    assert_line(second, "glibc", "glibc 10.0 10.0 10.0 10.0 10.0 1.23");
}

static void unknown_is_a_dash_and_below_zero_has_a_sign(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    struct sample *sample = add_settled(&records, 0);
    sample->values[METRIC_OWNER_MALLOC_UNSPLIT] = 30 * mebibyte;
    sample->values[METRIC_RSS] = 28.5 * mebibyte;
    sample = add_settled(&records, 1);
    sample->values[METRIC_OWNER_MALLOC_IN_USE] = 20 * mebibyte;
    sample->values[METRIC_RSS] = 20 * mebibyte - 4096; /* no "-0.0" */
    records_add(&records, 2, OUTCOME_CRASHED);
    cleanup_free char *text = printed(&records, 200);
    assert_line(text, "allocator", "allocator rss in use not split plained");
    assert_line(text, "glibc", "glibc 28.5 - 30.0 -1.5");
    assert_line(text, "tcmalloc", "tcmalloc 20.0 20.0 0.0"); /* nothing is left to be split */
    assert_contains(text, "\ntcmalloc   20.0    20.0                 0.0\n");
    assert_line(text, "jemalloc", "jemalloc - - - -");
}

static void free_memory_is_shown_only_where_something_is_known(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    struct sample *sample = add_settled(&records, 0);
    owners_set(sample, mebibyte, true, 0);
    sample = records_add_sample(&records.items[0], PHASE_RELEASED, 1);
    sample->values[METRIC_RELEASED_BYTES] = 7 * mebibyte;
    cleanup_free char *text = printed(&records, 200);
    assert_lacks(text, "forecast");
    assert_lacks(text, "ratio");
    cleanup_free char *line = line_of(text, "glibc");
    assert_string_equal(line + strlen(line) - 4, " 7.0");
}

/* 20 letters, sizes from 10 MiB to 400 GiB. */
static void the_table_never_exceeds_its_width(void **state)
{
    (void)state;
    static const double sizes[] = {0.1, 10, 1000, 4000, 20000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct records records;
        records_init(&records);
        records_set(&records.settings[0].name, "tcmalloc-aggressive2");
        add_full(&records, 0, sizes[i]);
        add_full(&records, 1, sizes[i]);
        struct summary summary;
        summary_make(&summary, &records.plan, records.items, records.count);
        records_clear(&records);
        for (unsigned width = 80; width <= 200; width++) {
            cleanup_free char *text = printed_summary(&summary, width);
            if (grid_width(text) > width) {
                fail_msg("wider than %u columns:\n%s", width, text);
            }
            assert_contains(text, "plained");
        }
        summary_clear(&summary);
    }
}

static void object_allocators_stand_apart(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add_full(&records, 0, 10);
    add_full(&records, 0, 20);
    records.trials[1].object_allocator = OBJECT_MALLOC;
    cleanup_free char *text = printed(&records, 200);
    assert_contains(text, "at settled, MiB, object allocator pymalloc\n");
    assert_contains(text, "at settled, MiB, object allocator malloc\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_that_nobody_looked_into_has_no_table),
        cmocka_unit_test(only_layers_that_somebody_has_are_shown),
        cmocka_unit_test(layers_and_the_release_stand_in_one_table_where_it_is_wide),
        cmocka_unit_test(what_has_no_room_is_one_column_that_is_explained),
        cmocka_unit_test(unknown_is_a_dash_and_below_zero_has_a_sign),
        cmocka_unit_test(free_memory_is_shown_only_where_something_is_known),
        cmocka_unit_test(the_table_never_exceeds_its_width),
        cmocka_unit_test(object_allocators_stand_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
