/* What varies with a random layout, and what does not with a fixed one. */
#include "tests/support/membench.h"

#include <stdlib.h>
#include <string.h>

#define TRIALS(count) "-a", "glibc", "-n", count, "--settle", "0"

static void random_layouts_differ_in_hash_seed_and_padding(void **state)
{
    struct membench *run = *state;
    membench_run(run, TRIALS("3"), "--seed", "7", membench_fixture("idle.py"));
    membench_expect(run, 0);
    assert_string_equal(membench_field(run, "layout", .trial = 1), "random");
    for (unsigned trial = 2; trial <= 3; trial++) {
        const char *last = membench_field(run, "hash_seed", .trial = trial - 1);
        assert_string_not_equal(membench_field(run, "hash_seed", .trial = trial), last);
        const char *padding = membench_field(run, "padding", .trial = trial - 1);
        assert_string_not_equal(membench_field(run, "padding", .trial = trial), padding);
    }
}

static void a_random_layout_hashes_by_the_recorded_seed(void **state)
{
    struct membench *run = *state;
    const char *script = membench_write(run, "hashes.py", "print(hash('membench'))\n");
    membench_run(run, TRIALS("1"), script);
    membench_expect(run, 0);
    const char *printed = membench_output(run, 1);
    membench_set(run, "PYTHONHASHSEED", membench_field(run, "hash_seed"));
    membench_start_program(run, (const char *const[]){MEMBENCH_PYTHON_PROGRAM, script, NULL});
    membench_wait(run);
    assert_string_equal(run->out, printed);
}

static void the_seed_of_a_run_repeats_its_layouts(void **state)
{
    struct membench *run = *state;
    char seeds[2][2][32];
    for (unsigned i = 0; i < 2; i++) {
        membench_run(run, TRIALS("2"), "--seed", "7", membench_fixture("idle.py"));
        membench_expect(run, 0);
        for (unsigned trial = 1; trial <= 2; trial++) {
            const char *seed = membench_field(run, "hash_seed", .trial = trial);
            text_place(seeds[i][trial - 1], sizeof seeds[i][trial - 1], seed);
        }
    }
    assert_string_equal(seeds[0][0], seeds[1][0]);
    assert_string_equal(seeds[0][1], seeds[1][1]);
}

static void fixed_layouts_have_hash_seed_0_and_the_same_padding(void **state)
{
    struct membench *run = *state;
    membench_run(run, TRIALS("3"), "--layout", "fixed", membench_fixture("idle.py"));
    membench_expect(run, 0);
    for (unsigned trial = 1; trial <= 3; trial++) {
        assert_string_equal(membench_field(run, "layout", .trial = trial), "fixed");
        assert_string_equal(membench_field(run, "hash_seed", .trial = trial), "0");
        assert_string_equal(membench_field(run, "padding", .trial = trial),
                            membench_field(run, "padding", .trial = 1));
    }
}

static void addresses_differ_in_random_layouts_only(void **state)
{
    struct membench *run = *state;
    const char *script = membench_write(run, "where.py", "print(id(object()))\n");
    membench_run(run, TRIALS("2"), "--layout", "fixed", script);
    membench_expect(run, 0);
    if (strstr(membench_field(run, "warnings", .trial = 1), "refuses a fixed address layout")) {
        skip(); /* a container that forbids personality() */
    }
    assert_string_equal(membench_output(run, 1), membench_output(run, 2));

    membench_run(run, TRIALS("2"), script);
    membench_expect(run, 0);
    assert_string_not_equal(membench_output(run, 1), membench_output(run, 2));
}

static void huge_pages_are_off_if_asked_for(void **state)
{
    struct membench *run = *state;
    const char *script = membench_write(
        run, "huge.py", "print(*[line for line in open('/proc/self/status') if 'THP' in line])\n");
    membench_run(run, TRIALS("1"), "--thp", "off", script);
    membench_expect(run, 0);
    if (strcmp(membench_output(run, 1), "\n") == 0) {
        skip(); /* before Linux 5.0 */
    }
    membench_expect_text(membench_output(run, 1), "THP_enabled:\t0");
    membench_run(run, TRIALS("1"), script);
    membench_expect(run, 0);
    membench_expect_text(membench_output(run, 1), "THP_enabled:\t1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(random_layouts_differ_in_hash_seed_and_padding),
        membench_test(a_random_layout_hashes_by_the_recorded_seed),
        membench_test(the_seed_of_a_run_repeats_its_layouts),
        membench_test(fixed_layouts_have_hash_seed_0_and_the_same_padding),
        membench_test(addresses_differ_in_random_layouts_only),
        membench_test(huge_pages_are_off_if_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
