#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pty.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "cli/progress.h"
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

/* What a terminal of 50 columns gets to see. */
static char *run_on_a_terminal(struct desk *desk)
{
    int ours, theirs;
    struct winsize size = {.ws_row = 24, .ws_col = 50};
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
    cleanup_free char *text = run_on_a_terminal(*state);
    assert_contains(text, "\r\033[K[1/2] bursts glibc  0.0 s, 0 MiB");
    assert_lacks(text, "\n");
    size_t length = strlen(text);
    assert_string_equal(text + length - 4, "\r\033[K");
}

static void a_terminal_is_not_drawn_on_at_every_moment(void **state)
{
    cleanup_free char *text = run_on_a_terminal(*state);
    unsigned drawn = 0;
    for (const char *at = text; (at = strstr(at, " MiB")); at++) {
        drawn++;
    }
    assert_in_range(drawn, 2, 100);
}

static void a_line_is_cut_at_the_width_of_the_terminal(void **state)
{
    struct desk *desk = *state;
    static char name[] = "a_workload_with_a_name_that_is_longer_than_the_terminal_is_wide";
    desk->workload.name = name;
    cleanup_free char *text = run_on_a_terminal(desk);
    struct text_list lines = {0};
    text_list_split(&lines, text, '\r');
    for (size_t i = 0; i < lines.count; i++) {
        assert_in_range(strlen(lines.items[i]), 0, strlen("\033[K") + 49);
    }
    text_list_clear(&lines);
}

#define desk_test(function) cmocka_unit_test_setup(function, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        desk_test(elsewhere_each_trial_has_a_line),
        desk_test(the_outcome_and_the_object_allocator_are_named),
        desk_test(what_is_said_stands_on_a_line_of_its_own_unless_quiet),
        desk_test(quiet_is_silent),
        desk_test(a_terminal_has_one_line_that_is_removed_at_the_end),
        desk_test(a_terminal_is_not_drawn_on_at_every_moment),
        desk_test(a_line_is_cut_at_the_width_of_the_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
