#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/command.h"
#include "base/utf8.h"
#include "report/shell.h"

static void assert_quoted(const char *argument, const char *wanted)
{
    cleanup_free char *quoted = shell_quote(argument);
    assert_string_equal(quoted, wanted);
}

static void quotes_stand_only_where_they_must(void **state)
{
    (void)state;
    assert_quoted("--alloc=glibc,tcmalloc", "--alloc=glibc,tcmalloc");
    assert_quoted("/a/b-c_1.py", "/a/b-c_1.py");
    assert_quoted("", "''");
    assert_quoted("a b", "'a b'");
    assert_quoted("~", "'~'");
    assert_quoted("it's", "'it'\\''s'");
    assert_quoted("$(x)", "'$(x)'");
    assert_quoted("größe", "'größe'");
    assert_quoted("a\nb'\\", "$'a\\012b\\'\\\\'");
}

/* What a shell makes of it is what it was, and what is shown steers no terminal. */
static void a_shell_reads_back_what_was_quoted(void **state)
{
    (void)state;
    const char *const arguments[] = {
        "plain",
        "a b\tc",
        "it's \"this\"",
        "$HOME `id` \\ !",
        "new\nline '",
        "\x1b[31m\001z",
        "\xff\xfe",
        "a\u202Eb",
        "*?[a]",
        "#x",
        "-n",
        "größe",
        ";|&<>(){}",
        "\r\n",
    };
    for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++) {
        cleanup_free char *quoted = shell_quote(arguments[i]);
        for (const char *at = quoted; *at != '\0';) {
            uint32_t character;
            at += utf8_decode(at, strlen(at), &character);
            assert_false(character == UTF8_BROKEN || utf8_is_control(character));
        }
        cleanup_free char *script = text_format("printf %%s %s", quoted);
        const char *const argv[] = {"/bin/bash", "-c", script, NULL}, *const environment[] = {NULL};
        struct command_output output;
        struct error err;
        assert_int_equal(command_run(argv, environment, 10, &output, &err), 0);
        assert_string_equal(output.out, arguments[i]);
        command_output_clear(&output);
    }
}

static char *repeat(const char *words, uint64_t seed)
{
    struct text_list command = {0};
    text_list_split(&command, words, ' ');
    char *text = shell_repeat(&command, seed);
    text_list_clear(&command);
    return text;
}

static void assert_repeat(const char *words, const char *wanted)
{
    cleanup_free char *text = repeat(words, 42);
    assert_string_equal(text, wanted);
}

static void the_command_gets_the_seed_that_was_drawn(void **state)
{
    (void)state;
    assert_repeat("run -n 3 a.py", "membench run --seed 42 -n 3 a.py");
    assert_repeat("membench -n 3 a.py", "membench --seed 42 -n 3 a.py");
    assert_repeat("build/bin/membench a.py", "build/bin/membench --seed 42 a.py");
    assert_repeat("run a.py -- --seed 1", "membench run --seed 42 a.py -- --seed 1");
}

static void a_seed_that_was_given_stays(void **state)
{
    (void)state;
    assert_repeat("run --seed 42 a.py", "membench run --seed 42 a.py");
    assert_repeat("membench --seed=42 a.py", "membench --seed=42 a.py");
}

static void a_command_that_is_not_known_is_still_a_command(void **state)
{
    (void)state;
    struct text_list none = {0};
    cleanup_free char *text = shell_repeat(&none, 7);
    assert_string_equal(text, "membench run --seed 7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotes_stand_only_where_they_must),
        cmocka_unit_test(a_shell_reads_back_what_was_quoted),
        cmocka_unit_test(the_command_gets_the_seed_that_was_drawn),
        cmocka_unit_test(a_seed_that_was_given_stays),
        cmocka_unit_test(a_command_that_is_not_known_is_still_a_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
