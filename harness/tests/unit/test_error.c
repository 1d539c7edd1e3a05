#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"

static void error_set_formats_and_returns_failure(void **state)
{
    (void)state;
    struct error err;
    assert_int_equal(error_set(&err, "cannot open '%s'", "a"), -1);
    assert_string_equal(err.message, "cannot open 'a'");
}

static void error_set_forgets_the_hint_of_an_earlier_error(void **state)
{
    (void)state;
    struct error err;
    error_set(&err, "first");
    assert_int_equal(error_hint(&err, "try %d", 2), -1);
    assert_string_equal(err.hint, "try 2");
    error_set(&err, "second");
    assert_string_equal(err.hint, "");
}

static void error_errno_appends_what_errno_says(void **state)
{
    (void)state;
    struct error err;
    errno = ENOENT;
    assert_int_equal(error_errno(&err, "cannot open '%s'", "a"), -1);
    assert_string_equal(err.message, "cannot open 'a': No such file or directory");
    assert_string_equal(err.hint, "");
}

static void error_wrap_puts_context_in_front_and_keeps_the_hint(void **state)
{
    (void)state;
    struct error err;
    error_set(&err, "no such thing");
    error_hint(&err, "look again");
    assert_int_equal(error_wrap(&err, "line %d", 3), -1);
    assert_string_equal(err.message, "line 3: no such thing");
    assert_string_equal(err.hint, "look again");
}

static void a_message_too_long_is_cut_and_stays_text(void **state)
{
    (void)state;
    struct error err;
    char letters[2 * sizeof err.message];
    memset(letters, 'x', sizeof letters - 1);
    letters[sizeof letters - 1] = '\0';

    error_set(&err, "%s", letters);
    assert_int_equal(strlen(err.message), sizeof err.message - 1);
    error_wrap(&err, "context");
    assert_int_equal(strlen(err.message), sizeof err.message - 1);
    assert_int_equal(strncmp(err.message, "context: xxx", 12), 0);
    error_wrap(&err, "%s", letters);
    assert_int_equal(strlen(err.message), sizeof err.message - 1);
    errno = ENOENT;
    error_errno(&err, "%s", letters);
    error_hint(&err, "%s", letters);
    assert_int_equal(strlen(err.hint), sizeof err.hint - 1);
}

static char *printed(const struct error *err)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    error_print(err, stream);
    fclose(stream);
    return text;
}

static void error_print_names_membench_and_gives_the_hint_a_line(void **state)
{
    (void)state;
    struct error err;
    error_set(&err, "it is broken");
    cleanup_free char *without = printed(&err);
    assert_string_equal(without, "membench: it is broken\n");
    error_hint(&err, "mend it");
    cleanup_free char *with = printed(&err);
    assert_string_equal(with, "membench: it is broken\nhint: mend it\n");
}

static void an_excerpt_is_printed_with_a_caret_under_the_place(void **state)
{
    (void)state;
    struct error err;
    error_set(&err, "it is broken");
    assert_int_equal(error_excerpt(&err, "one\n\xc3\xa9\tx\nthree", 7), -1);
    assert_string_equal(err.excerpt, "\xc3\xa9 x");
    assert_int_equal(err.caret, 2);
    error_wrap(&err, "line 2");
    error_hint(&err, "mend it");
    cleanup_free char *text = printed(&err);
    assert_string_equal(text,
                        "membench: line 2: it is broken\n  \xc3\xa9 x\n    ^\nhint: mend it\n");
    error_set(&err, "another");
    assert_string_equal(err.excerpt, "");
}

/* Characters are not cut in two, and the place stays in sight. */
static void an_excerpt_of_a_long_line_is_what_stands_around_the_place(void **state)
{
    (void)state;
    enum { CHARACTERS = 300 };
    char text[2 * CHARACTERS + 1];
    for (int i = 0; i < CHARACTERS; i++) {
        memcpy(text + 2 * i, "\xc3\xa9", 3);
    }
    for (size_t place = 0; place <= 2 * CHARACTERS; place += 2) {
        struct error err;
        error_set(&err, "it is broken");
        error_excerpt(&err, text, place);
        assert_in_range(strlen(err.excerpt), 0, sizeof err.excerpt - 1);
        assert_int_equal(strlen(err.excerpt) % 2, 0);
        assert_int_equal(strncmp(err.excerpt, text, strlen(err.excerpt)), 0);
        assert_in_range(err.caret, 0, strlen(err.excerpt) / 2);
        assert_in_range(err.caret, place < 50 ? place / 2 : 25, place / 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error_set_formats_and_returns_failure),
        cmocka_unit_test(error_set_forgets_the_hint_of_an_earlier_error),
        cmocka_unit_test(error_errno_appends_what_errno_says),
        cmocka_unit_test(error_wrap_puts_context_in_front_and_keeps_the_hint),
        cmocka_unit_test(a_message_too_long_is_cut_and_stays_text),
        cmocka_unit_test(error_print_names_membench_and_gives_the_hint_a_line),
        cmocka_unit_test(an_excerpt_is_printed_with_a_caret_under_the_place),
        cmocka_unit_test(an_excerpt_of_a_long_line_is_what_stands_around_the_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
