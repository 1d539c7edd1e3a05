#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "measure/metric.h"
#include "tests/support/capture.h"
#include "tests/support/contains.h"

struct answer {
    int status;
    char *out, *err;
};

/* `first` and `second` may be NULL. */
static struct answer ask(const char *first, const char *second)
{
    struct capture out, err;
    cleanup_free char *one = text_copy(first ? first : "");
    cleanup_free char *two = text_copy(second ? second : "");
    char list[] = "list";
    char *argv[] = {list, first ? one : NULL, second ? two : NULL, NULL};
    capture_begin(&out, stdout);
    capture_begin(&err, stderr);
    int status = command_list(1 + (first != NULL) + (second != NULL), argv);
    struct answer answer = {.status = status, .err = capture_end(&err), .out = capture_end(&out)};
    return answer;
}

static void clear(struct answer *answer)
{
    free(answer->out);
    free(answer->err);
}

static void list_metrics_shows_every_row_of_the_table(void **state)
{
    (void)state;
    struct answer answer = ask("metrics", NULL);
    assert_int_equal(answer.status, EXIT_DONE);
    assert_string_equal(answer.err, "");
    for (int i = 0; i < METRIC_COUNT; i++) {
        cleanup_free char *line = text_format("  %s ", metric_table[i].name);
        cleanup_free char *unit = text_format(" %s: ", metric_unit_name(metric_table[i].unit));
        assert_contains(answer.out, line);
        assert_contains(strstr(answer.out, line), unit);
    }
    clear(&answer);
}

static void list_help_goes_to_stdout(void **state)
{
    (void)state;
    struct answer answer = ask("--help", NULL);
    assert_int_equal(answer.status, EXIT_DONE);
    assert_contains(answer.out, "usage: membench list allocators|workloads|metrics");
    assert_string_equal(answer.err, "");
    clear(&answer);
}

static void assert_wrong_usage(const char *first, const char *second, const char *message)
{
    struct answer answer = ask(first, second);
    assert_int_equal(answer.status, EXIT_WRONG_USAGE);
    assert_string_equal(answer.out, "");
    assert_contains(answer.err, message);
    assert_contains(answer.err, "\nhint: membench list allocators");
    clear(&answer);
}

static void another_word_than_a_list_is_wrong_usage(void **state)
{
    (void)state;
    assert_wrong_usage("things", NULL, "membench: there is no list of 'things'");
    assert_wrong_usage(NULL, NULL, "membench: 'list' takes one word");
    assert_wrong_usage("metrics", "metrics", "membench: 'list' takes one word");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(list_metrics_shows_every_row_of_the_table),
        cmocka_unit_test(list_help_goes_to_stdout),
        cmocka_unit_test(another_word_than_a_list_is_wrong_usage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
