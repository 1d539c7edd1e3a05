#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <pty.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "cli/progress.h"
#include "report/grid.h"
#include "tests/support/capture.h"
#include "tests/support/contains.h"

struct desk {
    struct options options;
    struct workload workload;
    struct setting setting;
    struct trial trial;
    struct plan plan;
    struct record record;
};

static int setup(void **state)
{
    static struct desk desk;
    static char workload[] = "bursts", setting[] = "glibc";
    desk = (struct desk){.workload.name = workload, .setting.name = setting};
    desk.trial = (struct trial){
        .number = 1, .workload = &desk.workload, .setting = &desk.setting, .block = 1};
    desk.plan = (struct plan){.options = &desk.options, .trial_count = 2};
    desk.record = (struct record){.trial = &desk.trial, .outcome = OUTCOME_OK, .seconds = 1.25};
    *state = &desk;
    return 0;
}

/* Two trials, with their moments. */
static void run(struct desk *desk)
{
    struct progress progress;
    progress_init(&progress, &desk->plan, 0);
    for (unsigned i = 1; i <= 2; i++) {
        desk->trial.number = i;
        progress_begin(&progress, &desk->trial);
        for (int j = 0; j < 100; j++) {
            progress_moment(&progress, j, j * 0x1p20);
        }
        progress_end(&progress, &desk->record);
    }
    progress_clear(&progress);
}

static char *run_captured(struct desk *desk)
{
    struct capture capture;
    capture_begin(&capture, stderr);
    run(desk);
    return capture_end(&capture);
}

static void elsewhere_each_trial_has_a_line(void **state)
{
    cleanup_free char *text = run_captured(*state);
    assert_string_equal(text, "[1/2] bursts glibc: ok, 1.2 s, about 0 s left\n"
                              "[2/2] bursts glibc: ok, 1.2 s\n");
}

static void the_outcome_and_the_object_allocator_are_named(void **state)
{
    struct desk *desk = *state;
    desk->trial.object_allocator = OBJECT_MALLOC;
    desk->record.outcome = OUTCOME_TIMED_OUT;
    cleanup_free char *text = run_captured(desk);
    assert_contains(text, "[2/2] bursts glibc (pymalloc off): timed-out, 1.2 s\n");
}

static char *say_captured(struct desk *desk)
{
    struct progress progress;
    struct capture capture;
    progress_init(&progress, &desk->plan, 0);
    capture_begin(&capture, stderr);
    progress_say(&progress, "look 1 of 3: 2 of 5 undecided, going on to 12 runs");
    return capture_end(&capture);
}

static void what_is_said_stands_on_a_line_of_its_own_unless_quiet(void **state)
{
    struct desk *desk = *state;
    cleanup_free char *text = say_captured(desk);
    assert_string_equal(text, "look 1 of 3: 2 of 5 undecided, going on to 12 runs\n");
    desk->options.quiet = true;
    cleanup_free char *nothing = say_captured(desk);
    assert_string_equal(nothing, "");
}

static void quiet_is_silent(void **state)
{
    struct desk *desk = *state;
    desk->options.quiet = true;
    cleanup_free char *text = run_captured(desk);
    assert_string_equal(text, "");
}

/* When the other side is closed, what was written to it comes, then an error. */
static char *read_to_its_end(int terminal)
{
    enum { MOST = 65536 };
    char *text = text_allocate(MOST + 1);
    size_t length = 0;
    ssize_t got;
    while ((got = read(terminal, text + length, MOST - length)) > 0) {
        length += (size_t)got;
    }
    text[length] = '\0';
    close(terminal);
    return text;
}

/* What a terminal of so many columns gets to see. */
static char *run_on_a_terminal(struct desk *desk, unsigned short columns)
{
    int ours, theirs;
    struct winsize size = {.ws_row = 24, .ws_col = columns};
    assert_int_equal(openpty(&ours, &theirs, NULL, NULL, &size), 0);
    int before = dup(STDERR_FILENO);
    dup2(theirs, STDERR_FILENO);
    run(desk);
    dup2(before, STDERR_FILENO);
    close(before);
    close(theirs);
    return read_to_its_end(ours);
}

static void a_terminal_has_one_line_that_is_removed_at_the_end(void **state)
{
    cleanup_free char *text = run_on_a_terminal(*state, 50);
    assert_contains(text, "\r\033[K[1/2] bursts glibc  0.0 s, 0 MiB");
    assert_lacks(text, "\n");
    size_t length = strlen(text);
    assert_string_equal(text + length - 4, "\r\033[K");
}

static void a_terminal_is_not_drawn_on_at_every_moment(void **state)
{
    cleanup_free char *text = run_on_a_terminal(*state, 50);
    unsigned drawn = 0;
    for (const char *at = text; (at = strstr(at, " MiB")); at++) {
        drawn++;
    }
    assert_in_range(drawn, 2, 100);
}

static void no_line_reaches_the_end_of_the_terminal(void **state)
{
    struct desk *desk = *state;
    static char workload[] = "a_workload_with_a_name_that_is_longer_than_the_terminal_is_wide";
    static char setting[] = "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字";
    desk->workload.name = workload;
    desk->setting.name = setting;
    static const unsigned short columns[] = {10, 30, 50, 80};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        cleanup_free char *text = run_on_a_terminal(desk, columns[i]);
        struct text_list lines = {0};
        text_list_split(&lines, text, '\r');
        for (size_t j = 0; j < lines.count; j++) {
            size_t escape = text_starts_with(lines.items[j], "\033[K") ? strlen("\033[K") : 0;
            assert_in_range(grid_width(lines.items[j] + escape), 0, columns[i] - 1);
        }
        text_list_clear(&lines);
    }
}

/* The last line that is drawn of a trial with these moments, 0.25 s apart. */
static char *last_line(struct desk *desk, const double *mebibytes, size_t count, const char *phase)
{
    int ours, theirs;
    struct winsize size = {.ws_row = 24, .ws_col = 100};
    assert_int_equal(openpty(&ours, &theirs, NULL, NULL, &size), 0);
    int before = dup(STDERR_FILENO);
    dup2(theirs, STDERR_FILENO);
    struct progress progress;
    struct sample sample = {.cycle = 1, .visit = 1};
    text_place(sample.phase, sizeof sample.phase, phase);
    progress_init(&progress, &desk->plan, 0);
    progress_begin(&progress, &desk->trial);
    progress_phase(&progress, &sample);
    for (size_t i = 0; i < count; i++) {
        progress.drawn = 0; /* it is time to draw again */
        progress_moment(&progress, 0.25 * (double)i, mebibytes[i] * 0x1p20);
    }
    dup2(before, STDERR_FILENO);
    close(before);
    close(theirs);
    cleanup_free char *text = read_to_its_end(ours);
    return text_copy(strrchr(text, 'K') + 1);
}

static void the_line_shows_the_course_and_the_phase(void **state)
{
    struct desk *desk = *state;
    static const double mebibytes[] = {10, 20, 30, 40, 80, 60, 40, 20, 10};
    desk->options.cycles = 1;
    cleanup_free char *line = last_line(desk, mebibytes, 9, "loaded");
    assert_string_equal(line, "[1/2] bursts glibc  2.0 s, 10 MiB ▂▂▃▃▄▄▆██▇▆▅▄▃▂▂ after loaded");
    desk->options.cycles = 3;
    cleanup_free char *of_cycle = last_line(desk, mebibytes, 9, "loaded");
    assert_contains(of_cycle, " after loaded 1");
}

static void the_end_of_a_worker_is_no_moment_without_memory(void **state)
{
    struct desk *desk = *state;
    static const double mebibytes[] = {10, 20, 0};
    desk->options.cycles = 1;
    cleanup_free char *line = last_line(desk, mebibytes, 3, "released");
    assert_contains(line, "0.2 s, 20 MiB");
}

static void hostile_names_are_tamed_on_a_line_of_their_own(void **state)
{
    struct desk *desk = *state;
    static char workload[] = "a\033[2Jb", setting[] = "c\nd";
    desk->workload.name = workload;
    desk->setting.name = setting;
    cleanup_free char *text = run_captured(desk);
    assert_contains(text, "[1/2] a?[2Jb c d: ok");
}

#define desk_test(function) cmocka_unit_test_setup(function, setup)

int main(void)
{
    if (!setlocale(LC_CTYPE, "C.UTF-8")) {
        print_error("the locale C.UTF-8 is missing\n");
        return 1;
    }
    const struct CMUnitTest tests[] = {
        desk_test(elsewhere_each_trial_has_a_line),
        desk_test(the_outcome_and_the_object_allocator_are_named),
        desk_test(what_is_said_stands_on_a_line_of_its_own_unless_quiet),
        desk_test(quiet_is_silent),
        desk_test(a_terminal_has_one_line_that_is_removed_at_the_end),
        desk_test(a_terminal_is_not_drawn_on_at_every_moment),
        desk_test(no_line_reaches_the_end_of_the_terminal),
        desk_test(the_line_shows_the_course_and_the_phase),
        desk_test(the_end_of_a_worker_is_no_moment_without_memory),
        desk_test(hostile_names_are_tamed_on_a_line_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
