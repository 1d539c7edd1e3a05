#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/run_options.h"
#include "tests/support/contains.h"

struct parsed {
    struct options options;
    struct error err;
};

static int setup(void **state)
{
    static struct parsed parsed;
    parsed = (struct parsed){0};
    options_init(&parsed.options);
    *state = &parsed;
    return 0;
}

static int teardown(void **state)
{
    struct parsed *parsed = *state;
    options_clear(&parsed->options);
    return 0;
}

/* Parses one option with its value, or without one if that is NULL. */
static int parse(struct parsed *parsed, const char *option, const char *value)
{
    cleanup_free char *name = text_copy(option);
    cleanup_free char *copy = text_copy(value ? value : "");
    char run[] = "run";
    char *argv[] = {run, name, value ? copy : NULL, NULL};
    return run_options_parse(value ? 3 : 2, argv, &parsed->options, &parsed->err);
}

static const struct options *accept(struct parsed *parsed, const char *option, const char *value)
{
    if (parse(parsed, option, value)) {
        fail_msg("%s %s: %s", option, value ? value : "", parsed->err.message);
    }
    return &parsed->options;
}

static void refuse(struct parsed *parsed, const char *option, const char *value,
                   const char *message, const char *hint)
{
    assert_int_equal(parse(parsed, option, value), -1);
    assert_string_equal(parsed->err.message, message);
    assert_contains(parsed->err.hint, hint);
}

static void runs_are_a_whole_number_of_at_least_one(void **state)
{
    assert_int_equal(accept(*state, "-n", "3")->runs, 3);
    assert_int_equal(accept(*state, "--runs", "10000")->runs, 10000);
    static const char hint[] = "--help shows what each option takes";
    refuse(*state, "-n", "0", "--runs: '0' is not a whole number from 1 to 10000", hint);
    refuse(*state, "-n", "x", "--runs: 'x' is not a whole number from 1 to 10000", hint);
    refuse(*state, "-n", "-1", "--runs: '-1' is not a whole number from 1 to 10000", hint);
    refuse(*state, "-n", "10001", "--runs: '10001' is not a whole number from 1 to 10000", hint);
    refuse(*state, "-n", "4294967297", "--runs: '4294967297' is not a whole number from 1 to 10000",
           hint);
    refuse(*state, "--cycles", "0", "--cycles: '0' is not a whole number from 1 to 1000000", hint);
    assert_int_equal(((struct parsed *)*state)->options.runs, 10000);
}

static void sizes_have_units(void **state)
{
    assert_true(accept(*state, "--memory-limit", "2GiB")->memory_limit == 2ull << 30);
    assert_true(accept(*state, "--memory-limit", "512M")->memory_limit == 512 << 20);
    assert_true(accept(*state, "--memory-limit", "1048576")->memory_limit == 1 << 20);
    refuse(*state, "--memory-limit", "0", "--memory-limit: '0' is not a size", "as in 2GiB");
    refuse(*state, "--memory-limit", "2 GiB", "--memory-limit: '2 GiB' is not a size", "2GiB");
    refuse(*state, "--memory-limit", "-1", "--memory-limit: '-1' is not a size", "2GiB");
    refuse(*state, "--memory-limit", "much", "--memory-limit: 'much' is not a size", "2GiB");
}

static void seconds_are_numbers_without_a_unit(void **state)
{
    assert_true(accept(*state, "--settle", "0")->settle == 0);
    assert_true(accept(*state, "--settle", "2.5")->settle == 2.5);
    assert_true(accept(*state, "--timeout", "0.1")->timeout == 0.1);
    assert_true(accept(*state, "--duration", "20")->duration == 20);
    refuse(*state, "--settle", "-1", "--settle: '-1' is not a number of seconds", "at least 0,");
    refuse(*state, "--timeout", "0", "--timeout: '0' is not a number of seconds", "at least 0.1,");
    refuse(*state, "--timeout", "5s", "--timeout: '5s' is not a number of seconds",
           "without a unit");
    refuse(*state, "--timeout", "inf", "--timeout: 'inf' is not a number of seconds", "");
    refuse(*state, "--settle", "1e9", "--settle: '1e9' is not a number of seconds", "");
}

static void allocators_are_kept_as_given(void **state)
{
    accept(*state, "-a", "glibc,tcmalloc");
    accept(*state, "--alloc", "je=jemalloc;MALLOC_CONF=background_thread:true,dirty_decay_ms:2000");
    const struct options *options = accept(*state, "-a", "");
    cleanup_free char *joined = text_join(&options->allocators, " ");
    assert_string_equal(joined, "glibc,tcmalloc je=jemalloc;MALLOC_CONF=background_thread:true,"
                                "dirty_decay_ms:2000 ");
}

static void the_object_allocator_is_one_or_both(void **state)
{
    const bool *use = accept(*state, "--object-allocator", "malloc")->use_object_allocator;
    assert_true(!use[OBJECT_PYMALLOC] && use[OBJECT_MALLOC]);
    accept(*state, "--object-allocator", "both");
    assert_true(use[OBJECT_PYMALLOC] && use[OBJECT_MALLOC]);
    accept(*state, "--object-allocator", "pymalloc");
    assert_true(use[OBJECT_PYMALLOC] && !use[OBJECT_MALLOC]);
    refuse(*state, "--object-allocator", "mimalloc",
           "--object-allocator: there is no object allocator 'mimalloc'",
           "one of pymalloc, malloc, both");
}

static void the_layout_is_random_or_fixed(void **state)
{
    assert_int_equal(accept(*state, "--layout", "fixed")->layout, LAYOUT_FIXED);
    assert_int_equal(accept(*state, "--layout", "random")->layout, LAYOUT_RANDOM);
    refuse(*state, "--layout", "f", "--layout: there is no layout 'f'", "one of random, fixed");
}

static void huge_pages_are_the_hosts_or_off(void **state)
{
    assert_true(accept(*state, "--thp", "off")->no_huge_pages);
    assert_false(accept(*state, "--thp", "host")->no_huge_pages);
    refuse(*state, "--thp", "on", "--thp: 'on' is not a mode of transparent huge pages",
           "one of host");
}

static void a_seed_is_a_whole_number(void **state)
{
    assert_true(accept(*state, "--seed", "0")->seed == 0);
    assert_true(accept(*state, "--seed", "9223372036854775807")->seed == INT64_MAX);
    refuse(*state, "--seed", "-1", "--seed: '-1' is not a seed", "at least 0");
    refuse(*state, "--seed", "9223372036854775808", "--seed: '9223372036854775808' is not a seed",
           "at least 0");
}

static void flags_need_no_value(void **state)
{
    assert_true(accept(*state, "--tick", NULL)->tick);
    assert_true(accept(*state, "--dump", NULL)->dump);
    assert_true(accept(*state, "--script", NULL)->as_script);
    assert_true(accept(*state, "-q", NULL)->quiet);
    assert_true(accept(*state, "--no-color", NULL)->no_color);
    assert_true(accept(*state, "-h", NULL)->help);
}

static void every_option_of_the_contract_is_there(void **state)
{
    (void)state;
    static const char *const names[] = {"alloc",    "object-allocator",
                                        "param",    "runs",
                                        "cycles",   "settle",
                                        "tick",     "timeout",
                                        "seed",     "layout",
                                        "thp",      "memory-limit",
                                        "out",      "quiet",
                                        "no-color", "env",
                                        "venv",     "duration",
                                        "help",     "format",
                                        "json"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        unsigned found = 0;
        for (size_t j = 0; j < run_option_count; j++) {
            found += strcmp(run_option_table[j].name, names[i]) == 0;
        }
        assert_int_equal(found, 1);
    }
}

static void no_two_options_share_a_name_or_a_letter(void **state)
{
    (void)state;
    for (size_t i = 0; i < run_option_count; i++) {
        const struct option_info *info = &run_option_table[i];
        assert_true(info->set && info->meaning[0]);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(info->name, run_option_table[j].name);
            assert_true(!info->letter || info->letter != run_option_table[j].letter);
        }
    }
}

static void the_help_names_every_option_and_keeps_to_80_columns(void **state)
{
    (void)state;
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    run_options_print_help(stream, 80);
    fclose(stream);
    for (size_t i = 0; i < run_option_count; i++) {
        cleanup_free char *name = text_format(" --%s", run_option_table[i].name);
        assert_contains(text, name);
    }
    struct text_list lines = {0};
    text_list_split(&lines, text, '\n');
    for (size_t i = 0; i < lines.count; i++) {
        assert_in_range(strlen(lines.items[i]), 0, 80);
    }
    text_list_clear(&lines);
    free(text);
}

#define option_test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        option_test(runs_are_a_whole_number_of_at_least_one),
        option_test(sizes_have_units),
        option_test(seconds_are_numbers_without_a_unit),
        option_test(allocators_are_kept_as_given),
        option_test(the_object_allocator_is_one_or_both),
        option_test(the_layout_is_random_or_fixed),
        option_test(huge_pages_are_the_hosts_or_off),
        option_test(a_seed_is_a_whole_number),
        option_test(flags_need_no_value),
        cmocka_unit_test(every_option_of_the_contract_is_there),
        cmocka_unit_test(no_two_options_share_a_name_or_a_letter),
        cmocka_unit_test(the_help_names_every_option_and_keeps_to_80_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
