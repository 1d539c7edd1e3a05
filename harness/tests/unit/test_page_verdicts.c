#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "page/page_verdicts.h"
#include "tests/support/contains.h"
#include "tests/support/elements.h"
#include "tests/support/judged.h"

static const char *const claims[] = {NULL};

/* What the page says of a workload of that name and parameters. */
static char *printed(const struct verdicts *verdicts, const char *name, const char *parameters,
                     enum object_allocator object_allocator)
{
    struct summary_workload workload = {.name = (char *)name, .parameters = (char *)parameters};
    struct summary_group group = {.object_allocator = object_allocator};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    page_verdicts_print(out, verdicts, &workload, &group, PAGE_WHOLE);
    fclose(out);
    elements_check(text);
    return text;
}

static void every_comparison_is_a_row_with_exact_values(void **state)
{
    (void)state;
    struct judged judged;
    judged_make(&judged, 8, claims);
    cleanup_free char *text = printed(&judged.verdicts, "bursts", "", OBJECT_PYMALLOC);
    assert_int_equal(elements_count(text, "<table"), 1);
    /* end.anon, settled.anon, peak_rss, cpu and wall, of two allocators */
    assert_int_equal(elements_count(text, "<tr><th scope=\"row\">"), 10);
    assert_contains(text, "Against glibc: ratio, its 95 % interval, verdict");
    assert_contains(text, "<td class=\"less\">↓ better</td>");
    assert_contains(text, "<td class=\"unknown\">? unknown<small>8 runs would show at least <span "
                          "data-value=\"");
    assert_contains(text, "<small>– / two modes</small></td></tr>");
    assert_contains(text, "<td data-value=\"8\">8</td>");
    assert_contains(text, "<bdi>end.anon</bdi><small>gated</small></th>");
    assert_contains(text, "<li><bdi>end.anon of jemalloc: two modes, ");
    assert_lacks(text, "released.anon"); /* nobody has it */
    judged_clear(&judged);
}

static void intervals_p_values_and_spreads_are_told(void **state)
{
    (void)state;
    struct judged judged;
    judged_make(&judged, 8, claims);
    struct verdicts_comparison *comparison = &judged.verdicts.groups[0].comparisons[0];
    comparison->result.effect = (struct interval){0.625, 0.5, 0.75};
    comparison->result.p = 0.00025;
    comparison->adjusted_p = 0.0005;
    comparison->result.candidate.lowest = 90;
    comparison->result.candidate.median = 100;
    comparison->result.candidate.highest = 110;
    cleanup_free char *text = printed(&judged.verdicts, "bursts", "", OBJECT_PYMALLOC);
    assert_contains(text, "<td data-value=\"0.625\" data-low=\"0.5\" data-high=\"0.75\">0.62 "
                          "<span>[0.50, 0.75]</span></td>");
    assert_contains(text, "<td data-value=\"0.00025\">0.0003</td><td data-value=\"0.0005\">");
    assert_contains(text, " / <span data-value=\"0.1\">±10.0%</span>");
    judged_clear(&judged);
}

static void what_a_gate_asks_for_and_nobody_has_says_why(void **state)
{
    (void)state;
    struct judged judged;
    judged_make(&judged, 8, claims);
    struct verdicts_comparison *comparison = &judged.verdicts.groups[0].comparisons[0];
    comparison->missing = text_copy("no <trial> was ok");
    cleanup_free char *text = printed(&judged.verdicts, "bursts", "", OBJECT_PYMALLOC);
    assert_contains(text, "colspan=\"6\">not measured: <bdi>no &lt;trial&gt; was ok</bdi>");
    judged_clear(&judged);
}

static void another_workload_has_no_table(void **state)
{
    (void)state;
    struct judged judged;
    judged_make(&judged, 8, claims);
    cleanup_free char *elsewhere = printed(&judged.verdicts, "elsewhere", "", OBJECT_PYMALLOC);
    cleanup_free char *otherwise = printed(&judged.verdicts, "bursts", "n=2", OBJECT_PYMALLOC);
    cleanup_free char *with_malloc = printed(&judged.verdicts, "bursts", "", OBJECT_MALLOC);
    assert_string_equal(elsewhere, "");
    assert_string_equal(otherwise, "");
    assert_string_equal(with_malloc, "");
    judged_clear(&judged);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_comparison_is_a_row_with_exact_values),
        cmocka_unit_test(intervals_p_values_and_spreads_are_told),
        cmocka_unit_test(what_a_gate_asks_for_and_nobody_has_says_why),
        cmocka_unit_test(another_workload_has_no_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
