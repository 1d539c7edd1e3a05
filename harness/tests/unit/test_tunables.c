#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/cleanup.h"
#include "plan/tunables.h"
#include "tests/support/contains.h"

static const char listing[] = "glibc.rtld.nns: 0x4 (min: 0x1, max: 0x10)\n"
                              "glibc.malloc.arena_max: 0x2 (min: 0x1, max: 0xffffffffffffffff)\n"
                              "glibc.cpu.hwcaps:\n"
                              "glibc.malloc.check: 0 (min: 0, max: 3)\n";

static void tunables_find_reads_a_value_from_the_list_of_ldso(void **state)
{
    (void)state;
    cleanup_free char *first = tunables_find(listing, "glibc.rtld.nns");
    cleanup_free char *inner = tunables_find(listing, "glibc.malloc.arena_max");
    cleanup_free char *last = tunables_find(listing, "glibc.malloc.check");
    cleanup_free char *empty = tunables_find(listing, "glibc.cpu.hwcaps");
    assert_string_equal(first, "0x4");
    assert_string_equal(inner, "0x2");
    assert_string_equal(last, "0");
    assert_string_equal(empty, "");
    assert_null(tunables_find(listing, "glibc.malloc.arena"));
    assert_null(tunables_find(listing, "malloc.arena_max"));
    assert_null(tunables_find("", "glibc.rtld.nns"));
}

/* Checks one variable against the ld.so of this machine. */
static int check(struct setting *setting, const char *family, const char *variable,
                 struct error *err)
{
    *setting = (struct setting){0};
    *err = (struct error){0};
    text_list_add(&setting->environment, variable);
    return tunables_check(setting, allocator_family_find(family), err);
}

static void assert_taken(const char *family, const char *variable, const char *settings)
{
    struct setting setting;
    struct error err;
    assert_int_equal(check(&setting, family, variable, &err), 0);
    assert_string_equal(setting.proof.settings, settings);
    assert_int_equal(setting.warnings.count, 0);
    setting_clear(&setting);
}

static void assert_refused(const char *family, const char *variable, const char *message,
                           const char *hint)
{
    struct setting setting;
    struct error err;
    assert_int_equal(check(&setting, family, variable, &err), -1);
    assert_contains(err.message, message);
    assert_contains(err.hint, hint);
    setting_clear(&setting);
}

static void what_glibc_makes_of_a_variable_is_read_back(void **state)
{
    (void)state;
    assert_taken("glibc", "MALLOC_ARENA_MAX=2", "arena_max=2");
    assert_taken("glibc", "MALLOC_MMAP_THRESHOLD_=0x10000", "mmap_threshold=65536");
    assert_taken("glibc", "GLIBC_TUNABLES=glibc.malloc.arena_max=3:glibc.malloc.tcache_count=0",
                 "arena_max=3 tcache_count=0");
}

static void what_is_no_tunable_is_left_alone(void **state)
{
    (void)state;
    assert_taken("glibc", "LANG=C", "");
    assert_taken("tcmalloc", "TCMALLOC_RELEASE_RATE=1", "");
}

static void a_value_that_glibc_does_not_take_is_refused(void **state)
{
    (void)state;
    assert_refused("glibc", "MALLOC_ARENA_MAX=two", "glibc does not take 'MALLOC_ARENA_MAX=two'",
                   "whole number");
    assert_refused("glibc", "MALLOC_ARENA_MAX=", "'MALLOC_ARENA_MAX='", "whole number");
    assert_refused("glibc", "GLIBC_TUNABLES=glibc.malloc.perturb=256",
                   "'glibc.malloc.perturb=256': its value is 0", "range");
}

static void a_name_that_glibc_does_not_list_is_refused_with_the_nearest(void **state)
{
    (void)state;
    assert_refused("glibc", "GLIBC_TUNABLES=glibc.malloc.arena_mx=2",
                   "glibc has no tunable 'glibc.malloc.arena_mx'",
                   "did you mean 'glibc.malloc.arena_max'");
    assert_refused("jemalloc", "GLIBC_TUNABLES=nonsense=1", "glibc has no tunable 'nonsense'",
                   "--list-tunables");
}

/* Stacks of threads come from glibc under every malloc. */
static void a_tunable_of_glibcs_malloc_is_refused_under_another(void **state)
{
    (void)state;
    assert_refused("tcmalloc", "GLIBC_TUNABLES=glibc.malloc.arena_max=1",
                   "is read by glibc's malloc, not by tcmalloc", "glibc");
    assert_taken("tcmalloc", "GLIBC_TUNABLES=glibc.pthread.stack_cache_size=0",
                 "stack_cache_size=0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tunables_find_reads_a_value_from_the_list_of_ldso),
        cmocka_unit_test(what_glibc_makes_of_a_variable_is_read_back),
        cmocka_unit_test(what_is_no_tunable_is_left_alone),
        cmocka_unit_test(a_value_that_glibc_does_not_take_is_refused),
        cmocka_unit_test(a_name_that_glibc_does_not_list_is_refused_with_the_nearest),
        cmocka_unit_test(a_tunable_of_glibcs_malloc_is_refused_under_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
