#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "cli/look.h"
#include "plan/options.h"
#include "stats/looks.h"

static void a_look_says_what_is_open_and_how_it_goes_on(void **state)
{
    (void)state;
    static const struct {
        struct look look;
        const char *wanted;
    } cases[] = {
        {{.number = 1, .gated = 5, .undecided = 2, .blocks = 8, .next = 12},
         "look 1 of 3: 2 of 5 undecided, going on to 12 runs"},
        {{.number = 2, .gated = 5, .undecided = 0, .blocks = 12},
         "look 2 of 3: all 5 decided after 12 runs"},
        {{.number = 3, .gated = 5, .undecided = 1, .blocks = 20},
         "look 3 of 3: 1 of 5 undecided after 20 runs"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cleanup_free char *text = look_text(&cases[i].look);
        assert_string_equal(text, cases[i].wanted);
    }
}

/* The plan has room for what the looks may ask for, and knows the first, but not the statistics. */
static void the_plan_and_the_statistics_agree_on_the_looks(void **state)
{
    (void)state;
    assert_int_equal(OPTIONS_AUTO_RUNS, looks_blocks[0]);
    assert_int_equal(OPTIONS_MOST_AUTO_RUNS, looks_blocks[LOOKS_COUNT - 1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_look_says_what_is_open_and_how_it_goes_on),
        cmocka_unit_test(the_plan_and_the_statistics_agree_on_the_looks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
