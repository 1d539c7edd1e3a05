#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/cleanup.h"
#include "page/page_cycles.h"
#include "tests/support/contains.h"
#include "tests/support/elements.h"
#include "tests/support/labels.h"
#include "tests/support/records.h"

static const double mebibyte = 0x1p20;

/* What is printed of the records; they are cleared. */
static char *printed(struct records *records)
{
    struct summary summary;
    summary_make(&summary, &records->plan, records->items, records->count);
    records_clear(records);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    page_cycles_print(out, &summary, &summary.workloads[0], &summary.workloads[0].groups[0],
                      "cycles-1-1", PAGE_WHOLE);
    fclose(out);
    summary_clear(&summary);
    elements_check(text);
    return text;
}

/* Each cycle ends with `step` MiB more than the former, from 10 on; pinned all. */
static void add_trial(struct records *records, size_t setting, unsigned cycles, double step)
{
    struct record *record = records_add(records, setting, OUTCOME_OK);
    records_add_sample(record, PHASE_START, 1)->values[METRIC_ANON] = mebibyte;
    for (unsigned i = 0; i < cycles; i++) {
        struct sample *end = records_add_sample(record, PHASE_END, i + 1);
        end->values[METRIC_ANON] = (10 + step * i) * mebibyte;
    }
    records->options.cycles = cycles;
}

static void each_cycle_has_a_mark_at_its_whole_number(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add_trial(&records, 0, 4, 2);
    records_add(&records, 1, OUTCOME_CRASHED);
    add_trial(&records, 2, 4, 0);
    cleanup_free char *text = printed(&records);
    labels_check(text);
    assert_contains(text,
                    " data-value=\"14680064\"><title>glibc, cycle 3: 14.0 MiB</title></path>");
    assert_contains(text,
                    "<g class=\"line s2 d2\" data-name=\""); /* the row's, not the line's number */
    assert_contains(text, ">1</text>");
    assert_contains(text, ">4</text>");
    assert_lacks(text, ">1.5</text>");
    assert_contains(text, "glibc: 10.0 in cycle 1, 16.0 in cycle 4, growing. jemalloc: 10.0 in "
                          "cycle 1, 10.0 in cycle 4, held.");
}

static void the_table_has_the_slope_and_says_what_grows(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add_trial(&records, 0, 4, 2);
    add_trial(&records, 1, 4, 0);
    records_add(&records, 2, OUTCOME_CRASHED);
    cleanup_free char *text = printed(&records);
    assert_contains(text, "<bdi>glibc</bdi></th><td data-value=\"2097152\" data-low=\"2097152\" "
                          "data-high=\"2097152\">2.0</td><td class=\"more\">growing</td>"
                          "<td data-value=\"10485760\"");
    assert_contains(text, "<bdi>tcmalloc</bdi></th><td data-value=\"0\" data-low=\"0\" "
                          "data-high=\"0\">0.000</td><td>held</td>");
    assert_contains(text, "<bdi>jemalloc</bdi></th><td class=\"absent\">–</td><td>–</td>"
                          "<td class=\"absent\">–</td>");
}

static void of_two_cycles_nothing_is_said_to_grow(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add_trial(&records, 0, 2, 2);
    cleanup_free char *text = printed(&records);
    assert_contains(text, "<bdi>glibc</bdi></th><td class=\"absent\">–</td><td>–</td>");
    assert_contains(text, ">2</text>");
    assert_lacks(text, "growing");
}

static void many_cycles_have_a_line_without_marks(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add_trial(&records, 0, 25, 1);
    cleanup_free char *text = printed(&records);
    assert_lacks(text, "class=\"mark\"");
    assert_contains(text, "<th scope=\"col\">cycle 1<small>");
    assert_contains(text, "<th scope=\"col\">25<small>");
}

static void one_cycle_is_no_course(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add_trial(&records, 0, 1, 0);
    cleanup_free char *text = printed(&records);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_cycle_has_a_mark_at_its_whole_number),
        cmocka_unit_test(the_table_has_the_slope_and_says_what_grows),
        cmocka_unit_test(of_two_cycles_nothing_is_said_to_grow),
        cmocka_unit_test(many_cycles_have_a_line_without_marks),
        cmocka_unit_test(one_cycle_is_no_course),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
