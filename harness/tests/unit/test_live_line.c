#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>

#include "base/cleanup.h"
#include "cli/live_line.h"
#include "report/grid.h"
#include "tests/support/contains.h"

static const struct history history = {
    .points = {{0, 10 * 0x1p20}, {1, 80 * 0x1p20}, {2, 40 * 0x1p20}}, .count = 3};

static struct live_line line_of(const char *workload, const char *setting)
{
    return (struct live_line){.place = "[12/64]",
                              .workload = workload,
                              .setting = setting,
                              .note = "",
                              .seconds = 2,
                              .rss = 40 * 0x1p20,
                              .history = &history,
                              .phase = "loaded",
                              .left = "about 3 min left"};
}

static void assert_line(const struct live_line *line, size_t width, bool ascii, const char *wanted)
{
    cleanup_free char *text = live_line_text(line, width, ascii);
    assert_string_equal(text, wanted);
}

static void a_wide_terminal_shows_everything(void **state)
{
    (void)state;
    struct live_line line = line_of("request_bursts", "tcmalloc");
    assert_line(&line, 120, false,
                "[12/64] request_bursts tcmalloc  2.0 s, 40 MiB ▂▃▄▅▆▇████▇▇▆▆▅▅ after loaded, "
                "about 3 min left");
    assert_line(&line, 120, true,
                "[12/64] request_bursts tcmalloc  2.0 s, 40 MiB :-=+*#@@@@##**++ after loaded, "
                "about 3 min left");
}

static void names_are_cut_and_the_sparkline_is_shortened_before_figures_go(void **state)
{
    (void)state;
    struct live_line line = line_of("request_bursts", "tcmalloc");
    assert_line(&line, 80, false,
                "[12/64] request_bursts tcmalloc  2.0 s, 40 MiB ▃▅▇██▇▆▅, about 3 min left");
    assert_line(&line, 50, false, "[12/64] request_…rsts tcmalloc  2.0 s, 40 MiB ▅██▆");
    assert_line(&line, 16, false, "2.0 s, 40 MiB");
    assert_line(&line, 5, false, "2.0…B");
}

static void two_long_names_are_cut_alike(void **state)
{
    (void)state;
    struct live_line line = line_of("a_workload_with_a_long_name", "an-allocator-with-a-long-name");
    line.left = "";
    assert_line(&line, 60, false, "[12/64] a_workloa…name an-alloc…name  2.0 s, 40 MiB ▃▅▇██▇▆▅");
}

static void what_is_not_known_leaves_no_trace(void **state)
{
    (void)state;
    static const struct history none = {0};
    struct live_line line = line_of("bursts", "glibc");
    line.phase = line.left = "";
    line.history = &none;
    assert_line(&line, 60, false, "[12/64] bursts glibc  2.0 s, 40 MiB                 ");
}

static void no_line_is_wider_than_the_terminal(void **state)
{
    (void)state;
    static const char *const names[] = {
        "b", "request_bursts", "漢字漢字漢字漢字漢字漢字漢字漢字",
        "tcmalloc-with-a-name-of-64-characters-for-hostile-purposes-only"};
    for (size_t i = 0; i < 16; i++) {
        struct live_line line = line_of(names[i / 4], names[i % 4]);
        line.note = i % 2 ? " (pymalloc off)" : "";
        for (size_t width = 0; width <= 200; width++) {
            cleanup_free char *text = live_line_text(&line, width, false);
            assert_true(grid_width(text) <= width);
            if (width >= 14) {
                assert_contains(text, "2.0 s, 40 MiB");
            }
        }
    }
}

static void hostile_names_are_tamed(void **state)
{
    (void)state;
    struct live_line line = line_of("a\033[2Jb", "x\r\ny\xFF");
    line.phase = "p\033";
    cleanup_free char *text = live_line_text(&line, 200, false);
    assert_contains(text, "[12/64] a?[2Jb x  y?  2.0 s");
    assert_contains(text, "after p?");
    assert_lacks(text, "\033");
}

int main(void)
{
    if (!setlocale(LC_CTYPE, "C.UTF-8")) {
        print_error("the locale C.UTF-8 is missing\n");
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wide_terminal_shows_everything),
        cmocka_unit_test(names_are_cut_and_the_sparkline_is_shortened_before_figures_go),
        cmocka_unit_test(two_long_names_are_cut_alike),
        cmocka_unit_test(what_is_not_known_leaves_no_trace),
        cmocka_unit_test(no_line_is_wider_than_the_terminal),
        cmocka_unit_test(hostile_names_are_tamed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
