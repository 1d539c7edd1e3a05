#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/cleanup.h"
#include "page/page_forest.h"
#include "tests/support/contains.h"
#include "tests/support/elements.h"
#include "tests/support/judged.h"
#include "tests/support/labels.h"

static const char *const no_claims[] = {NULL};

static char *printed(const struct judged *judged)
{
    const struct records *records = &judged->records;
    struct summary summary;
    summary_make(&summary, &records->plan, records->items, records->count);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    page_forest_print(out, &judged->verdicts, &summary.workloads[0],
                      &summary.workloads[0].groups[0], "forest-1-1", PAGE_WHOLE);
    fclose(out);
    summary_clear(&summary);
    elements_check(text);
    return text;
}

static void verdicts_are_effects_with_their_words(void **state)
{
    (void)state;
    struct judged judged;
    judged_make(&judged, 8, no_claims);
    cleanup_free char *text = printed(&judged);
    labels_check(text);
    assert_contains(text, "<title id=\"forest-1-1-title\">bursts: ratio to glibc</title>");
    assert_contains(text, ">end.anon</text>");
    assert_contains(text, "<g class=\"effect less\" data-value=\"0.6");
    assert_contains(text, "] ↓ better</text>");
    assert_contains(text, "end.anon: tcmalloc 0.6");
    judged_clear(&judged);
}

static void nothing_is_printed_of_another_workload_or_object_allocator(void **state)
{
    (void)state;
    struct judged judged;
    judged_make(&judged, 8, no_claims);
    judged.verdicts.groups[0].object_allocator = OBJECT_MALLOC;
    cleanup_free char *object = printed(&judged);
    assert_string_equal(object, "");
    judged.verdicts.groups[0].object_allocator = OBJECT_PYMALLOC;
    records_set(&judged.verdicts.groups[0].parameters, "n=3");
    cleanup_free char *parameters = printed(&judged);
    assert_string_equal(parameters, "");
    judged_clear(&judged);
}

static void hostile_names_are_inert(void **state)
{
    (void)state;
    struct judged judged;
    judged_make(&judged, 8, no_claims);
    records_set(&judged.verdicts.groups[0].comparisons[0].candidate, "</text><script>");
    records_set(&judged.verdicts.groups[0].comparisons[1].missing, "<img src=x>");
    cleanup_free char *text = printed(&judged);
    assert_contains(text, "&lt;/text&gt;&lt;script&gt;");
    assert_contains(text, "&lt;img src=x&gt;");
    judged_clear(&judged);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts_are_effects_with_their_words),
        cmocka_unit_test(nothing_is_printed_of_another_workload_or_object_allocator),
        cmocka_unit_test(hostile_names_are_inert),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
