#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/fit.h"
#include "tests/support/contains.h"

static void assert_fit(const char *text, size_t columns, bool ascii, const char *wanted)
{
    cleanup_free char *fit = fit_text(text, columns, ascii);
    assert_string_equal(fit, wanted);
}

static void a_text_that_fits_is_whole(void **state)
{
    (void)state;
    assert_fit("tcmalloc", 8, false, "tcmalloc");
    assert_fit("", 0, false, "");
}

static void what_is_too_long_keeps_both_its_ends(void **state)
{
    (void)state;
    assert_fit("jemalloc-background", 10, false, "jemall…und");
    assert_fit("jemalloc-background", 10, true, "jemal...nd");
    assert_fit("abcdef", 2, false, "a…");
    assert_fit("abcdef", 1, false, "a");
    assert_fit("abcdef", 3, true, "abc");
    assert_fit("abcdef", 0, false, "");
}

/* Each of these characters takes two columns. */
static void wide_characters_are_never_split_and_count_two(void **state)
{
    (void)state;
    assert_fit("漢字漢字漢字", 12, false, "漢字漢字漢字");
    assert_fit("漢字漢字漢字", 8, false, "漢字…字");
    assert_fit("漢字漢字漢字", 7, false, "漢字…字");
    for (size_t columns = 0; columns <= 13; columns++) {
        cleanup_free char *fit = fit_text("漢字漢字漢字", columns, false);
        assert_true(grid_width(fit) <= columns);
    }
}

static void what_steers_a_terminal_or_cannot_be_printed_is_a_question_mark(void **state)
{
    (void)state;
    assert_fit("a\033[2Jb", 20, false, "a?[2Jb");
    assert_fit("a\xFF", 20, false, "a?");
    assert_fit("a\xF3\xB0\x80\x80\xF4\x8F\xBF\xBFz", 20, false, "a\xF3\xB0\x80\x80?z");
    assert_fit("caf\xC3\xA9", 20, true, "caf?");
}

/* A table of names and three figures. */
static char *table(const char *name, size_t width, bool ascii)
{
    struct grid grid = {.columns = 4};
    const char *const cells[] = {"allocator", "start", "peak", "end", name, "1.0", "22.5", "333.0"};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        grid_put(&grid, text_copy(cells[i]), NULL);
    }
    char *text = fit_grid(&grid, "  ", false, width, ascii);
    grid_clear(&grid);
    return text;
}

static void a_table_that_fits_is_as_it_is(void **state)
{
    (void)state;
    cleanup_free char *text = table("tcmalloc", 40, false);
    assert_string_equal(text, "allocator  start  peak    end\n"
                              "tcmalloc     1.0  22.5  333.0\n");
}

static void names_are_cut_before_figures_go_below(void **state)
{
    (void)state;
    cleanup_free char *text = table("tcmalloc-with-settings", 32, false);
    assert_string_equal(text, "allocator     start  peak    end\n"
                              "tcmalloc…ngs    1.0  22.5  333.0\n");
}

static void what_is_too_wide_even_so_is_continued_below(void **state)
{
    (void)state;
    cleanup_free char *text = table("tcmalloc-with-settings", 24, false);
    assert_string_equal(text, "allocator   start  peak\n"
                              "tcmall…ngs    1.0  22.5\n"
                              "allocator     end\n"
                              "tcmall…ngs  333.0\n");
}

static void no_line_is_wider_than_asked(void **state)
{
    (void)state;
    for (size_t width = 20; width < 60; width++) {
        cleanup_free char *text = table("漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字", width, false);
        assert_true(grid_width(text) <= width);
        assert_contains(text, "333.0");
    }
}

static void a_cell_wider_than_the_terminal_is_cut(void **state)
{
    (void)state;
    struct grid grid = {.columns = 2};
    grid_put(&grid, text_copy("glibc"), NULL);
    grid_put(&grid, text_copy("a_phase_with_a_very_long_name.anon"), NULL);
    cleanup_free char *text = fit_grid(&grid, " ", false, 24, true);
    grid_clear(&grid);
    assert_string_equal(text, "glibc a_phase_wi....anon\n");
}

static void a_table_is_printed_only_if_it_fits_or_must(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    struct prose prose = {.out = open_memstream(&text, &size), .width = 20, .ascii = true};
    struct grid grid = {.columns = 2};
    grid_put(&grid, text_copy("twelve_chars"), NULL);
    grid_put(&grid, text_copy("1234567"), NULL);
    assert_true(fit_print(&grid, " ", &prose, false));
    assert_false(fit_print(&grid, "  ", &prose, false));
    assert_true(fit_print(&grid, "  ", &prose, true));
    fclose(prose.out);
    grid_clear(&grid);
    assert_string_equal(text, "twelve_chars 1234567\ntwelve...rs  1234567\n");
    free(text);
}

int main(void)
{
    if (!setlocale(LC_CTYPE, "C.UTF-8")) {
        print_error("the locale C.UTF-8 is missing\n");
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_that_fits_is_whole),
        cmocka_unit_test(what_is_too_long_keeps_both_its_ends),
        cmocka_unit_test(wide_characters_are_never_split_and_count_two),
        cmocka_unit_test(what_steers_a_terminal_or_cannot_be_printed_is_a_question_mark),
        cmocka_unit_test(a_table_that_fits_is_as_it_is),
        cmocka_unit_test(names_are_cut_before_figures_go_below),
        cmocka_unit_test(what_is_too_wide_even_so_is_continued_below),
        cmocka_unit_test(no_line_is_wider_than_asked),
        cmocka_unit_test(a_cell_wider_than_the_terminal_is_cut),
        cmocka_unit_test(a_table_is_printed_only_if_it_fits_or_must),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
