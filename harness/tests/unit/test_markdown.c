#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/markdown.h"
#include "tests/support/contains.h"

#define REPLACED "\xEF\xBF\xBD"
#define ELLIPSIS "\xE2\x80\xA6"

static char *printed(void (*put)(FILE *, const char *, size_t), const char *text, size_t most)
{
    char *written = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&written, &size);
    put(out, text, most);
    fclose(out);
    return written;
}

static void assert_text(const char *text, const char *wanted)
{
    cleanup_free char *written = printed(markdown_put_text, text, 1000);
    assert_string_equal(written, wanted);
}

static void assert_code(const char *text, const char *wanted)
{
    cleanup_free char *written = printed(markdown_put_code, text, 1000);
    assert_string_equal(written, wanted);
}

static void what_means_nothing_stays_as_it_is(void **state)
{
    (void)state;
    assert_text("request_bursts 1.2 (x-y), 50 %!", "request_bursts 1.2 (x-y), 50 %!");
    assert_text("tcmalloc end.anon <= 0.8 * glibc", "tcmalloc end.anon <= 0.8 * glibc");
    assert_text("gr\xC3\xBC\xC3\x9F", "gr\xC3\xBC\xC3\x9F");
}

static void signs_of_markdown_and_html_are_escaped(void **state)
{
    (void)state;
    assert_text("*a* _b_ ~c~", "\\*a\\* \\_b\\_ \\~c\\~");
    assert_text("[a](b) `c` \\", "\\[a\\](b) \\`c\\` \\\\");
    assert_text("<b>&amp;|$x$", "&#60;b&#62;&#38;amp;&#124;&#36;x&#36;");
}

static void a_line_does_not_begin_as_a_list_a_heading_or_a_quotation(void **state)
{
    (void)state;
    assert_text("- a", "\\- a");
    assert_text("+ a", "\\+ a");
    assert_text("* a", "\\* a");
    assert_text("# a", "\\# a");
    assert_text("=== a", "\\=== a");
    assert_text("> a", "&#62; a");
    assert_text("12. a", "12\\. a");
    assert_text("12) a", "12\\) a");
    assert_text("12.5 a", "12.5 a");
    assert_text("    a", "a");
}

static void nobody_is_mentioned_and_nothing_is_linked(void **state)
{
    (void)state;
    assert_text("@me a@b.org", "`@`me a`@`b.org");
    assert_text("#12 gh-12", "`#`12 gh`-`12");
    assert_text("http://a.org", "http`:`//a.org");
    assert_text("www.a.org", "www`.`a.org");
    assert_text("a :smile: 12:30", "a `:`smile: 12:30");
    assert_text("@@a", "`@@`a");
    assert_text("`@a", "\\``@`a");
}

static void a_text_is_one_line_of_valid_characters(void **state)
{
    (void)state;
    assert_text("a\r\nb\tc  d ", "a b c d");
    assert_text("a\x1b[31mb", "a" REPLACED "\\[31mb");
    assert_text("a\xE2\x80\xAE"
                "b",
                "a" REPLACED "b");
    assert_text("a\xFF"
                "b",
                "a" REPLACED "b");
}

static void what_is_too_long_is_cut(void **state)
{
    (void)state;
    cleanup_free char *text = printed(markdown_put_text, "abcdef", 3);
    assert_string_equal(text, "abc" ELLIPSIS);
    cleanup_free char *open = printed(markdown_put_text, "ab@cd", 3);
    assert_string_equal(open, "ab`@`" ELLIPSIS);
    cleanup_free char *code = printed(markdown_put_code, "abcdef", 3);
    assert_string_equal(code, "`abc" ELLIPSIS "`");
}

static void code_is_enclosed_by_more_backticks_than_it_has(void **state)
{
    (void)state;
    assert_code("a_b <c>", "`a_b <c>`");
    assert_code("a`b", "`` a`b ``");
    assert_code("``a`", "``` ``a` ```");
    assert_code("a\nb", "`a b`");
    assert_code("", "");
    assert_code(" \n", "");
}

static void no_run_of_backticks_ends_a_block(void **state)
{
    (void)state;
    char *written = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&written, &size);
    markdown_put_block(out, "cd /x\nmembench '````'");
    fclose(out);
    assert_string_equal(written, "`````sh\ncd /x\nmembench '````'\n`````\n");
    free(written);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_means_nothing_stays_as_it_is),
        cmocka_unit_test(signs_of_markdown_and_html_are_escaped),
        cmocka_unit_test(a_line_does_not_begin_as_a_list_a_heading_or_a_quotation),
        cmocka_unit_test(nobody_is_mentioned_and_nothing_is_linked),
        cmocka_unit_test(a_text_is_one_line_of_valid_characters),
        cmocka_unit_test(what_is_too_long_is_cut),
        cmocka_unit_test(code_is_enclosed_by_more_backticks_than_it_has),
        cmocka_unit_test(no_run_of_backticks_ends_a_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
