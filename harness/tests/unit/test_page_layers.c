#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "page/page_layers.h"
#include "tests/support/contains.h"
#include "tests/support/elements.h"
#include "tests/support/owners.h"
#include "tests/support/records.h"

static const double mebibyte = 0x1p20;

/* What is printed of the records, with the reasons; they are cleared. */
static char *printed(struct records *records)
{
    struct summary summary;
    summary_make(&summary, &records->plan, records->items, records->count);
    records_clear(records);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    fputs("<main>", out);
    for (size_t i = 0; i < summary.workloads[0].group_count; i++) {
        cleanup_free char *id = text_format("layers-1-%zu", i + 1);
        page_layers_print(out, &summary.workloads[0], &summary.workloads[0].groups[i], id,
                          PAGE_WHOLE);
    }
    page_layers_print_reason(out, &summary);
    fputs("</main>", out);
    fclose(out);
    summary_clear(&summary);
    elements_check(text);
    return text;
}

static struct record *add_trial(struct records *records, size_t setting, const char *family,
                                bool is_split, double unexplained)
{
    struct record *record = records_add_ok(records, setting, 1, 2);
    text_place(record->identity.family, sizeof record->identity.family, family);
    static const char *const phases[] = {"loaded", PHASE_SETTLED, PHASE_COLLECTED, PHASE_RELEASED};
    for (size_t i = 0; i < 4; i++) {
        owners_set(records_add_sample(record, phases[i], 1), mebibyte / (double)(i + 1), is_split,
                   unexplained);
    }
    owners_set(&record->samples[1], mebibyte / 2, is_split, unexplained); /* 'end' */
    record->samples[2].values[METRIC_PEAK_RSS] =
        record->samples[2].values[METRIC_RSS] + 12 * mebibyte;
    return record;
}

static void nothing_is_printed_of_what_nobody_looked_into(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    records_add_ok(&records, 0, 3, 300);
    cleanup_free char *text = printed(&records);
    assert_string_equal(text, "<main></main>");
}

static void bars_of_four_standstills_with_the_distance_to_the_peak(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add_trial(&records, 0, "glibc", true, 0);
    cleanup_free char *text = printed(&records);
    assert_contains(text, ">highest: loaded, 12 MiB below the peak</text>");
    assert_contains(text, ">highest</text>");
    assert_contains(text, ">end</text>");
    assert_contains(text, ">settled</text>");
    assert_contains(text, ">released</text>");
    assert_contains(text, "<title>peak: 168.0 MiB</title>");
    assert_contains(text, "glibc: highest 156.0, end 78.0, settled 78.0, released 39.0.</desc>");
    assert_contains(text, "<title>malloc metadata: 14.0 MiB</title>");
}

static void every_owner_has_its_bytes_at_each_standstill(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add_trial(&records, 0, "glibc", true, -4096);
    cleanup_free char *text = printed(&records);
    for (int i = METRIC_OWNER_FIRST; i <= METRIC_OWNER_UNEXPLAINED; i++) {
        if (i == METRIC_OWNER_MALLOC_UNSPLIT) {
            continue; /* glibc tells all */
        }
        cleanup_free char *row =
            text_format("\">%s</th><td data-value=\"", metric_table[i].name + strlen("owner_"));
        assert_contains(text, row);
    }
    assert_contains(text, "\">file_clean</th><td data-value=\"1048576\">1.00 "
                          "<small>1048576</small></td><td data-value=\"524288\">0.50 ");
    assert_contains(text, "\">unexplained</th><td data-value=\"-4096\">0.00 <small>-4096</small>");
    assert_contains(text, "\">rss</th><td data-value=\"163573760\">156.00 ");
    assert_lacks(text, "malloc_unsplit</th>");
    assert_lacks(text, "<a href=\"#not-told\">");
}

static void what_is_not_told_is_empty_and_says_why(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add_trial(&records, 3, "mimalloc", false, 0);
    cleanup_free char *text = printed(&records);
    assert_contains(text, "\">malloc_unsplit</th><td data-value=\"15728640\">15.00 ");
    assert_contains(text, "\">malloc_in_use</th><td class=\"absent\" colspan=\"4\">"
                          "<a href=\"#not-told\">not told by <bdi>mimalloc</bdi></a></td></tr>");
    assert_int_equal(elements_count(text, "<a href=\"#not-told\">"), 4);
    assert_int_equal(elements_count(text, "<p id=\"not-told\">"), 1);
    assert_contains(text, "<td class=\"absent\">–</td>"); /* live bytes */
}

static void a_standstill_that_was_not_read_is_not_zero(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    struct record *record = records_add_ok(&records, 0, 1, 2);
    owners_set(records_add_sample(record, PHASE_SETTLED, 1), mebibyte, true, 0);
    cleanup_free char *text = printed(&records);
    assert_contains(text, "end not read, settled 156.0, released not read.</desc>");
    assert_int_equal(elements_count(text, ">not read</text>"), 2);
    assert_int_equal(elements_count(text, "<td class=\"absent\">not read</td>"), 2 * 19);
    assert_contains(text, ">highest: settled</text>");
}

static void an_allocator_without_an_ok_trial_keeps_its_place(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add_trial(&records, 0, "glibc", true, 0);
    records_add(&records, 1, OUTCOME_CRASHED);
    cleanup_free char *text = printed(&records);
    assert_contains(text, ">tcmalloc</text><text class=\"tick\"");
    assert_int_equal(elements_count(text, ">not read</text>"), 1); /* not of each standstill */
    assert_int_equal(elements_count(text, "<table class=\"figures owners\">"), 1);
}

static void free_memory_stands_beside_what_the_release_gave(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    struct record *record = add_trial(&records, 0, "glibc", true, 0);
    record->samples[3].values[METRIC_LIVE_BYTES] = 10 * mebibyte;
    record->samples[3].values[METRIC_FRAGMENTATION_RATIO] = 1.25;
    record->samples[4].values[METRIC_FORECAST_BYTES] = 20 * mebibyte;
    record->samples[5].values[METRIC_RELEASED_BYTES] = 19.5 * mebibyte;
    cleanup_free char *text = printed(&records);
    assert_contains(text, "<bdi>glibc</bdi></th><td data-value=\"10485760\">10.0</td>"
                          "<td class=\"absent\">–</td><td class=\"absent\">–</td>"
                          "<td data-value=\"1.25\">1.25</td><td data-value=\"20971520\">20.0</td>"
                          "<td data-value=\"20447232\">19.5</td></tr>");
}

static void groups_of_objects_have_their_own_bars(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add_trial(&records, 0, "glibc", true, 0);
    add_trial(&records, 0, "glibc", true, 0);
    records.trials[1].object_allocator = OBJECT_MALLOC;
    cleanup_free char *text = printed(&records);
    assert_int_equal(elements_count(text, "<svg"), 2);
    assert_contains(text, "Where resident memory is <span>(objects by malloc)</span>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_printed_of_what_nobody_looked_into),
        cmocka_unit_test(bars_of_four_standstills_with_the_distance_to_the_peak),
        cmocka_unit_test(every_owner_has_its_bytes_at_each_standstill),
        cmocka_unit_test(what_is_not_told_is_empty_and_says_why),
        cmocka_unit_test(a_standstill_that_was_not_read_is_not_zero),
        cmocka_unit_test(an_allocator_without_an_ok_trial_keeps_its_place),
        cmocka_unit_test(free_memory_stands_beside_what_the_release_gave),
        cmocka_unit_test(groups_of_objects_have_their_own_bars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
