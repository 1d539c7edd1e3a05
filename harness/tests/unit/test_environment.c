#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "plan/environment.h"
#include "tests/support/contains.h"

static int setup(void **state)
{
    static struct text_list environment;
    environment = (struct text_list){0};
    *state = &environment;
    return 0;
}

static int teardown(void **state)
{
    text_list_clear(*state);
    return 0;
}

static void assert_environment(const struct text_list *environment, const char *expected)
{
    cleanup_free char *joined = text_join(environment, " ");
    assert_string_equal(joined, expected);
}

static void give(struct text_list *environment, const char *given)
{
    struct error err = {0};
    if (environment_add_given(environment, given, &err)) {
        fail_msg("%s", err.message);
    }
}

/* ---- what the user gives ---- */

static void a_given_variable_is_added_with_its_value(void **state)
{
    give(*state, "COLOUR=blue");
    give(*state, "EMPTY=");
    give(*state, "EQUATION=a=b");
    assert_environment(*state, "COLOUR=blue EMPTY= EQUATION=a=b");
}

static void a_given_name_takes_the_callers_value(void **state)
{
    setenv("MEMBENCH_TEST_COLOUR", "green", 1);
    give(*state, "MEMBENCH_TEST_COLOUR");
    unsetenv("MEMBENCH_TEST_COLOUR");
    assert_environment(*state, "MEMBENCH_TEST_COLOUR=green");
}

static void a_variable_given_again_replaces_the_first_in_its_place(void **state)
{
    give(*state, "AB=1");
    give(*state, "A=2");
    give(*state, "B=3");
    give(*state, "A=4");
    assert_environment(*state, "AB=1 A=4 B=3");
}

static void a_name_that_is_not_set_is_refused(void **state)
{
    struct error err;
    unsetenv("MEMBENCH_TEST_COLOUR");
    assert_int_equal(environment_add_given(*state, "MEMBENCH_TEST_COLOUR", &err), -1);
    assert_string_equal(err.message, "the environment variable 'MEMBENCH_TEST_COLOUR' is not set");
    assert_string_equal(err.hint, "write -E MEMBENCH_TEST_COLOUR=VALUE to set it");
    assert_environment(*state, "");
}

static void a_value_without_a_name_is_refused(void **state)
{
    struct error err;
    assert_int_equal(environment_add_given(*state, "=blue", &err), -1);
    assert_contains(err.message, "'=blue' is not an environment variable");
    assert_int_equal(environment_add_given(*state, "", &err), -1);
    assert_contains(err.hint, "-E NAME=VALUE");
}

static void ld_preload_is_refused_in_either_form(void **state)
{
    struct error err;
    setenv("LD_PRELOAD_BACKUP", "", 1);
    assert_int_equal(environment_add_given(*state, "LD_PRELOAD=/x.so", &err), -1);
    assert_contains(err.message, "LD_PRELOAD");
    assert_contains(err.hint, "-a 'mine=");
    assert_int_equal(environment_add_given(*state, "LD_PRELOAD", &err), -1);
    assert_contains(err.message, "-E cannot set LD_PRELOAD");
    give(*state, "LD_PRELOAD_BACKUP");
    unsetenv("LD_PRELOAD_BACKUP");
    assert_environment(*state, "LD_PRELOAD_BACKUP=");
}

static void pythonmalloc_is_refused_for_it_would_do_nothing(void **state)
{
    struct error err;
    assert_int_equal(environment_add_given(*state, "PYTHONMALLOC=malloc", &err), -1);
    assert_contains(err.message, "-E cannot set PYTHONMALLOC");
    assert_contains(err.hint, "--object-allocator");
    assert_environment(*state, "");
}

/* ---- what every worker gets ---- */

static void what_decides_the_measurement_does_not_leak_in(void **state)
{
    static const char *const leaks[] = {"MALLOC_ARENA_MAX",    "MALLOC_CONF",    "PYTHONMALLOC",
                                        "LD_LIBRARY_PATH",     "GLIBC_TUNABLES", "PYTHONHASHSEED",
                                        "MEMBENCH_TEST_COLOUR"};
    enum { LEAKS = sizeof leaks / sizeof *leaks };
    struct text_list *environment = *state;
    for (size_t i = 0; i < LEAKS; i++) {
        setenv(leaks[i], "", 0);
    }
    environment_add_common(environment);
    for (size_t i = 0; i < LEAKS; i++) {
        unsetenv(leaks[i]);
        for (size_t j = 0; j < environment->count; j++) {
            assert_false(text_starts_with(environment->items[j], leaks[i]));
        }
    }
}

static void the_callers_path_and_home_are_kept(void **state)
{
    setenv("HOME", "/home/of/the/test", 1);
    setenv("TZ", "", 1);
    unsetenv("VIRTUAL_ENV");
    environment_add_common(*state);
    cleanup_free char *joined = text_join(*state, "\n");
    assert_contains(joined, "PATH=");
    assert_contains(joined, "\nHOME=/home/of/the/test");
    assert_contains(joined, "\nTZ=");
    assert_lacks(joined, "VIRTUAL_ENV");
}

/* ---- what makes the setting ---- */

static void a_setting_adds_its_variables_and_its_library(void **state)
{
    char library[] = "/lib/libmine.so";
    struct setting setting = {.library = library};
    text_list_add(&setting.environment, "MALLOC_CONF=narenas:1");
    environment_add_setting(*state, &setting);
    assert_environment(*state, "MALLOC_CONF=narenas:1 LD_PRELOAD=/lib/libmine.so");
    text_list_clear(&setting.environment);
}

static void a_setting_replaces_what_was_given(void **state)
{
    struct setting setting = {0};
    give(*state, "MALLOC_CONF=narenas:8");
    give(*state, "MALLOC_CONF_OLD=x");
    text_list_add(&setting.environment, "MALLOC_CONF=narenas:1");
    environment_add_setting(*state, &setting);
    assert_environment(*state, "MALLOC_CONF=narenas:1 MALLOC_CONF_OLD=x");
    text_list_clear(&setting.environment);
}

static void a_setting_without_a_library_preloads_nothing(void **state)
{
    environment_add_setting(*state, &(struct setting){0});
    assert_environment(*state, "");
}

#define environment_test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        environment_test(a_given_variable_is_added_with_its_value),
        environment_test(a_given_name_takes_the_callers_value),
        environment_test(a_variable_given_again_replaces_the_first_in_its_place),
        environment_test(a_name_that_is_not_set_is_refused),
        environment_test(a_value_without_a_name_is_refused),
        environment_test(ld_preload_is_refused_in_either_form),
        environment_test(pythonmalloc_is_refused_for_it_would_do_nothing),
        environment_test(what_decides_the_measurement_does_not_leak_in),
        environment_test(the_callers_path_and_home_are_kept),
        environment_test(a_setting_adds_its_variables_and_its_library),
        environment_test(a_setting_replaces_what_was_given),
        environment_test(a_setting_without_a_library_preloads_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
