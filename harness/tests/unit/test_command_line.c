#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/command_line.h"
#include "tests/support/contains.h"

/* ---- a table of its own: the parser knows no option by name ---- */

static int set_level(struct options *options, const char *value, struct error *err)
{
    int64_t level;
    if (text_parse_whole(value, 1, 9, &level)) {
        error_set(err, "'%s' is not a level", value);
        return error_hint(err, "from 1 to 9");
    }
    options->runs = (unsigned)level;
    return 0;
}

static int add_name(struct options *options, const char *value, struct error *err)
{
    (void)err;
    text_list_add(&options->allocators, value);
    return 0;
}

static int set_quiet(struct options *options, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    options->quiet = true;
    return 0;
}

static int set_tick(struct options *options, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    options->tick = true;
    return 0;
}

static const struct option_info table[] = {
    {'n', "level", "N", "how high it is, from the one that is lowest to nine", set_level},
    {0, "a-rather-long-name", "NAME", "a name", add_name},
    {'q', "quiet", NULL, "say nothing", set_quiet},
    {'t', "tick", NULL, "tick", set_tick},
};
enum { COUNT = sizeof table / sizeof *table, MOST = 16 };

struct parsed {
    struct options options;
    struct error err;
    int result;
};

/* Parses the words of a command line, which are separated by single spaces. */
static void parse(struct parsed *parsed, const char *line)
{
    struct text_list words = {0};
    text_list_split(&words, line, ' ');
    *parsed = (struct parsed){0};
    /* getopt_long moves words about, so it gets an array of its own. */
    char *argv[MOST] = {0};
    for (size_t i = 0; i < words.count; i++) {
        argv[i] = words.items[i];
    }
    parsed->result =
        command_line_parse(table, COUNT, (int)words.count, argv, &parsed->options, &parsed->err);
    text_list_clear(&words);
}

static void accept(struct parsed *parsed, const char *line)
{
    parse(parsed, line);
    if (parsed->result) {
        fail_msg("'%s': %s", line, parsed->err.message);
    }
}

static const char unknown_hint[] = "--help shows all; arguments of a script stand behind '--'";

static void assert_refused(const char *line, const char *message, const char *hint)
{
    struct parsed parsed;
    parse(&parsed, line);
    options_clear(&parsed.options);
    assert_int_equal(parsed.result, -1);
    assert_string_equal(parsed.err.message, message);
    assert_string_equal(parsed.err.hint, hint);
}

static void assert_list(const struct text_list *list, const char *expected)
{
    cleanup_free char *joined = text_join(list, " ");
    assert_string_equal(joined, expected);
}

/* ---- what is understood ---- */

static void options_are_taken_in_every_form(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "run -n 3 -q",           "run -n3 -q", "run --level=3 --quiet",
        "run --level 3 --quiet", "run -qn3",   "run --lev=3 --qui"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct parsed parsed;
        accept(&parsed, lines[i]);
        assert_int_equal(parsed.options.runs, 3);
        assert_true(parsed.options.quiet);
        assert_int_equal(parsed.options.workloads.count, 0);
        options_clear(&parsed.options);
    }
}

static void options_may_follow_workloads(void **state)
{
    (void)state;
    struct parsed parsed;
    accept(&parsed, "run a.py -n 3 b.py --quiet c.py");
    assert_int_equal(parsed.options.runs, 3);
    assert_true(parsed.options.quiet);
    assert_list(&parsed.options.workloads, "a.py b.py c.py");
    options_clear(&parsed.options);
}

static void what_follows_two_dashes_belongs_to_the_script(void **state)
{
    (void)state;
    struct parsed parsed;
    accept(&parsed, "run -q server.py -- --port 0 -n 3 -- x");
    assert_list(&parsed.options.workloads, "server.py");
    assert_list(&parsed.options.arguments, "--port 0 -n 3 -- x");
    assert_int_equal(parsed.options.runs, 0);
    options_clear(&parsed.options);
}

static void nothing_may_follow_two_dashes(void **state)
{
    (void)state;
    struct parsed parsed;
    accept(&parsed, "run a.py --");
    assert_list(&parsed.options.workloads, "a.py");
    assert_int_equal(parsed.options.arguments.count, 0);
    options_clear(&parsed.options);
}

static void a_repeated_option_is_set_again(void **state)
{
    (void)state;
    struct parsed parsed;
    accept(&parsed, "run -n 3 --a-rather-long-name x --a-rather-long-name y -n 4");
    assert_int_equal(parsed.options.runs, 4);
    assert_list(&parsed.options.allocators, "x y");
    options_clear(&parsed.options);
}

static void a_value_may_look_like_an_option(void **state)
{
    (void)state;
    struct parsed parsed;
    accept(&parsed, "run --a-rather-long-name -q a.py");
    assert_list(&parsed.options.allocators, "-q");
    assert_false(parsed.options.quiet);
    options_clear(&parsed.options);
}

static void an_empty_command_line_changes_nothing(void **state)
{
    (void)state;
    struct parsed parsed;
    accept(&parsed, "run");
    assert_int_equal(parsed.options.workloads.count, 0);
    options_clear(&parsed.options);
}

/* ---- what is refused ---- */

static void an_unknown_option_is_refused_with_the_nearest(void **state)
{
    (void)state;
    assert_refused("run --quite", "unknown option '--quite'",
                   "did you mean 'quiet'? --help shows all");
    assert_refused("run a.py --levle=3", "unknown option '--levle=3'",
                   "did you mean 'level'? --help shows all");
    assert_refused("run --something-else", "unknown option '--something-else'", unknown_hint);
}

static void an_unknown_letter_is_refused(void **state)
{
    (void)state;
    assert_refused("run -x", "unknown option '-x'", unknown_hint);
    assert_refused("run -qx", "unknown option '-x'", unknown_hint);
    assert_refused("run -xq", "unknown option '-x'", unknown_hint);
}

static void an_unknown_letter_is_not_confused_with_the_word_before(void **state)
{
    (void)state;
    assert_refused("run --quiet -xq", "unknown option '-x'", unknown_hint);
    assert_refused("run --quiet -x", "unknown option '-x'", unknown_hint);
}

static void a_missing_value_is_refused(void **state)
{
    (void)state;
    assert_refused("run -n", "option '-n' needs a value", "--help shows all");
    assert_refused("run -qn", "option '-n' needs a value", "--help shows all");
    assert_refused("run a.py --level", "option '--level' needs a value", "--help shows all");
    assert_refused("run --level -- 3", "option '--level' needs a value", "--help shows all");
}

static void a_value_for_a_flag_is_refused(void **state)
{
    (void)state;
    assert_refused("run --quiet=yes", "option '--quiet' takes no value", "--help shows all");
}

static void a_bad_value_is_refused_with_the_option_in_front(void **state)
{
    (void)state;
    assert_refused("run -n 10", "--level: '10' is not a level", "from 1 to 9");
    assert_refused("run --level=", "--level: '' is not a level", "from 1 to 9");
}

/* ---- help ---- */

static char *print_table(unsigned width)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    command_line_print(table, COUNT, stream, width);
    fclose(stream);
    return text;
}

static void the_help_comes_from_the_table(void **state)
{
    (void)state;
    cleanup_free char *text = print_table(80);
    assert_string_equal(
        text, "  -n, --level N             how high it is, from the one that is lowest to nine\n"
              "      --a-rather-long-name NAME\n"
              "                            a name\n"
              "  -q, --quiet               say nothing\n"
              "  -t, --tick                tick\n");
}

static void the_help_keeps_to_its_width(void **state)
{
    (void)state;
    for (unsigned width = 45; width <= 120; width += 15) {
        cleanup_free char *text = print_table(width);
        struct text_list lines = {0};
        text_list_split(&lines, text, '\n');
        for (size_t i = 0; i < lines.count; i++) {
            assert_in_range(strlen(lines.items[i]), 0, width);
        }
        text_list_clear(&lines);
    }
}

static char *wrap(const char *words, unsigned used, unsigned indent, unsigned width)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    command_line_wrap(words, stream, used, indent, width);
    fclose(stream);
    return text;
}

static void words_are_wrapped_at_the_width(void **state)
{
    (void)state;
    cleanup_free char *text = wrap("aa bb cc dd", 0, 0, 5);
    assert_string_equal(text, "aa bb\ncc dd\n");
    cleanup_free char *indented = wrap("aa bb cc", 2, 2, 7);
    assert_string_equal(indented, "aa bb\n  cc\n");
    cleanup_free char *empty = wrap("", 0, 0, 10);
    assert_string_equal(empty, "\n");
}

static void a_word_longer_than_the_width_gets_a_line_of_its_own(void **state)
{
    (void)state;
    cleanup_free char *text = wrap("a /a/very/long/path b", 0, 0, 8);
    assert_string_equal(text, "a\n/a/very/long/path\nb\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_taken_in_every_form),
        cmocka_unit_test(options_may_follow_workloads),
        cmocka_unit_test(what_follows_two_dashes_belongs_to_the_script),
        cmocka_unit_test(nothing_may_follow_two_dashes),
        cmocka_unit_test(a_repeated_option_is_set_again),
        cmocka_unit_test(a_value_may_look_like_an_option),
        cmocka_unit_test(an_empty_command_line_changes_nothing),
        cmocka_unit_test(an_unknown_option_is_refused_with_the_nearest),
        cmocka_unit_test(an_unknown_letter_is_refused),
        cmocka_unit_test(an_unknown_letter_is_not_confused_with_the_word_before),
        cmocka_unit_test(a_missing_value_is_refused),
        cmocka_unit_test(a_value_for_a_flag_is_refused),
        cmocka_unit_test(a_bad_value_is_refused_with_the_option_in_front),
        cmocka_unit_test(the_help_comes_from_the_table),
        cmocka_unit_test(the_help_keeps_to_its_width),
        cmocka_unit_test(words_are_wrapped_at_the_width),
        cmocka_unit_test(a_word_longer_than_the_width_gets_a_line_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
