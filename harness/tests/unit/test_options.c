#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "plan/options.h"

static void options_init_gives_the_documented_defaults(void **state)
{
    (void)state;
    struct options options;
    options_init(&options);
    assert_int_equal(options.runs, 5);
    assert_int_equal(options.cycles, 1);
    assert_true(options.settle == 1);
    assert_true(isnan(options.timeout));
    assert_true(isnan(options.duration));
    assert_int_equal(options.layout, LAYOUT_RANDOM);
    assert_true(options.use_object_allocator[OBJECT_PYMALLOC]);
    assert_false(options.use_object_allocator[OBJECT_MALLOC]);
    assert_string_equal(options.out, "results");
    assert_int_equal(options.allocators.count, 0);
    assert_false(options.quiet || options.tick || options.as_script || options.help);
    options_clear(&options);
}

static void options_init_limits_memory_to_what_the_machine_has(void **state)
{
    (void)state;
    struct options options;
    options_init(&options);
    assert_in_range(options.memory_limit, 1 << 20, 1ull << 50);
    options_clear(&options);
}

static void options_init_takes_the_active_virtual_environment(void **state)
{
    (void)state;
    struct options options;
    setenv("VIRTUAL_ENV", "/some/venv", 1);
    options_init(&options);
    assert_string_equal(options.venv, "/some/venv");
    options_clear(&options);
    unsetenv("VIRTUAL_ENV");
    options_init(&options);
    assert_null(options.venv);
    options_clear(&options);
}

static void options_init_draws_a_new_seed_each_time(void **state)
{
    (void)state;
    uint64_t first = 0;
    int different = 0;
    for (int i = 0; i < 8; i++) {
        struct options options;
        options_init(&options);
        first = i == 0 ? options.seed : first;
        different += options.seed != first;
        options_clear(&options);
    }
    assert_true(different > 0);
}

static void names_are_what_the_command_line_takes(void **state)
{
    (void)state;
    assert_string_equal(options_object_allocator_name(OBJECT_PYMALLOC), "pymalloc");
    assert_string_equal(options_object_allocator_name(OBJECT_MALLOC), "malloc");
    assert_string_equal(options_layout_name(LAYOUT_RANDOM), "random");
    assert_string_equal(options_layout_name(LAYOUT_FIXED), "fixed");
}

static void only_who_asked_for_no_number_of_runs_gets_them_auto(void **state)
{
    (void)state;
    struct error err;
    for (int asked = 0; asked < 2; asked++) {
        struct options options;
        options_init(&options);
        options_choose_runs(&options);
        assert_int_equal(options.runs, 5);
        assert_false(options.runs_auto);
        if (asked) {
            assert_int_equal(options_set_runs(&options, "5", &err), 0);
        }
        assert_int_equal(options_add_claim(&options, "end.anon <= 3", NULL, NULL, &err), 0);
        options_choose_runs(&options);
        assert_int_equal(options.runs_auto, !asked);
        assert_int_equal(options.runs, asked ? 5 : OPTIONS_AUTO_RUNS);
        options_clear(&options);
    }
}

static void the_last_number_of_runs_counts(void **state)
{
    (void)state;
    struct error err;
    struct options options;
    options_init(&options);
    assert_int_equal(options_set_runs(&options, "auto", &err), 0);
    assert_true(options.runs_auto);
    assert_int_equal(options_set_runs(&options, "3", &err), 0);
    assert_false(options.runs_auto);
    assert_int_equal(options.runs, 3);
    assert_int_equal(options_set_runs(&options, "automatic", &err), -1);
    options_clear(&options);
}

static void a_wrong_claim_adds_none(void **state)
{
    (void)state;
    struct error err;
    struct options options;
    options_init(&options);
    assert_int_equal(options_add_claim(&options, "nonsense", NULL, NULL, &err), -1);
    assert_int_equal(options.claim_count, 0);
    options_clear(&options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_init_gives_the_documented_defaults),
        cmocka_unit_test(options_init_limits_memory_to_what_the_machine_has),
        cmocka_unit_test(options_init_takes_the_active_virtual_environment),
        cmocka_unit_test(options_init_draws_a_new_seed_each_time),
        cmocka_unit_test(names_are_what_the_command_line_takes),
        cmocka_unit_test(only_who_asked_for_no_number_of_runs_gets_them_auto),
        cmocka_unit_test(the_last_number_of_runs_counts),
        cmocka_unit_test(a_wrong_claim_adds_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
