#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "measure/phase.h"

static void phase_is_well_formed_takes_small_letters_digits_and_dashes(void **state)
{
    (void)state;
    assert_true(phase_is_well_formed("loaded"));
    assert_true(phase_is_well_formed("a"));
    assert_true(phase_is_well_formed("7-of_9"));
}

static void phase_is_well_formed_refuses_other_names(void **state)
{
    (void)state;
    static const char *const refused[] = {"",    "Loaded", "-a", "_a",  "a b", "a.b",
                                          "a/b", "a\n",    "é",  "a,b", "=a",  " a"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_false(phase_is_well_formed(refused[i]));
    }
}

static void phase_is_well_formed_takes_64_letters_and_no_more(void **state)
{
    (void)state;
    char name[66];
    memset(name, 'a', sizeof name);
    name[64] = '\0';
    assert_true(phase_is_well_formed(name));
    name[64] = 'a';
    name[65] = '\0';
    assert_false(phase_is_well_formed(name));
}

static void the_five_built_in_phases_are_built_in(void **state)
{
    (void)state;
    static const char *const names[] = {"start", "end", "settled", "collected", "released"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_true(phase_is_built_in(names[i]));
        assert_true(phase_is_well_formed(names[i]));
    }
    assert_false(phase_is_built_in("loaded"));
    assert_false(phase_is_built_in("ended"));
    assert_false(phase_is_built_in(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phase_is_well_formed_takes_small_letters_digits_and_dashes),
        cmocka_unit_test(phase_is_well_formed_refuses_other_names),
        cmocka_unit_test(phase_is_well_formed_takes_64_letters_and_no_more),
        cmocka_unit_test(the_five_built_in_phases_are_built_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
