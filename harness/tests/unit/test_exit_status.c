#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/exit_status.h"

/* One claim with an outcome, or one that could not be measured. */
static int status_of(enum judgement_outcome outcome, bool is_missing, bool is_complete)
{
    struct verdicts_claim claim = {.outcome = outcome, .is_missing = is_missing};
    struct verdicts verdicts = {.claims = &claim, .claim_count = 1};
    return exit_status_of_verdicts(&verdicts, is_complete);
}

static void claims_decide_the_exit_status(void **state)
{
    (void)state;
    assert_int_equal(status_of(JUDGEMENT_CONFIRMED, false, true), 0);
    assert_int_equal(status_of(JUDGEMENT_REFUTED, false, true), 1);
    assert_int_equal(status_of(JUDGEMENT_INCONCLUSIVE, false, true), 3);
    assert_int_equal(status_of(JUDGEMENT_CONFIRMED, true, true), 125);
    assert_int_equal(status_of(JUDGEMENT_REFUTED, true, true), 125);
}

static void what_was_not_run_as_expected_goes_before_every_verdict(void **state)
{
    (void)state;
    assert_int_equal(status_of(JUDGEMENT_CONFIRMED, false, false), 125);
    assert_int_equal(status_of(JUDGEMENT_REFUTED, false, false), 125);
}

static void a_run_without_claims_is_done(void **state)
{
    (void)state;
    struct verdicts none = {0};
    assert_int_equal(exit_status_of_verdicts(&none, true), 0);
    assert_int_equal(exit_status_of_verdicts(&none, false), 125);
}

static void bisect_knows_good_bad_and_untestable(void **state)
{
    (void)state;
    assert_int_equal(exit_status_for_bisect(EXIT_DONE), 0);
    assert_int_equal(exit_status_for_bisect(EXIT_REFUTED), 1);
    static const int others[] = {EXIT_WRONG_USAGE, EXIT_INCONCLUSIVE, EXIT_NOT_MEASURED,
                                 EXIT_INTERRUPTED};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_equal(exit_status_for_bisect(others[i]), 125);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_decide_the_exit_status),
        cmocka_unit_test(what_was_not_run_as_expected_goes_before_every_verdict),
        cmocka_unit_test(a_run_without_claims_is_done),
        cmocka_unit_test(bisect_knows_good_bad_and_untestable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
