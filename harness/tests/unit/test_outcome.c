#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "measure/outcome.h"

static void outcome_name_is_what_the_contract_says(void **state)
{
    (void)state;
    static const char *const names[OUTCOME_COUNT] = {
        "unfinished",         "ok",     "workload-error", "crashed", "timed-out", "out-of-memory",
        "not-this-allocator", "skipped"};
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        assert_string_equal(outcome_name((enum outcome)i), names[i]);
    }
}

static void outcome_parse_takes_every_name_back(void **state)
{
    (void)state;
    for (int i = OUTCOME_OK; i < OUTCOME_COUNT; i++) {
        assert_int_equal(outcome_parse(outcome_name((enum outcome)i)), i);
    }
}

static void outcome_parse_refuses_other_words(void **state)
{
    (void)state;
    assert_int_equal(outcome_parse(""), -1);
    assert_int_equal(outcome_parse("OK"), -1);
    assert_int_equal(outcome_parse("crash"), -1);
    assert_int_equal(outcome_parse("timed_out"), -1);
}

/* It is never stored, so none that is read can be it. */
static void outcome_parse_knows_no_unfinished_trial(void **state)
{
    (void)state;
    assert_int_equal(outcome_parse("unfinished"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outcome_name_is_what_the_contract_says),
        cmocka_unit_test(outcome_parse_takes_every_name_back),
        cmocka_unit_test(outcome_parse_refuses_other_words),
        cmocka_unit_test(outcome_parse_knows_no_unfinished_trial),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
