#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "measure/metric.h"
#include "picture/markup.h"
#include "tests/support/contains.h"

enum what { TEXT, NAME, BLOCK, CUT };

static char *put(enum what what, const char *text)
{
    char *written = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&written, &size);
    switch (what) {
    case TEXT:
        markup_put_text(out, text);
        break;
    case NAME:
        markup_put_name(out, text);
        break;
    case BLOCK:
        markup_put_block(out, text, strlen(text));
        break;
    case CUT:
        markup_put_cut(out, text, 4);
        break;
    }
    fclose(out);
    return written;
}

static void assert_put(enum what what, const char *text, const char *wanted)
{
    cleanup_free char *written = put(what, text);
    assert_string_equal(written, wanted);
}

static void text_cannot_leave_its_element_or_attribute(void **state)
{
    (void)state;
    assert_put(TEXT, "<b a=\"1\" c='2'>&amp;", "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;");
    assert_put(BLOCK, "</pre><script>", "&lt;/pre&gt;&lt;script&gt;");
    assert_put(NAME, "\"><i>", "<bdi>&quot;&gt;&lt;i&gt;</bdi>");
}

static void controls_and_broken_text_are_replaced(void **state)
{
    (void)state;
    assert_put(TEXT, "a\x1b[31m\x7f\x01z", "a\uFFFD[31m\uFFFD\uFFFDz");
    assert_put(TEXT, "a\xff\xc0\x80z", "a\uFFFD\uFFFD\uFFFDz");
    assert_put(TEXT, "a\u202Eb\u2066c\u2028d", "a\uFFFDb\uFFFDc\uFFFDd");
    assert_put(TEXT, "a\u200Eb\u200Fc\u061Cd", "a\uFFFDb\uFFFDc\uFFFDd"); /* marks */
    assert_put(TEXT, "\uFFFE\uFFFF", "\uFFFD\uFFFD");
    assert_put(TEXT, "cut \xe2\x82", "cut \uFFFD\uFFFD");
}

static void text_is_one_line(void **state)
{
    (void)state;
    assert_put(TEXT, "a\nb\tc\rd", "a b c d");
}

static void block_keeps_lines_and_tabs(void **state)
{
    (void)state;
    assert_put(BLOCK, "a\nb\tc\r\nd\re", "a\nb\tc\nd\ne");
}

static void block_goes_on_behind_a_zero_byte(void **state)
{
    (void)state;
    char *written = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&written, &size);
    markup_put_block(out, "a\0<b", 4);
    fclose(out);
    assert_string_equal(written, "a\uFFFD&lt;b");
    free(written);
}

static void names_are_cut_between_characters(void **state)
{
    (void)state;
    assert_put(CUT, "über", "über");
    assert_put(CUT, "<üß>x", "&lt;üß&gt;…");
    cleanup_free char *name = text_allocate(10001);
    memset(name, 'x', 10000);
    name[10000] = '\0';
    cleanup_free char *written = put(NAME, name);
    assert_int_equal(strlen(written), strlen("<bdi></bdi>…") + MARKUP_NAME);
}

static void assert_number(double value, int decimals, const char *wanted)
{
    char *written = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&written, &size);
    if (decimals < 0) {
        markup_put_exact(out, value);
    } else {
        markup_put_number(out, value, decimals);
    }
    fclose(out);
    assert_string_equal(written, wanted);
    free(written);
}

static void numbers_have_fixed_decimals_and_a_real_minus(void **state)
{
    (void)state;
    assert_number(412.25, 1, "412.2"); /* as printf, and so the terminal, rounds it */
    assert_number(-12.34, 1, "−12.3");
    assert_number(-0.04, 1, "0.0");
    assert_number(0, 0, "0");
    assert_number(METRIC_ABSENT, 1, "–");
    assert_number((double)INFINITY, 1, "–");
}

static void exact_numbers_are_whole_and_short(void **state)
{
    (void)state;
    assert_number(319299584, -1, "319299584");
    assert_number(9007199254740992.0, -1, "9007199254740992");
    assert_number(1.5, -1, "1.5");
    assert_number(0.25, -1, "0.25");
    assert_number(-3, -1, "-3");
    assert_number(1e-5, -1, "0.00001");
    assert_number(0, -1, "0");
    assert_number(-1e-12, -1, "0");
    assert_number(100, -1, "100");
    assert_number(METRIC_ABSENT, -1, "");
}

static void numbers_do_not_depend_on_the_locale(void **state)
{
    (void)state;
    const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8", "ps_AF"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (setlocale(LC_NUMERIC, names[i])) {
            assert_number(1.5, 1, "1.5");
            assert_number(1.5, -1, "1.5");
            setlocale(LC_NUMERIC, "C");
            return;
        }
    }
    skip(); /* no such locale is installed */
}

/* RFC 4648, 10 */
static void base64_is_that_of_the_standard(void **state)
{
    (void)state;
    static const char *const wanted[] = {"",         "Zg==",     "Zm8=",    "Zm9v",
                                         "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        markup_put_base64(out, "foobar", i);
        fclose(out);
        assert_string_equal(text, wanted[i]);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_is_that_of_the_standard),
        cmocka_unit_test(text_cannot_leave_its_element_or_attribute),
        cmocka_unit_test(controls_and_broken_text_are_replaced),
        cmocka_unit_test(text_is_one_line),
        cmocka_unit_test(block_keeps_lines_and_tabs),
        cmocka_unit_test(block_goes_on_behind_a_zero_byte),
        cmocka_unit_test(names_are_cut_between_characters),
        cmocka_unit_test(numbers_have_fixed_decimals_and_a_real_minus),
        cmocka_unit_test(exact_numbers_are_whole_and_short),
        cmocka_unit_test(numbers_do_not_depend_on_the_locale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
