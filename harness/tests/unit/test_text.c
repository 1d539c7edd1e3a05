#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- lists ---- */

static void text_list_split_keeps_empty_pieces(void **state)
{
    (void)state;
    struct text_list list = {0};
    text_list_split(&list, "a,,b,", ',');
    assert_int_equal(list.count, 4);
    assert_string_equal(list.items[0], "a");
    assert_string_equal(list.items[1], "");
    assert_string_equal(list.items[2], "b");
    assert_string_equal(list.items[3], "");
    assert_null(list.items[4]);
    text_list_clear(&list);
    assert_int_equal(list.count, 0);
    assert_null(list.items);
}

static void text_list_split_adds_to_what_is_there(void **state)
{
    (void)state;
    struct text_list list = {0};
    text_list_add(&list, "first");
    text_list_split(&list, "", ';');
    text_list_split(&list, "x;y", ';');
    cleanup_free char *joined = text_join(&list, "|");
    assert_string_equal(joined, "first||x|y");
    text_list_clear(&list);
}

static void text_join_of_nothing_is_empty_text(void **state)
{
    (void)state;
    cleanup_free char *joined = text_join(&(struct text_list){0}, ", ");
    assert_string_equal(joined, "");
}

static void text_starts_with_compares_the_whole_prefix(void **state)
{
    (void)state;
    assert_true(text_starts_with("membench", "mem"));
    assert_true(text_starts_with("mem", "mem"));
    assert_true(text_starts_with("mem", ""));
    assert_false(text_starts_with("me", "mem"));
    assert_false(text_starts_with("amem", "mem"));
}

/* ---- near names ---- */

static const char *const names[] = {
    "glibc", "tcmalloc", "tcmalloc-aggressive", "jemalloc", "jemalloc-background", "mimalloc"};

static void assert_nearest(const char *word, const char *expected)
{
    cleanup_free char *near = text_nearest(word, names, COUNT(names));
    if (expected) {
        assert_non_null(near);
        assert_string_equal(near, expected);
    } else {
        assert_null(near);
    }
}

static void text_nearest_finds_a_slip_of_the_finger(void **state)
{
    (void)state;
    assert_nearest("glbic", "'glibc'");
    assert_nearest("GLIBC", "'glibc'");
}

static void text_nearest_puts_the_nearest_first_and_shows_three(void **state)
{
    (void)state;
    assert_nearest("emalloc", "'jemalloc', 'tcmalloc', 'mimalloc'");
    const char *const many[] = {"aaad", "aaac", "aaab", "aaae", "aaa"};
    cleanup_free char *near = text_nearest("aaab", many, COUNT(many));
    assert_string_equal(near, "'aaab', 'aaad', 'aaac'");
}

static void text_nearest_takes_what_begins_alike(void **state)
{
    (void)state;
    assert_nearest("jemalloc-quickly", "'jemalloc'");
    assert_nearest("tcmalloc-a", "'tcmalloc', 'tcmalloc-aggressive'");
    assert_nearest("gl", "'glibc'");
}

static void text_nearest_is_null_if_nothing_is_near(void **state)
{
    (void)state;
    assert_nearest("hoard", NULL);
    assert_nearest("", NULL);
    assert_nearest("x", NULL);
}

static void text_nearest_finds_nothing_near_a_very_long_word(void **state)
{
    (void)state;
    char word[5000];
    memset(word, 'g', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    assert_nearest(word, NULL);
    const char *const same[] = {word};
    cleanup_free char *near = text_nearest(word, same, 1);
    assert_non_null(near);
}

/* ---- numbers ---- */

static void text_parse_whole_takes_digits_only(void **state)
{
    (void)state;
    int64_t value = 42;
    assert_int_equal(text_parse_whole("-17", -20, 20, &value), 0);
    assert_int_equal(value, -17);
    const char *const refused[] = {"",     "-",  "+5",  " 5",  "5 ",  "5x",
                                   "0x10", "5.", "1e3", "--5", "5-3", "٣"};
    for (size_t i = 0; i < COUNT(refused); i++) {
        assert_int_equal(text_parse_whole(refused[i], -1000, 1000, &value), -1);
    }
    assert_int_equal(value, -17);
}

static void text_parse_whole_holds_to_its_range(void **state)
{
    (void)state;
    int64_t value;
    assert_int_equal(text_parse_whole("1", 1, 10, &value), 0);
    assert_int_equal(text_parse_whole("10", 1, 10, &value), 0);
    assert_int_equal(text_parse_whole("0", 1, 10, &value), -1);
    assert_int_equal(text_parse_whole("11", 1, 10, &value), -1);
}

static void text_parse_whole_does_not_wrap_at_the_end_of_its_type(void **state)
{
    (void)state;
    int64_t value;
    assert_int_equal(text_parse_whole("9223372036854775807", INT64_MIN, INT64_MAX, &value), 0);
    assert_true(value == INT64_MAX);
    assert_int_equal(text_parse_whole("-9223372036854775808", INT64_MIN, INT64_MAX, &value), 0);
    assert_true(value == INT64_MIN);
    assert_int_equal(text_parse_whole("9223372036854775808", INT64_MIN, INT64_MAX, &value), -1);
    assert_int_equal(text_parse_whole("-9223372036854775809", INT64_MIN, INT64_MAX, &value), -1);
    assert_int_equal(text_parse_whole("18446744073709551617", INT64_MIN, INT64_MAX, &value), -1);
}

static void text_parse_number_takes_finite_decimal_numbers(void **state)
{
    (void)state;
    double value;
    assert_int_equal(text_parse_number("2.5", 0, &value), 0);
    assert_true(value == 2.5);
    assert_int_equal(text_parse_number("-1e-3", -1, &value), 0);
    assert_true(value == -0.001);
    const char *const refused[] = {"",      ".",    "e5",  "-",    "nan", "inf",
                                   "1e999", "0x1p", "1,5", "1..2", "5 s", " 5"};
    for (size_t i = 0; i < COUNT(refused); i++) {
        assert_int_equal(text_parse_number(refused[i], -1e300, &value), -1);
    }
    assert_int_equal(text_parse_number("0.09", 0.1, &value), -1);
    assert_int_equal(text_parse_number("0.1", 0.1, &value), 0);
}

static void text_parse_size_knows_the_binary_units(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t bytes;
    } known[] = {{"0", 0},
                 {"123", 123},
                 {"123B", 123},
                 {"1K", 1024},
                 {"1KiB", 1024},
                 {"2MiB", 2 << 20},
                 {"2m", 2 << 20},
                 {"1.5GiB", 3ull << 29},
                 {"3gib", 3ull << 30},
                 {"1TiB", 1ull << 40}};
    for (size_t i = 0; i < COUNT(known); i++) {
        uint64_t bytes = 1;
        assert_int_equal(text_parse_size(known[i].text, &bytes), 0);
        assert_true(bytes == known[i].bytes);
    }
}

static void text_parse_size_refuses_what_is_no_size(void **state)
{
    (void)state;
    uint64_t bytes = 7;
    const char *const refused[] = {"",   "-1",    "+1",  "KiB",  "1 KiB", "1KB",
                                   "1X", "1.2.3", "1e3", "9e99", "1PiB",  "9007199254740992"};
    for (size_t i = 0; i < COUNT(refused); i++) {
        assert_int_equal(text_parse_size(refused[i], &bytes), -1);
    }
    assert_int_equal(text_parse_size("99999999999999999999TiB", &bytes), -1);
    char digits[200];
    memset(digits, '1', sizeof digits - 1);
    digits[sizeof digits - 1] = '\0';
    assert_int_equal(text_parse_size(digits, &bytes), -1);
    assert_int_equal(bytes, 7);
}

/* ---- buffers ---- */

static void text_place_cuts_at_the_end_of_the_buffer(void **state)
{
    (void)state;
    char buffer[4];
    text_place(buffer, sizeof buffer, "abcdef");
    assert_string_equal(buffer, "abc");
    text_place(buffer, sizeof buffer, "");
    assert_string_equal(buffer, "");
}

static void text_tame_replaces_what_steers_a_terminal(void **state)
{
    (void)state;
    char text[] = "a\033[31m\nb\tc\177d\r é";
    text_tame(text);
    assert_string_equal(text, "a?[31m?b?c?d? é");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_list_split_keeps_empty_pieces),
        cmocka_unit_test(text_list_split_adds_to_what_is_there),
        cmocka_unit_test(text_join_of_nothing_is_empty_text),
        cmocka_unit_test(text_starts_with_compares_the_whole_prefix),
        cmocka_unit_test(text_nearest_finds_a_slip_of_the_finger),
        cmocka_unit_test(text_nearest_puts_the_nearest_first_and_shows_three),
        cmocka_unit_test(text_nearest_takes_what_begins_alike),
        cmocka_unit_test(text_nearest_is_null_if_nothing_is_near),
        cmocka_unit_test(text_nearest_finds_nothing_near_a_very_long_word),
        cmocka_unit_test(text_parse_whole_takes_digits_only),
        cmocka_unit_test(text_parse_whole_holds_to_its_range),
        cmocka_unit_test(text_parse_whole_does_not_wrap_at_the_end_of_its_type),
        cmocka_unit_test(text_parse_number_takes_finite_decimal_numbers),
        cmocka_unit_test(text_parse_size_knows_the_binary_units),
        cmocka_unit_test(text_parse_size_refuses_what_is_no_size),
        cmocka_unit_test(text_place_cuts_at_the_end_of_the_buffer),
        cmocka_unit_test(text_tame_replaces_what_steers_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
