#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/moment.h"

static void assert_name(const char *phase, unsigned cycle, unsigned visit, unsigned cycles,
                        const char *wanted)
{
    struct sample sample = {.cycle = cycle, .visit = visit};
    text_place(sample.phase, sizeof sample.phase, phase);
    cleanup_free char *name = moment_name(&sample, cycles);
    assert_string_equal(name, wanted);
}

static void moment_name_is_the_phase_where_that_is_enough(void **state)
{
    (void)state;
    assert_name("end", 1, 1, 1, "end");
    assert_name("loaded", 1, 1, 1, "loaded");
    assert_name("settled", 5, 1, 5, "settled");
}

static void moment_name_numbers_cycles_and_visits(void **state)
{
    (void)state;
    assert_name("end", 3, 1, 5, "end 3");
    assert_name("loaded", 1, 2, 1, "loaded #2");
    assert_name("loaded", 3, 2, 5, "loaded 3 #2");
}

static void only_end_and_own_phases_come_in_each_cycle(void **state)
{
    (void)state;
    static const struct {
        const char *phase;
        bool comes_once;
    } cases[] = {{"start", true},     {"end", false},     {"settled", true},
                 {"collected", true}, {"released", true}, {"loaded", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sample sample = {0};
        text_place(sample.phase, sizeof sample.phase, cases[i].phase);
        assert_int_equal(moment_comes_once(&sample), cases[i].comes_once);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moment_name_is_the_phase_where_that_is_enough),
        cmocka_unit_test(moment_name_numbers_cycles_and_visits),
        cmocka_unit_test(only_end_and_own_phases_come_in_each_cycle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
