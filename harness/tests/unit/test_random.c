#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"

/* Reference outputs of Vigna's splitmix64.c. */
static void random_next_gives_the_known_values_of_splitmix64(void **state)
{
    (void)state;
    static const uint64_t known[] = {6457827717110365317u, 3203168211198807973u,
                                     9817491932198370423u, 4593380528125082431u,
                                     16408922859458223821u};
    struct random random = {.state = 1234567};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        assert_true(random_next(&random) == known[i]);
    }
}

static void random_below_stays_below_its_limit(void **state)
{
    (void)state;
    struct random random = {.state = 1};
    static const uint64_t limits[] = {1, 2, 3, 10, UINT32_MAX, UINT64_MAX};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        for (int j = 0; j < 1000; j++) {
            assert_true(random_below(&random, limits[i]) < limits[i]);
        }
    }
}

/* With this limit a plain remainder would give the lower half twice as often as the upper. */
static void random_below_has_no_modulo_bias(void **state)
{
    (void)state;
    enum { DRAWS = 30000 };
    const uint64_t limit = 3ull << 62;
    struct random random = {.state = 1};
    int thirds[3] = {0};
    for (int i = 0; i < DRAWS; i++) {
        thirds[random_below(&random, limit) >> 62]++;
    }
    for (int i = 0; i < 3; i++) {
        assert_in_range(thirds[i], DRAWS / 3 - 500, DRAWS / 3 + 500);
    }
}

static void random_order_is_a_permutation(void **state)
{
    (void)state;
    enum { COUNT = 100 };
    size_t order[COUNT];
    int seen[COUNT] = {0};
    struct random random = {.state = 7};
    random_order(&random, order, COUNT);
    for (int i = 0; i < COUNT; i++) {
        assert_in_range(order[i], 0, COUNT - 1);
        seen[order[i]]++;
    }
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(seen[i], 1);
    }
}

/* 6 orders of 3, 1000 of each expected; a biased shuffle is off by 100 and more. */
static void random_order_gives_every_order_as_often(void **state)
{
    (void)state;
    int seen[27] = {0};
    struct random random = {.state = 3};
    for (int i = 0; i < 6000; i++) {
        size_t order[3];
        random_order(&random, order, 3);
        seen[order[0] * 9 + order[1] * 3 + order[2]]++;
    }
    int orders = 0;
    for (int i = 0; i < 27; i++) {
        if (seen[i]) {
            orders++;
            assert_in_range(seen[i], 900, 1100);
        }
    }
    assert_int_equal(orders, 6);
}

static void random_order_follows_the_seed(void **state)
{
    (void)state;
    size_t first[50], again[50], other[50];
    random_order(&(struct random){.state = 1}, first, 50);
    random_order(&(struct random){.state = 1}, again, 50);
    random_order(&(struct random){.state = 2}, other, 50);
    assert_memory_equal(first, again, sizeof first);
    assert_memory_not_equal(first, other, sizeof first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_next_gives_the_known_values_of_splitmix64),
        cmocka_unit_test(random_below_stays_below_its_limit),
        cmocka_unit_test(random_below_has_no_modulo_bias),
        cmocka_unit_test(random_order_is_a_permutation),
        cmocka_unit_test(random_order_gives_every_order_as_often),
        cmocka_unit_test(random_order_follows_the_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
