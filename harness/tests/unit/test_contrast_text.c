#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "base/cleanup.h"
#include "report/contrast_text.h"
#include "tests/support/contains.h"

static struct verdicts_comparison row_of(double estimate, double lower, double upper)
{
    static char none[] = "";
    return (struct verdicts_comparison){
        .control = none,
        .phase = none,
        .metric = METRIC_ANON,
        .result = {.scale = EFFECT_RATIO, .effect = {estimate, lower, upper}}};
}

static void expect_change(double ratio, const char *text)
{
    struct verdicts_comparison row = row_of(ratio, ratio, ratio);
    cleanup_free char *change = contrast_text_change(&row);
    assert_string_equal(change, text);
}

static void a_change_that_is_there_is_never_printed_as_none(void **state)
{
    (void)state;
    expect_change(1, "0.0%");
    expect_change(1.1, "+10.0%");
    expect_change(0.5, "-50.0%");
    expect_change(1.0001, "+0.01%");
    expect_change(0.99996, "-0.004%");
    expect_change(METRIC_ABSENT, "-");
}

static void an_endless_interval_is_none(void **state)
{
    (void)state;
    struct verdicts_comparison row = row_of(1.1, 1.05, 1.15);
    cleanup_free char *closed = contrast_text_interval(&row);
    assert_string_equal(closed, "+5.0..+15.0%");
    row = row_of(1.1, 0, INFINITY);
    cleanup_free char *open = contrast_text_interval(&row);
    assert_string_equal(open, "-");
    row.result.is_exact = true;
    cleanup_free char *exact = contrast_text_interval(&row);
    assert_string_equal(exact, "exact");
}

/* Where a value is 0 or less there is no ratio. */
static void a_difference_is_told_in_its_unit(void **state)
{
    (void)state;
    struct verdicts_comparison row = row_of(2 * 0x1p20, 0x1p20, 3 * 0x1p20);
    row.result.scale = EFFECT_DIFFERENCE;
    cleanup_free char *change = contrast_text_change(&row);
    cleanup_free char *interval = contrast_text_interval(&row);
    assert_string_equal(change, "+2.0");
    assert_string_equal(interval, "+1.0..+3.0");
}

static void what_is_unknown_says_what_could_have_been_seen(void **state)
{
    (void)state;
    struct verdicts_comparison row = row_of(1.1, 0.9, 1.3);
    row.result.n = 8;
    row.result.needed = 9;
    row.result.visible = 1.25;
    row.result.reason = REASON_TOO_WIDE;
    cleanup_free char *wide = contrast_text_reason(&row);
    assert_contains(wide, "of 8 values a change of +25.0% is seen");
    row.result.reason = REASON_TOO_FEW;
    cleanup_free char *few = contrast_text_reason(&row);
    assert_contains(few, "8 values can show nothing; 9 could");
    row.result.reason = REASON_AFTER_HOLM;
    cleanup_free char *many = contrast_text_reason(&row);
    assert_contains(many, "Holm");
    row.result.verdict = VERDICT_WORSE;
    cleanup_free char *none = contrast_text_reason(&row);
    assert_string_equal(none, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_that_is_there_is_never_printed_as_none),
        cmocka_unit_test(an_endless_interval_is_none),
        cmocka_unit_test(a_difference_is_told_in_its_unit),
        cmocka_unit_test(what_is_unknown_says_what_could_have_been_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
