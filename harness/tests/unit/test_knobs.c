#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/cleanup.h"
#include "plan/knobs.h"
#include "tests/support/contains.h"
#include "tests/support/fake_worker.h"

static int check(struct setting *setting, const char *family, const char *variables,
                 const char *said, struct error *err)
{
    *setting = (struct setting){0};
    *err = (struct error){0};
    text_list_split(&setting->environment, variables, ';');
    return knobs_check(setting, allocator_family_find(family), said, err);
}

/* `warnings` in one text, "; " between them. */
static void assert_taken(const char *family, const char *variables, const char *said,
                         const char *warnings)
{
    struct setting setting;
    struct error err;
    if (check(&setting, family, variables, said, &err)) {
        fail_msg("%s", err.message);
    }
    cleanup_free char *text = text_join(&setting.warnings, "; ");
    assert_string_equal(text, warnings);
    setting_clear(&setting);
}

static void assert_refused(const char *family, const char *variables, const char *said,
                           const char *message, const char *hint)
{
    struct setting setting;
    struct error err;
    assert_int_equal(check(&setting, family, variables, said, &err), -1);
    assert_string_equal(err.message, message);
    assert_contains(err.hint, hint);
    setting_clear(&setting);
}

/* ---- names ---- */

static void a_name_that_glibc_does_not_read_is_refused_with_the_nearest(void **state)
{
    (void)state;
    assert_refused("glibc", "MALLOC_ARENA_MX=2", "", "glibc reads no variable 'MALLOC_ARENA_MX'",
                   "did you mean 'MALLOC_ARENA_MAX'");
    assert_refused("glibc", "A=1;MALOC_ARENA_MAX=2", "",
                   "glibc reads no variable 'MALOC_ARENA_MAX'", "'MALLOC_ARENA_MAX'");
    assert_refused("glibc", "malloc_arena_max=2", "", "glibc reads no variable 'malloc_arena_max'",
                   "'MALLOC_ARENA_MAX'");
    assert_refused("glibc", "MALLOC_QUX=2", "", "glibc reads no variable 'MALLOC_QUX'",
                   "it reads MALLOC_ARENA_MAX, ");
}

static void a_knob_of_another_family_is_refused(void **state)
{
    (void)state;
    assert_refused("glibc", "MALLOC_CONF=tcache:false", "",
                   "'MALLOC_CONF' is read by jemalloc, not by glibc", "of that family");
    assert_refused("jemalloc", "MALLOC_ARENA_MAX=1", "",
                   "'MALLOC_ARENA_MAX' is read by glibc, not by jemalloc", "leave it out");
    assert_refused("scudo", "MIMALLOC_PAGE_RESET=1", "",
                   "'MIMALLOC_PAGE_RESET' is read by mimalloc, not by scudo", "leave it out");
}

static void other_variables_are_no_knobs(void **state)
{
    (void)state;
    static const char other[] = "A=1;LANG=C;OMP_NUM_THREADS=2;PYTHONMALLOCSTATS=1;MY_MALLOC=x";
    for (size_t i = 0; i < allocator_count; i++) {
        assert_taken(allocator_table[i]->family->name, other, "", "");
    }
}

static void a_silent_family_leaves_a_doubt(void **state)
{
    (void)state;
    assert_taken("tcmalloc", "TCMALLOC_AGGRESSIVE_DECOMMIT=1;TCMALLOC_RELEASE_RATE=5", "",
                 "TCMALLOC_RELEASE_RATE cannot be read back");
    assert_taken("tcmalloc", "TCMALLOC_FOO=1", "", "TCMALLOC_FOO cannot be read back");
    assert_taken("tbbmalloc", "TBB_MALLOC_USE_HUGE_PAGES=1", "",
                 "TBB_MALLOC_USE_HUGE_PAGES cannot be read back");
}

static void a_name_near_a_knob_is_misspelt_even_in_a_silent_family(void **state)
{
    (void)state;
    assert_refused("tcmalloc", "TCMALLOC_RELASE_RATE=5", "",
                   "tcmalloc reads no variable 'TCMALLOC_RELASE_RATE'",
                   "did you mean 'TCMALLOC_RELEASE_RATE'?");
}

static void nothing_is_known_of_an_unknown_malloc(void **state)
{
    (void)state;
    assert_taken("unknown", "A=1;MALLOC_X=2", "",
                 "A cannot be read back; MALLOC_X cannot be read back");
}

/* ---- complaints ---- */

static void what_jemalloc_complains_of_is_refused_with_the_nearest(void **state)
{
    (void)state;
    assert_refused("jemalloc", "MALLOC_CONF=dirty_decay:1",
                   "<jemalloc>: Invalid conf pair: dirty_decay:1\n<jemalloc>: Invalid more\n",
                   "jemalloc refuses a setting: <jemalloc>: Invalid conf pair: dirty_decay:1",
                   "did you mean 'dirty_decay_ms'?");
    assert_refused("jemalloc", "MALLOC_CONF=narenas:abc",
                   "a greeting\n<jemalloc>: Invalid conf value: narenas:abc\n",
                   "jemalloc refuses a setting: <jemalloc>: Invalid conf value: narenas:abc",
                   "the manual of jemalloc");
    assert_refused("jemalloc", "MALLOC_CONF=tcache", "<jemalloc>: Conf string ends with key\n",
                   "jemalloc refuses a setting: <jemalloc>: Conf string ends with key",
                   "the manual of jemalloc");
}

static void what_scudo_complains_of_stands_on_two_lines(void **state)
{
    (void)state;
    assert_refused(
        "scudo", "SCUDO_OPTIONS=zero_content=1",
        "Scudo WARNING: found 1 unrecognized flag(s):\n    zero_content=1\nand more\n",
        "scudo refuses a setting: Scudo WARNING: found 1 unrecognized flag(s): zero_content=1",
        "did you mean 'zero_contents'?");
    assert_refused("scudo", "SCUDO_OPTIONS=zero_contents=x",
                   "Scudo ERROR: invalid value for bool option: 'x'",
                   "scudo refuses a setting: Scudo ERROR: invalid value for bool option: 'x'",
                   "the manual of scudo");
}

static void a_chatty_malloc_does_not_complain(void **state)
{
    (void)state;
    assert_taken("jemalloc", "MALLOC_CONF=confirm_conf:true",
                 "<jemalloc>: malloc_conf #1 (string specified): \"\"\n"
                 "<jemalloc>: -- Set conf value: confirm_conf:true\n",
                 "");
    assert_taken("scudo", "SCUDO_OPTIONS=zero_contents=1", "Stats: nothing\n", "");
}

/* ---- lists ---- */

#define LISTED                                                                                     \
    "FAKE_SAYS=mimalloc: option 'verbose': 1\n"                                                    \
    "mimalloc: option 'page_reset': 0\n"                                                           \
    "mimalloc: option 'deprecated_segment_cache': 0\n"                                             \
    "mimalloc: warning: environment option \"mimalloc_reset_delay\" is deprecated -- use "         \
    "\"mimalloc_decommit_delay\" instead.\n"                                                       \
    "mimalloc: option 'decommit_delay': 3\n"

static void an_option_that_mimalloc_lists_is_taken(void **state)
{
    (void)state;
    assert_taken("mimalloc", LISTED ";MIMALLOC_PAGE_RESET=1;mimalloc_verbose=1", "", "");
    assert_taken("mimalloc", LISTED ";MIMALLOC_RESET_DELAY=3", "", "");
}

static void an_option_that_mimalloc_does_not_list_is_refused(void **state)
{
    (void)state;
    assert_refused("mimalloc", LISTED ";MIMALLOC_PAGE_RSET=1", "",
                   "mimalloc reads no variable 'MIMALLOC_PAGE_RSET'",
                   "did you mean 'MIMALLOC_PAGE_RESET'?");
    assert_refused("mimalloc", LISTED ";MIMALOC_VERBOSE=1", "",
                   "mimalloc reads no variable 'MIMALOC_VERBOSE'", "'MIMALLOC_VERBOSE'");
    assert_refused("mimalloc", LISTED ";MIMALLOC_SEGMENT_CACHE=1", "",
                   "mimalloc reads no variable 'MIMALLOC_SEGMENT_CACHE'", "it reads ");
}

static void a_value_that_mimalloc_calls_invalid_is_refused(void **state)
{
    (void)state;
    static const char said[] = "mimalloc: warning: environment option mimalloc_page_reset has an "
                               "invalid value.";
    cleanup_free char *variables = text_format(LISTED "%s\n;MIMALLOC_PAGE_RESET=yo", said);
    cleanup_free char *message = text_format("mimalloc refuses a setting: %s", said);
    assert_refused("mimalloc", variables, "", message, "the manual of mimalloc");
}

static void a_mimalloc_that_lists_nothing_leaves_a_doubt(void **state)
{
    (void)state;
    assert_taken("mimalloc", "MIMALLOC_PAGE_RESET=1", "",
                 "MIMALLOC_PAGE_RESET cannot be read back");
}

int main(int argc, char **argv)
{
    fake_worker_begin(argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_that_glibc_does_not_read_is_refused_with_the_nearest),
        cmocka_unit_test(a_knob_of_another_family_is_refused),
        cmocka_unit_test(other_variables_are_no_knobs),
        cmocka_unit_test(a_silent_family_leaves_a_doubt),
        cmocka_unit_test(a_name_near_a_knob_is_misspelt_even_in_a_silent_family),
        cmocka_unit_test(nothing_is_known_of_an_unknown_malloc),
        cmocka_unit_test(what_jemalloc_complains_of_is_refused_with_the_nearest),
        cmocka_unit_test(what_scudo_complains_of_stands_on_two_lines),
        cmocka_unit_test(a_chatty_malloc_does_not_complain),
        cmocka_unit_test(an_option_that_mimalloc_lists_is_taken),
        cmocka_unit_test(an_option_that_mimalloc_does_not_list_is_refused),
        cmocka_unit_test(a_value_that_mimalloc_calls_invalid_is_refused),
        cmocka_unit_test(a_mimalloc_that_lists_nothing_leaves_a_doubt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
