#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/cleanup.h"
#include "plan/gate.h"
#include "plan/plan.h"
#include "tests/support/contains.h"

static void a_gate_is_named_by_its_metric_with_or_without_a_phase(void **state)
{
    (void)state;
    static const char *const names[] = {"anon", "end.anon", "my-own.tracked_objects"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct gate gate;
        struct error err;
        assert_int_equal(gate_parse(&gate, names[i], &err), 0);
        cleanup_free char *name = gate_name(&gate);
        assert_string_equal(name, names[i]);
        assert_int_equal(gate.level, GATE_ERROR);
        assert_string_equal(gate.control, "");
        gate_clear(&gate);
    }
}

static void what_is_no_metric_is_answered_with_near_ones(void **state)
{
    (void)state;
    static const char *const names[] = {"anno", "end.anno"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct gate gate;
        struct error err;
        assert_int_equal(gate_parse(&gate, names[i], &err), -1);
        assert_string_equal(err.message, "unknown metric 'anno'");
        assert_contains(err.hint, "did you mean 'anon'");
    }
}

static void a_time_may_differ_by_more_than_memory(void **state)
{
    (void)state;
    assert_true(gate_practical_threshold(METRIC_ANON) == 0.03);
    assert_true(gate_practical_threshold(METRIC_TRACKED_OBJECTS) == 0.03);
    assert_true(gate_practical_threshold(METRIC_CPU_SECONDS) == 0.1);
    assert_true(gate_practical_threshold(METRIC_WALL_SECONDS) == 0.1);
}

static void levels_have_names(void **state)
{
    (void)state;
    for (int i = 0; i < GATE_LEVELS; i++) {
        enum gate_level level = GATE_LEVELS;
        assert_int_equal(gate_level_parse(gate_level_name((enum gate_level)i), &level), 0);
        assert_int_equal(level, i);
    }
    enum gate_level level = GATE_LEVELS;
    assert_int_equal(gate_level_parse("fatal", &level), -1);
}

static void a_control_is_an_allocator_of_the_run(void **state)
{
    (void)state;
    static char glibc[] = "glibc";
    struct setting setting = {.name = glibc};
    struct plan plan = {.settings = &setting, .setting_count = 1};
    struct gate gate;
    struct error err;
    assert_int_equal(gate_parse(&gate, "end.anon", &err), 0);
    assert_int_equal(gate_check(&gate, &plan, &err), 0);
    free(gate.control);
    gate.control = text_copy("glibc");
    assert_int_equal(gate_check(&gate, &plan, &err), 0);
    free(gate.control);
    gate.control = text_copy("tcmalloc");
    assert_int_equal(gate_check(&gate, &plan, &err), -1);
    assert_contains(err.message, "the gate 'end.anon' has the control 'tcmalloc'");
    assert_contains(err.hint, "-a tcmalloc");
    gate_clear(&gate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gate_is_named_by_its_metric_with_or_without_a_phase),
        cmocka_unit_test(what_is_no_metric_is_answered_with_near_ones),
        cmocka_unit_test(a_time_may_differ_by_more_than_memory),
        cmocka_unit_test(levels_have_names),
        cmocka_unit_test(a_control_is_an_allocator_of_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
