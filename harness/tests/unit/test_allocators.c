#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <gnu/libc-version.h>
#include <stdbool.h>
#include <string.h>

#include "allocator.h"

static void names_are_unique_and_found(void **state)
{
    (void)state;
    assert_true(allocator_count >= 11);
    for (size_t i = 0; i < allocator_count; i++) {
        const char *name = allocator_table[i]->name;
        assert_ptr_equal(allocator_find(name), allocator_table[i]);
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(name));
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(name, allocator_table[j]->name);
        }
    }
}

static void allocator_find_knows_no_other_name(void **state)
{
    (void)state;
    assert_null(allocator_find("hoard"));
    assert_null(allocator_find(""));
    assert_null(allocator_find("GLIBC"));
    assert_null(allocator_find("jemalloc,"));
}

static void every_family_has_a_version_and_a_release(void **state)
{
    (void)state;
    for (size_t i = 0; i < allocator_count; i++) {
        const struct allocator_family *family = allocator_table[i]->family;
        assert_non_null(family->name);
        assert_non_null(family->version);
        assert_non_null(family->release);
    }
}

static void every_family_but_glibc_has_a_mark_of_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < allocator_count; i++) {
        const struct allocator_family *family = allocator_table[i]->family;
        assert_int_equal(family->mark == NULL, strcmp(family->name, "glibc") == 0);
        for (size_t j = 0; j < i && family->mark; j++) {
            const struct allocator_family *other = allocator_table[j]->family;
            if (other != family && other->mark) {
                assert_string_not_equal(family->mark, other->mark);
            }
        }
    }
}

static void every_allocator_but_glibc_says_which_package_brings_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < allocator_count; i++) {
        const struct allocator *allocator = allocator_table[i];
        bool is_glibc = strcmp(allocator->family->name, "glibc") == 0;
        assert_int_equal(allocator->sonames == NULL, is_glibc);
        assert_int_equal(allocator->package == NULL, is_glibc);
        assert_true(is_glibc || strstr(allocator->sonames[0], ".so"));
    }
}

static void every_summary_is_one_line_without_a_full_stop(void **state)
{
    (void)state;
    for (size_t i = 0; i < allocator_count; i++) {
        const char *summary = allocator_table[i]->summary;
        assert_in_range(strlen(summary), 10, 100);
        assert_null(strchr(summary, '\n'));
        assert_true(summary[strlen(summary) - 1] != '.');
    }
}

/* What is measured by default is each family once, without settings. */
static void each_family_has_one_stock_allocator_without_an_environment(void **state)
{
    (void)state;
    for (size_t i = 0; i < allocator_count; i++) {
        int stock = 0;
        for (size_t j = 0; j < allocator_count; j++) {
            const struct allocator *other = allocator_table[j];
            stock += other->family == allocator_table[i]->family && other->is_stock;
        }
        assert_int_equal(stock, 1);
        assert_false(allocator_table[i]->is_stock && allocator_table[i]->environment);
    }
}

static void every_environment_is_variables_with_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < allocator_count; i++) {
        const char *const *variable = allocator_table[i]->environment;
        for (; variable && *variable; variable++) {
            const char *equals = strchr(*variable, '=');
            assert_non_null(equals);
            assert_true(equals > *variable && equals[1] != '\0');
        }
    }
}

static bool is_known(const struct allocator_family *family, const char *name)
{
    const struct allocator_knob *knob = family->knobs;
    while (knob && knob->variable && strcmp(knob->variable, name) != 0) {
        knob++;
    }
    return knob && knob->variable;
}

static void every_family_says_how_its_variables_begin(void **state)
{
    (void)state;
    for (size_t i = 0; i < allocator_count; i++) {
        const struct allocator_family *family = allocator_table[i]->family;
        size_t length = strlen(family->prefix);
        assert_int_equal(family->prefix[length - 1], '_');
        assert_int_equal(family->knobs == NULL, family->check == ALLOCATOR_LISTS);
        for (const struct allocator_knob *knob = family->knobs; knob && knob->variable; knob++) {
            assert_memory_equal(knob->variable, family->prefix, length);
        }
    }
}

static void every_variable_of_a_listed_allocator_is_a_knob_of_its_family(void **state)
{
    (void)state;
    for (size_t i = 0; i < allocator_count; i++) {
        const char *const *variable = allocator_table[i]->environment;
        for (; variable && *variable; variable++) {
            char name[64] = "";
            memcpy(name, *variable, strcspn(*variable, "="));
            assert_true(is_known(allocator_table[i]->family, name));
        }
    }
}

static void allocator_family_find_knows_families_and_not_settings(void **state)
{
    (void)state;
    assert_ptr_equal(allocator_family_find("scudo"), allocator_find("scudo")->family);
    assert_ptr_equal(allocator_family_find("glibc"), allocator_find("glibc-tuned")->family);
    assert_null(allocator_family_find("glibc-tuned"));
    assert_null(allocator_family_find("unknown"));
    assert_null(allocator_family_find(""));
}

static void allocator_library_is_where_a_function_comes_from(void **state)
{
    (void)state;
    assert_non_null(strstr(allocator_library("malloc_trim"), "libc.so.6"));
    assert_null(allocator_library("no_function_has_this_name"));
}

static void allocator_detect_tells_glibc_by_its_library(void **state)
{
    (void)state;
    const struct allocator_family *family = allocator_detect("/lib/x86_64-linux-gnu/libc.so.6");
    assert_non_null(family);
    assert_string_equal(family->name, "glibc");
    assert_ptr_equal(allocator_detect("libc.so.6"), family);
}

/* No family is loaded in this program, so none exports its mark. */
static void allocator_detect_is_null_for_a_library_it_does_not_know(void **state)
{
    (void)state;
    assert_null(allocator_detect("/opt/lib/libmine.so"));
    assert_null(allocator_detect("/opt/libc.so.6/libmine.so"));
    assert_null(allocator_detect(""));
}

static void glibc_tells_its_version(void **state)
{
    (void)state;
    char version[64] = "";
    assert_int_equal(allocator_find("glibc")->family->version(version, sizeof version), 0);
    assert_string_equal(version, gnu_get_libc_version());
}

static void a_family_that_is_not_loaded_has_no_version_and_does_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < allocator_count; i++) {
        const struct allocator_family *family = allocator_table[i]->family;
        char text[64] = "";
        if (family->mark) {
            assert_int_equal(family->version(text, sizeof text), -1);
            family->release();
        }
        if (family->settings) {
            family->settings(text, sizeof text);
        }
        assert_string_equal(text, "");
    }
}

static void allocator_symbol_finds_what_the_program_has(void **state)
{
    (void)state;
    assert_non_null(allocator_symbol("malloc_trim"));
    assert_null(allocator_symbol("no_function_has_this_name"));
}

static void allocator_setting_appends_and_stays_inside(void **state)
{
    (void)state;
    char text[16] = "";
    allocator_setting(text, sizeof text, "a", 1);
    assert_string_equal(text, "a=1");
    allocator_setting(text, sizeof text, "b", -2);
    assert_string_equal(text, "a=1 b=-2");
    allocator_setting(text, sizeof text, "dirty_decay_ms", 10000);
    assert_string_equal(text, "a=1 b=-2 dirty_");
    allocator_setting(text, sizeof text, "c", 3);
    assert_string_equal(text, "a=1 b=-2 dirty_");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_unique_and_found),
        cmocka_unit_test(allocator_find_knows_no_other_name),
        cmocka_unit_test(every_family_has_a_version_and_a_release),
        cmocka_unit_test(every_family_but_glibc_has_a_mark_of_its_own),
        cmocka_unit_test(every_allocator_but_glibc_says_which_package_brings_it),
        cmocka_unit_test(every_summary_is_one_line_without_a_full_stop),
        cmocka_unit_test(each_family_has_one_stock_allocator_without_an_environment),
        cmocka_unit_test(every_environment_is_variables_with_values),
        cmocka_unit_test(every_family_says_how_its_variables_begin),
        cmocka_unit_test(every_variable_of_a_listed_allocator_is_a_knob_of_its_family),
        cmocka_unit_test(allocator_family_find_knows_families_and_not_settings),
        cmocka_unit_test(allocator_library_is_where_a_function_comes_from),
        cmocka_unit_test(allocator_detect_tells_glibc_by_its_library),
        cmocka_unit_test(allocator_detect_is_null_for_a_library_it_does_not_know),
        cmocka_unit_test(glibc_tells_its_version),
        cmocka_unit_test(a_family_that_is_not_loaded_has_no_version_and_does_nothing),
        cmocka_unit_test(allocator_symbol_finds_what_the_program_has),
        cmocka_unit_test(allocator_setting_appends_and_stays_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
