#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "measure/finding.h"

static void findings_keep_their_order_and_are_counted_by_grade(void **state)
{
    (void)state;
    struct findings findings = {0};
    findings_ok(&findings, "kernel", "Linux %d", 6);
    findings_add(&findings, FINDING_WARN, "swap", "swapoff -a", "%s in use", "1 MiB");
    findings_add(&findings, FINDING_FAIL, "glibc", "", "none");
    findings_ok(&findings, "locale", "UTF-8");
    assert_int_equal(findings.count, 4);
    assert_int_equal(findings_count(&findings, FINDING_OK), 2);
    assert_int_equal(findings_count(&findings, FINDING_WARN), 1);
    assert_int_equal(findings_count(&findings, FINDING_FAIL), 1);
    assert_string_equal(findings.items[0].text, "Linux 6");
    assert_null(findings.items[0].hint);
    assert_string_equal(findings.items[1].subject, "swap");
    assert_string_equal(findings.items[1].text, "1 MiB in use");
    assert_string_equal(findings.items[1].hint, "swapoff -a");
    findings_clear(&findings);
    assert_int_equal(findings.count, 0);
}

static void a_text_is_one_line_that_steers_no_terminal(void **state)
{
    (void)state;
    struct findings findings = {0};
    findings_ok(&findings, "kernel", "a\nb\033[2J");
    assert_string_equal(findings.items[0].text, "a?b?[2J");
    findings_clear(&findings);
}

static void every_grade_has_a_word(void **state)
{
    (void)state;
    assert_string_equal(finding_grade_name(FINDING_OK), "ok");
    assert_string_equal(finding_grade_name(FINDING_WARN), "warn");
    assert_string_equal(finding_grade_name(FINDING_FAIL), "fail");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(findings_keep_their_order_and_are_counted_by_grade),
        cmocka_unit_test(a_text_is_one_line_that_steers_no_terminal),
        cmocka_unit_test(every_grade_has_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
