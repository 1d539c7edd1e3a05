#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>

#include "report/grid.h"

static void the_width_is_that_of_the_longest_line(void **state)
{
    (void)state;
    assert_int_equal(grid_width(""), 0);
    assert_int_equal(grid_width("\n\n"), 0);
    assert_int_equal(grid_width("ab ~"), 4);
    assert_int_equal(grid_width("ab\nabcd\nabc\n"), 4);
    assert_int_equal(grid_width("abcd\nab"), 4);
}

/* An e with an accent as one letter and as two, a wide letter, a plus-minus between digits. */
static void letters_beyond_ascii_count_as_the_columns_they_take(void **state)
{
    (void)state;
    assert_int_equal(grid_width("caf\xC3\xA9"), 4);
    assert_int_equal(grid_width("cafe\xCC\x81"), 4);
    assert_int_equal(grid_width("a\xE4\xB8\xAD"
                                "b"),
                     4);
    assert_int_equal(grid_width("1\xC2\xB1"
                                "2\n12"),
                     3);
}

static void what_is_not_of_the_charset_takes_one_column_and_a_control_none(void **state)
{
    (void)state;
    assert_int_equal(grid_width("a\xFF"
                                "b"),
                     3);
    assert_int_equal(grid_width("a\xC3"), 2);
    assert_int_equal(grid_width("a\177\tb"), 2);
}

int main(void)
{
    if (!setlocale(LC_CTYPE, "C.UTF-8")) {
        print_error("the locale C.UTF-8 is missing\n");
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_width_is_that_of_the_longest_line),
        cmocka_unit_test(letters_beyond_ascii_count_as_the_columns_they_take),
        cmocka_unit_test(what_is_not_of_the_charset_takes_one_column_and_a_control_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
