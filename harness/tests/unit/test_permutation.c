#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include "stats/permutation.h"
#include "tests/support/near.h"

static unsigned mask_of(const struct permutation *permutation, size_t index)
{
    size_t count = permutation->n + permutation->m;
    const uint16_t *below = permutation->below + index * (count + 1);
    unsigned mask = 0;
    assert_int_equal(below[0], 0);
    for (size_t i = 0; i < count; i++) {
        assert_in_range(below[i + 1] - below[i], 0, 1);
        mask |= (unsigned)(below[i + 1] - below[i]) << i;
    }
    assert_int_equal(below[count], permutation->n);
    return mask;
}

static void few_divisions_are_each_taken_once(void **state)
{
    (void)state;
    static const size_t sizes[][3] = {{1, 1, 2}, {2, 3, 10}, {5, 1, 6}, {4, 4, 70}, {6, 6, 924}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct permutation permutation;
        permutation_init(&permutation, sizes[i][0], sizes[i][1], 1);
        assert_true(permutation.is_all);
        assert_int_equal(permutation.count, sizes[i][2]);
        bool seen[1 << 12] = {false};
        for (size_t j = 0; j < permutation.count; j++) {
            unsigned mask = mask_of(&permutation, j);
            assert_false(seen[mask]);
            seen[mask] = true;
        }
        permutation_clear(&permutation);
    }
}

static void eight_against_eight_are_enumerated_and_nine_are_drawn(void **state)
{
    (void)state;
    struct permutation permutation;
    permutation_init(&permutation, 8, 8, 1);
    assert_true(permutation.is_all);
    assert_int_equal(permutation.count, 12870);
    permutation_clear(&permutation);
    permutation_init(&permutation, 9, 9, 1);
    assert_false(permutation.is_all);
    assert_int_equal(permutation.count, 9999);
    permutation_clear(&permutation);
}

/* Each position 9999 * n / (n + m) times: 4000 and 2222 expected; 300 are over six standard errors.
 */
static void drawn_divisions_favour_no_position(void **state)
{
    (void)state;
    static const size_t sizes[][2] = {{8, 12}, {12, 8}, {14, 4}, {4, 14}, {10, 10}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct permutation permutation;
        permutation_init(&permutation, sizes[i][0], sizes[i][1], 1);
        size_t count = sizes[i][0] + sizes[i][1];
        size_t often[32] = {0};
        for (size_t j = 0; j < permutation.count; j++) {
            unsigned mask = mask_of(&permutation, j);
            for (size_t k = 0; k < count; k++) {
                often[k] += mask >> k & 1;
            }
        }
        size_t wanted = permutation.count * sizes[i][0] / count;
        if (!permutation.is_all) {
            for (size_t k = 0; k < count; k++) {
                assert_in_range(often[k], wanted - 300, wanted + 300);
            }
        }
        permutation_clear(&permutation);
    }
}

static void the_draw_follows_the_seed(void **state)
{
    (void)state;
    struct permutation one, again, other;
    permutation_init(&one, 12, 12, 1);
    permutation_init(&again, 12, 12, 1);
    permutation_init(&other, 12, 12, 2);
    size_t size = one.count * 25 * sizeof *one.below;
    assert_memory_equal(one.below, again.below, size);
    assert_memory_not_equal(one.below, other.below, size);
    permutation_clear(&one);
    permutation_clear(&again);
    permutation_clear(&other);
}

static void the_least_p_falls_with_the_number_of_runs(void **state)
{
    (void)state;
    assert_near(permutation_least_p(3, 3), 0.1);
    assert_near(permutation_least_p(4, 4), 2.0 / 70);
    assert_near(permutation_least_p(5, 5), 2.0 / 252);
    assert_near(permutation_least_p(20, 20), 1e-4);
    assert_near(permutation_least_p(1, 1), 1);
}

static void seeds_differ_by_plan_and_by_what_is_compared(void **state)
{
    (void)state;
    uint64_t seed = permutation_seed(1, "bursts/tcmalloc/anon");
    assert_true(seed == permutation_seed(1, "bursts/tcmalloc/anon"));
    assert_true(seed != permutation_seed(2, "bursts/tcmalloc/anon"));
    assert_true(seed != permutation_seed(1, "bursts/tcmalloc/anom"));
    /* The same figures tomorrow: a release that changes it changes stored verdicts. */
    assert_true(permutation_seed(1, "bursts/tcmalloc/anon") == 0xf67b9a9732e8412fu);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_divisions_are_each_taken_once),
        cmocka_unit_test(eight_against_eight_are_enumerated_and_nine_are_drawn),
        cmocka_unit_test(drawn_divisions_favour_no_position),
        cmocka_unit_test(the_draw_follows_the_seed),
        cmocka_unit_test(the_least_p_falls_with_the_number_of_runs),
        cmocka_unit_test(seeds_differ_by_plan_and_by_what_is_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
