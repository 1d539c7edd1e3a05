/* membench doctor: a line per check, a hint per trouble, and an exit status that can be relied on.
 */
#include "tests/support/membench.h"

#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"

/* Calls `see` for every line of what was printed. */
static void each_line(struct membench *run, void (*see)(const char *line, const char *next))
{
    struct text_list lines = {0};
    text_list_split(&lines, run->out, '\n');
    for (size_t i = 0; i + 1 < lines.count; i++) {
        see(lines.items[i], lines.items[i + 1]);
    }
    text_list_clear(&lines);
}

static bool is_finding(const char *line)
{
    return text_starts_with(line, "ok    ") || text_starts_with(line, "warn  ") ||
           text_starts_with(line, "fail  ");
}

static void see_form(const char *line, const char *next)
{
    bool is_summary = line[0] == '\0' || text_starts_with(line, "membench can");
    if (!is_finding(line) && !text_starts_with(line, "hint: ") && !is_summary) {
        fail_msg("not the line of a doctor: '%s'", line);
    }
    if (is_finding(line) && text_starts_with(next, "hint: ") != !text_starts_with(line, "ok")) {
        fail_msg("'%s' is followed by '%s'", line, next);
    }
}

static void every_trouble_is_followed_by_a_hint(void **state)
{
    struct membench *run = *state;
    membench_run(run, "doctor");
    membench_expect(run, 0);
    assert_string_equal(run->err, "");
    assert_null(strchr(run->out, '\033'));
    each_line(run, see_form);
    membench_expect_text(run->out, "\n\nmembench can measure here: ");
    assert_null(strstr(run->out, "\nfail"));
}

static void every_subject_has_its_line(void **state)
{
    struct membench *run = *state;
    static const char *const subjects[] = {"kernel",
                                           "processors",
                                           "memory",
                                           "swap",
                                           "huge pages",
                                           "ptrace",
                                           "random layout",
                                           "fixed layout",
                                           "statm",
                                           "smaps_rollup",
                                           "VmHWM",
                                           "peak reset",
                                           "wait channel",
                                           "results",
                                           "child processes",
                                           "locale",
                                           "python",
                                           "workloads",
                                           "glibc",
                                           "glibc-tuned",
                                           "glibc-arena1",
                                           "tcmalloc-minimal",
                                           "tcmalloc",
                                           "jemalloc",
                                           "mimalloc",
                                           "tbbmalloc",
                                           "scudo",
                                           "memory access",
                                           "tcmalloc-aggressive"};
    membench_run(run, "doctor");
    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
        cleanup_free char *padded = text_format("  %s  ", subjects[i]);
        membench_expect_text(run->out, padded);
    }
    membench_expect_text(run->out, "  " MEMBENCH_PYTHON_VERSION);
}

static void a_place_that_cannot_be_written_fails(void **state)
{
    struct membench *run = *state;
    membench_run(run, "doctor", "--out", "/proc/results");
    membench_expect(run, 125);
    membench_expect_text(run->out, "fail  results");
    membench_expect_text(run->out, "hint: give another directory with --out\n");
    membench_expect_text(run->out, "membench cannot measure here as it should: ");
    const char *file = membench_write(run, "file", "");
    membench_run(run, "doctor", "-o", file);
    membench_expect(run, 125);
    membench_expect_text(run->out, "is not a directory");
}

static void a_place_that_is_not_there_yet_is_not_made(void **state)
{
    struct membench *run = *state;
    struct stat status;
    const char *place = membench_path(run, "a/b/c");
    membench_run(run, "doctor", "-o", place);
    membench_expect(run, 0);
    membench_expect_text(run->out, "ok    results");
    assert_int_equal(stat(membench_path(run, "a"), &status), -1);
}

static void a_locale_without_utf_8_is_a_warning(void **state)
{
    struct membench *run = *state;
    membench_set(run, "LC_ALL", "C");
    membench_run(run, "doctor");
    membench_expect(run, 0);
    membench_expect_text(run->out, "warn  locale");
    membench_expect_text(run->out, "hint: export LC_ALL=C.UTF-8\n");
    membench_set(run, "LC_ALL", "xx_XX.UTF-8");
    membench_run(run, "doctor");
    membench_expect(run, 0);
    membench_expect_text(run->out, "warn  locale");
}

static void wrong_usage_is_told(void **state)
{
    struct membench *run = *state;
    membench_run(run, "doctor", "now");
    membench_expect(run, 2);
    membench_expect_text(run->err, "membench: 'doctor' takes no 'now'\nhint: ");
    membench_run(run, "doctor", "--ouch");
    membench_expect(run, 2);
    membench_expect_text(run->err, "unknown option '--ouch'");
    membench_run(run, "doctor", "-o");
    membench_expect(run, 2);
    membench_expect_text(run->err, "option '-o' needs a value");
    membench_run(run, "doctor", "--help");
    membench_expect(run, 0);
    membench_expect_text(run->out, "usage: membench doctor [-o DIR]\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(every_trouble_is_followed_by_a_hint),
        membench_test(every_subject_has_its_line),
        membench_test(a_place_that_cannot_be_written_fails),
        membench_test(a_place_that_is_not_there_yet_is_not_made),
        membench_test(a_locale_without_utf_8_is_a_warning),
        membench_test(wrong_usage_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
