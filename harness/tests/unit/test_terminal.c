#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pty.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/terminal.h"

/* A stream to a terminal of so many columns; the other end is left open until the test ends. */
static FILE *open_terminal(unsigned short columns)
{
    int ours, theirs;
    struct winsize size = {.ws_row = 24, .ws_col = columns};
    assert_int_equal(openpty(&ours, &theirs, NULL, NULL, &size), 0);
    return fdopen(theirs, "w");
}

static FILE *open_file(void)
{
    FILE *stream = fopen("/dev/null", "w");
    assert_non_null(stream);
    return stream;
}

static unsigned width_of(unsigned short columns)
{
    FILE *terminal = open_terminal(columns);
    unsigned width = terminal_width(terminal);
    fclose(terminal);
    return width;
}

static void the_width_is_the_terminals_within_reason(void **state)
{
    (void)state;
    assert_int_equal(width_of(100), 100);
    assert_int_equal(width_of(10), 40);
    assert_int_equal(width_of(1000), 200);
    assert_int_equal(width_of(0), 80); /* a terminal that does not know */
}

static void the_columns_are_the_terminals_own(void **state)
{
    (void)state;
    FILE *terminal = open_terminal(10), *file = open_file();
    assert_int_equal(terminal_columns(terminal), 10);
    assert_int_equal(terminal_columns(file), 80);
    fclose(file);
    fclose(terminal);
}

static void a_file_is_80_columns_wide_and_no_terminal(void **state)
{
    (void)state;
    FILE *file = open_file();
    assert_int_equal(terminal_width(file), 80);
    assert_false(terminal_is_one(file));
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    assert_false(terminal_has_color(file, false));
    fclose(file);
}

static void a_terminal_has_colour_unless_someone_objects(void **state)
{
    (void)state;
    FILE *terminal = open_terminal(80);
    unsetenv("NO_COLOR");
    setenv("TERM", "xterm-256color", 1);
    assert_true(terminal_is_one(terminal));
    assert_true(terminal_has_color(terminal, false));
    assert_false(terminal_has_color(terminal, true));
    setenv("NO_COLOR", "1", 1);
    assert_false(terminal_has_color(terminal, false));
    setenv("NO_COLOR", "", 1); /* the standard: present and not empty */
    assert_true(terminal_has_color(terminal, false));
    setenv("TERM", "dumb", 1);
    assert_false(terminal_has_color(terminal, false));
    unsetenv("TERM");
    assert_false(terminal_has_color(terminal, false));
    fclose(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_width_is_the_terminals_within_reason),
        cmocka_unit_test(the_columns_are_the_terminals_own),
        cmocka_unit_test(a_file_is_80_columns_wide_and_no_terminal),
        cmocka_unit_test(a_terminal_has_colour_unless_someone_objects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
