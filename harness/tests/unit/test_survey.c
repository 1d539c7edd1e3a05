#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "inspect/survey.h"

/* An image of two resident runs: [0x1000, 0x5000) and [0x9000, 0xa000). */
static struct resident_run runs[] = {{0x1000, 0x5000, RESIDENT_ANON},
                                     {0x6000, 0x7000, RESIDENT_FILE},
                                     {0x9000, 0xa000, RESIDENT_ANON}};

static struct image image = {.runs = runs, .run_count = 3};

static int setup(void **state)
{
    static struct survey survey;
    survey_init(&survey, &image, "glibc");
    *state = &survey;
    return 0;
}

static int teardown(void **state)
{
    survey_clear(*state);
    return 0;
}

static void owners_start_at_0_and_all_else_is_absent(void **state)
{
    const struct survey *survey = *state;
    for (int i = 0; i < METRIC_COUNT; i++) {
        if (i >= METRIC_OWNER_FIRST && i <= METRIC_OWNER_LAST) {
            assert_true(survey->values[i] == 0);
        } else {
            assert_true(metric_is_absent(survey->values[i]));
        }
    }
}

static void a_range_is_claimed_once(void **state)
{
    struct survey *survey = *state;
    assert_true(survey_claim(survey, 0x3000, 0x4000));
    assert_false(survey_claim(survey, 0x3000, 0x4000));
    assert_false(survey_claim(survey, 0x2fff, 0x3001));
    assert_false(survey_claim(survey, 0x3fff, 0x5000));
    assert_false(survey_claim(survey, 0x2000, 0x5000));
    assert_false(survey_claim(survey, 0x3100, 0x3200));
    assert_false(survey_claim(survey, 0x5000, 0x5000)); /* nothing */
    assert_true(survey_claim(survey, 0x4000, 0x5000));
    assert_true(survey_claim(survey, 0x1000, 0x2000));
    assert_true(survey_claim(survey, 0x2000, 0x3000));
}

static void what_is_claimed_is_known_at_every_address(void **state)
{
    struct survey *survey = *state;
    /* In no order. */
    static const uint64_t starts[] = {0x50, 0x10, 0x90, 0x30, 0x70, 0x20};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        assert_true(survey_claim(survey, starts[i], starts[i] + 0x10));
    }
    for (uint64_t at = 0; at < 0xb0; at++) {
        uint64_t ten = at / 0x10 * 0x10;
        bool expected =
            ten == 0x10 || ten == 0x20 || ten == 0x30 || ten == 0x50 || ten == 0x70 || ten == 0x90;
        assert_int_equal(survey_is_claimed(survey, at), expected);
    }
}

static void what_is_taken_is_added_by_its_resident_bytes(void **state)
{
    struct survey *survey = *state;
    survey_take(survey, METRIC_OWNER_BSS, 0x4800, 0x9800);
    assert_true(survey->values[METRIC_OWNER_BSS] == 0x800 + 0x800);
    /* What another has taken is added to nobody a second time. */
    survey_take(survey, METRIC_OWNER_OTHER, 0x4000, 0x4900);
    assert_true(survey->values[METRIC_OWNER_OTHER] == 0);
    assert_true(survey_add(survey, METRIC_OWNER_OTHER, 0x1000, 0x1010) == 0x10);
    assert_true(survey->values[METRIC_OWNER_OTHER] == 0x10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(owners_start_at_0_and_all_else_is_absent, setup, teardown),
        cmocka_unit_test_setup_teardown(a_range_is_claimed_once, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_claimed_is_known_at_every_address, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_taken_is_added_by_its_resident_bytes, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
