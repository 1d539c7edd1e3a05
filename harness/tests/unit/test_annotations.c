#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "report/annotations.h"
#include "tests/support/contains.h"
#include "tests/support/contrasts.h"
#include "tests/support/scratch.h"

/* What stands in a workload's name to break out of a command, a cell, an element, a list. */
#define HOSTILE "a%\r\n::error::x,y:z|<b>`*_[l](u)@me\\#1"

static char *print(const struct annotations *annotations)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    annotations_print(annotations, out);
    fclose(out);
    return text;
}

static size_t count(const char *text, const char *part)
{
    size_t found = 0;
    for (const char *at = text; (at = strstr(at, part)); at++) {
        found++;
    }
    return found;
}

static size_t place(const char *text, const char *part)
{
    assert_contains(text, part);
    return (size_t)(strstr(text, part) - text);
}

static void one_line_per_failing_gate_worst_first(void **state)
{
    (void)state;
    struct contrast contrast;
    struct annotations annotations = {0};
    contrasts_init(&contrast, "shop");
    contrasts_add(&contrast, "scudo", "end", METRIC_ANON, GATE_ERROR, 1e8, 2e8, NULL);
    contrasts_add(&contrast, "zmalloc", "end", METRIC_ANON, GATE_ERROR, 0, 0, "there is none");
    annotations_add(&annotations, &contrast.verdicts);
    cleanup_free char *text = print(&annotations);
    assert_int_equal(annotations.count, 7);
    assert_int_equal(annotations.held, 2);
    assert_int_equal(count(text, "::error title=membench::"), 6);
    assert_int_equal(count(text, "::warning title=membench::"), 1);
    size_t worst = place(text, "shop, scudo: end.anon 190.7 MiB, 95.4 in b.txt: +100.0%25 "
                               "(exact, no variance, threshold +3.0%25): worse\n");
    size_t second = place(text, "shop, glibc: end.anon 110.0 MiB");
    size_t missing = place(text, "shop, glibc: end.tracked_objects could not be compared: Python");
    size_t last_missing = place(text, "shop, zmalloc: end.anon could not be compared: there is");
    size_t unknown = place(text, "shop, tcmalloc-aggressive: settled.anon 1.260 of glibc's, 1.220");
    size_t warning = place(text, "::warning title=membench::shop, glibc: end.cpu_seconds");
    assert_int_equal(worst, strlen("::error title=membench::"));
    assert_true(worst < second && second < missing && missing < last_missing);
    assert_true(last_missing < unknown && unknown < warning);
    annotations_clear(&annotations);
    contrast_clear(&contrast);
}

static void ten_at_most_and_how_many_more(void **state)
{
    (void)state;
    struct contrast contrast;
    for (int rows = 9; rows <= 12; rows++) {
        struct annotations annotations = {0};
        contrast = (struct contrast){0};
        verdicts_add_group(&contrast.verdicts, "shop", "", OBJECT_PYMALLOC);
        for (int i = 0; i < rows; i++) {
            contrasts_add(&contrast, "glibc", "end", METRIC_ANON, GATE_ERROR, 1e8, 2e8 + i, NULL);
        }
        annotations_add(&annotations, &contrast.verdicts);
        cleanup_free char *text = print(&annotations);
        assert_int_equal(count(text, "\n"), rows < 10 ? rows : 10);
        assert_int_equal(count(text, "::and "), rows > 10);
        if (rows == 12) {
            assert_contains(text, "::error title=membench::and 3 more\n");
        }
        annotations_clear(&annotations);
        contrast_clear(&contrast);
    }
}

static void names_do_not_break_out_of_a_command(void **state)
{
    (void)state;
    struct contrast contrast;
    struct annotations annotations = {0};
    contrasts_init(&contrast, HOSTILE);
    annotations_add(&annotations, &contrast.verdicts);
    cleanup_free char *text = print(&annotations);
    assert_int_equal(count(text, "\n"), annotations.count);
    assert_lacks(text, "\r");
    assert_contains(text, "::error title=membench::a%25%0D%0A::error::x,y:z|");
    for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
        assert_true(strncmp(line, "::error title=membench::", 24) == 0 ||
                    strncmp(line, "::warning title=membench::", 26) == 0);
    }
    annotations_clear(&annotations);
    contrast_clear(&contrast);
}

static void names_do_not_break_out_of_the_summary(void **state)
{
    (void)state;
    struct contrast contrast;
    struct annotations annotations = {0};
    contrasts_init(&contrast, HOSTILE);
    annotations_add(&annotations, &contrast.verdicts);
    cleanup_free char *text = annotations_markdown(&annotations, &contrast.verdicts, 1 << 20);
    static const char *const raw[] = {"<", ">", " [", "\r", "a%\n"};
    for (size_t i = 0; i < sizeof raw / sizeof *raw; i++) {
        assert_lacks(text, raw[i]);
    }
    assert_contains(text, "### membench: 2 of 7 gates and claims hold\n");
    assert_contains(text, "| a% :`:`error");
    /* A heading, a rule and a row per comparison, each of nine cells. */
    for (const char *line = strstr(text, "\n| ") + 1; line[0] == '|';
         line = strchr(line, '\n') + 1) {
        size_t bars = 0;
        for (const char *at = line; *at != '\n'; at++) {
            bars += *at == '|';
        }
        assert_int_equal(bars, 10);
    }
    annotations_clear(&annotations);
    contrast_clear(&contrast);
}

static void a_summary_keeps_to_its_room(void **state)
{
    (void)state;
    struct contrast contrast;
    struct annotations annotations = {0};
    contrasts_init(&contrast, "shop");
    for (int i = 0; i < 100; i++) {
        contrasts_add(&contrast, "glibc", "end", METRIC_ANON, GATE_ERROR, 1e8, 2e8 + i, NULL);
    }
    annotations_add(&annotations, &contrast.verdicts);
    for (size_t room = 0; room < 20000; room += 777) {
        cleanup_free char *text = annotations_markdown(&annotations, &contrast.verdicts, room);
        assert_true(strlen(text) <= room);
        if (room > 1000) {
            assert_true(strlen(text) > room - 700 || strstr(text, "| worse |\n\n"));
            assert_contains(text, " more\n");
        }
    }
    annotations_clear(&annotations);
    contrast_clear(&contrast);
}

static void publish(const char *actions, const char *summary, char **printed)
{
    struct contrast contrast;
    struct annotations annotations = {0};
    struct error err = {0};
    size_t length = 0;
    FILE *out = open_memstream(printed, &length);
    setenv("GITHUB_ACTIONS", actions, 1);
    setenv("GITHUB_STEP_SUMMARY", summary, 1);
    contrasts_init(&contrast, "shop");
    annotations_add(&annotations, &contrast.verdicts);
    int failed = annotations_publish(&annotations, &contrast.verdicts, out, &err);
    fclose(out);
    annotations_clear(&annotations);
    contrast_clear(&contrast);
    assert_int_equal(failed, strcmp(summary, "/nowhere/s") == 0 ? -1 : 0);
}

static void nothing_is_published_unless_asked_for(void **state)
{
    cleanup_free char *path = scratch_path(state, "summary.md");
    cleanup_free char *printed = NULL;
    publish("", path, &printed);
    assert_string_equal(printed, "");
    assert_int_equal(access(path, F_OK), -1);
}

static void the_summary_is_appended_up_to_a_mebibyte(void **state)
{
    static char text[ANNOTATIONS_SUMMARY_BYTES + 4096];
    cleanup_free char *path = scratch_write_text(state, "summary.md", "earlier\n");
    cleanup_free char *printed = NULL, *again = NULL, *third = NULL;
    publish("true", path, &printed);
    assert_contains(printed, "::error");
    assert_true(file_read_at(AT_FDCWD, path, text, sizeof text) > 0);
    assert_int_equal(strncmp(text, "earlier\n### membench", 20), 0);
    assert_int_equal(truncate(path, ANNOTATIONS_SUMMARY_BYTES - 300), 0);
    publish("true", path, &again);
    ssize_t length = file_read_at(AT_FDCWD, path, text, sizeof text);
    assert_true(length > 0 && length <= ANNOTATIONS_SUMMARY_BYTES);
    publish("true", "/nowhere/s", &third);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_line_per_failing_gate_worst_first),
        cmocka_unit_test(ten_at_most_and_how_many_more),
        cmocka_unit_test(names_do_not_break_out_of_a_command),
        cmocka_unit_test(names_do_not_break_out_of_the_summary),
        cmocka_unit_test(a_summary_keeps_to_its_room),
        scratch_test(nothing_is_published_unless_asked_for),
        scratch_test(the_summary_is_appended_up_to_a_mebibyte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
