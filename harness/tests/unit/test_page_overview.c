#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "page/page_overview.h"
#include "tests/support/contains.h"
#include "tests/support/elements.h"
#include "tests/support/judged.h"

/* Prints a report of the judged run as it is after `change`. */
static char *printed(void (*change)(struct report *report))
{
    static const char *const none[] = {NULL};
    struct judged judged;
    judged_make(&judged, 8, none);
    struct records *records = &judged.records;
    struct run_info info = {.id = text_copy("r"), .finished = text_copy("now")};
    struct report report;
    report_make(&report, &info, &records->plan, records->items, records->count);
    change(&report);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    page_overview_print(out, &report);
    fclose(out);
    report_clear(&report);
    judged_clear(&judged);
    run_info_clear(&info);
    return text;
}

static void leave(struct report *report)
{
    (void)report;
}

static void one_workload_needs_no_overview(void **state)
{
    (void)state;
    cleanup_free char *text = printed(leave);
    assert_string_equal(text, "");
}

/* A second workload of a hostile name, of which nothing was compared. */
static void add_workload(struct report *report)
{
    struct summary *summary = &report->summary;
    summary->workloads = text_grow(summary->workloads, 2, sizeof *summary->workloads);
    struct summary_workload *workload = &summary->workloads[summary->workload_count++];
    *workload = (struct summary_workload){.name = text_copy("<b>two</b>"),
                                          .summary = text_copy(""),
                                          .parameters = text_copy(""),
                                          .group_count = 1};
    workload->groups = text_allocate(sizeof *workload->groups);
    workload->groups[0] = (struct summary_group){.object_allocator = OBJECT_PYMALLOC};
    report->verdicts.groups[0].comparisons[2].result.effect = (struct interval){0.625, 0.5, 0.75};
}

static void each_workload_leads_to_its_part_with_what_each_allocator_holds(void **state)
{
    (void)state;
    cleanup_free char *text = printed(add_workload);
    assert_contains(text, "<a href=\"#workload-1\"><bdi>bursts</bdi></a>");
    assert_contains(text, "<a href=\"#workload-2\"><bdi>&lt;b&gt;two&lt;/b&gt;</bdi></a>");
    assert_contains(text, "<td class=\"less\" data-value=\"0.625\" data-low=\"0.5\" "
                          "data-high=\"0.75\">0.62 ↓</td>");
    assert_contains(text, "?</td>");
    /* nothing is 0 that was not compared */
    assert_int_equal(elements_count(text, "<td class=\"absent\">–</td>"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_workload_needs_no_overview),
        cmocka_unit_test(each_workload_leads_to_its_part_with_what_each_allocator_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
