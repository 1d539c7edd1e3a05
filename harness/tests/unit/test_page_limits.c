#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "page/page_limits.h"
#include "tests/support/contains.h"
#include "tests/support/elements.h"

static char *printed(const struct report *report)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    page_limits_print(out, report);
    fclose(out);
    elements_check(text);
    return text;
}

static void limits_are_listed_with_their_hint_and_cannot_act(void **state)
{
    (void)state;
    struct report report = {0};
    findings_add(&report.limits, FINDING_WARN, "noise", "run <more>", "under %s", "<script>");
    findings_add(&report.limits, FINDING_FAIL, "failed trials", "see", "all");
    char *text = printed(&report);
    assert_contains(text, "<li class=\"warn\"><strong>noise</strong>: <bdi>under "
                          "&lt;script&gt;</bdi> <span class=\"hint\">hint: <bdi>run "
                          "&lt;more&gt;</bdi></span></li>");
    assert_contains(text, "<li class=\"fail\"><strong>failed trials</strong>");
    free(text);
    findings_clear(&report.limits);
}

static void without_limits_there_is_no_section(void **state)
{
    (void)state;
    struct report report = {0};
    char *text = printed(&report);
    assert_string_equal(text, "");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_are_listed_with_their_hint_and_cannot_act),
        cmocka_unit_test(without_limits_there_is_no_section),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
