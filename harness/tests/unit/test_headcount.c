#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/headcount.h"

static void fill(struct population *population)
{
    static const char *const names[] = {"a", "b", "c", "d"};
    for (int i = 0; i < 4; i++) {
        population_add(population, names[i], i + 1, 100 * (i + 1), i, 10 * i);
    }
    population_sort(population);
}

static void the_largest_stand_first_with_their_shares(void **state)
{
    (void)state;
    struct population population = {0};
    struct headcount headcount;
    fill(&population);
    headcount_make(&headcount, &population, 7, 10);
    assert_int_equal(headcount.type_count, 4);
    assert_int_equal(headcount.trial, 7);
    assert_string_equal(headcount.types[0].name, "d");
    assert_true(headcount.bytes == 1000 && headcount.count == 10);
    assert_true(headcount.types[0].bytes_share == 0.4);
    assert_true(headcount.types[0].count_share == 0.4);
    assert_true(headcount.types[1].cumulative == 0.7);
    assert_true(headcount.types[3].cumulative == 1);
    assert_true(headcount.garbage_count == 6);
    headcount_clear(&headcount);
    population_clear(&population);
}

static void the_rest_is_one_row(void **state)
{
    (void)state;
    struct population population = {0};
    struct headcount headcount;
    fill(&population);
    headcount_make(&headcount, &population, 1, 2);
    assert_int_equal(headcount.type_count, 3);
    assert_string_equal(headcount.types[2].name, "(2 more types)");
    assert_true(headcount.types[2].bytes == 300 && headcount.types[2].count == 3);
    assert_true(headcount.types[2].cumulative == 1);
    assert_true(headcount.types[2].garbage_count == 1);
    headcount_clear(&headcount);
    population_clear(&population);
}

static void a_single_type_is_not_called_the_rest(void **state)
{
    (void)state;
    struct population population = {0};
    struct headcount headcount;
    fill(&population);
    headcount_make(&headcount, &population, 1, 3);
    assert_int_equal(headcount.type_count, 4);
    assert_string_equal(headcount.types[3].name, "a");
    headcount_clear(&headcount);
    population_clear(&population);
}

static void types_of_one_name_are_one(void **state)
{
    (void)state;
    struct population population = {0};
    population_add(&population, "x", 1, 10, 0, 0);
    population_add(&population, "x", 2, 20, 1, 5);
    assert_int_equal(population.type_count, 1);
    assert_true(population_count(&population) == 3 && population_bytes(&population) == 30);
    population_clear(&population);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_stand_first_with_their_shares),
        cmocka_unit_test(the_rest_is_one_row),
        cmocka_unit_test(a_single_type_is_not_called_the_rest),
        cmocka_unit_test(types_of_one_name_are_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
