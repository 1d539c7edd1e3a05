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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error_set_formats_and_returns_failure),
        cmocka_unit_test(error_set_forgets_the_hint_of_an_earlier_error),
        cmocka_unit_test(error_errno_appends_what_errno_says),
        cmocka_unit_test(error_wrap_puts_context_in_front_and_keeps_the_hint),
        cmocka_unit_test(a_message_too_long_is_cut_and_stays_text),
        cmocka_unit_test(error_print_names_membench_and_gives_the_hint_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
