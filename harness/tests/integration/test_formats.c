/* What a run leaves for programs and for repositories: report.json, --json, the decision record. */
#include "tests/support/membench.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "tests/support/contains.h"

static char text[1 << 22];

/* A file of the last run that told its directory. */
static char *path_of(const struct membench *run, const char *name)
{
    return text_format("%s/%s", run->directory, name);
}

static bool is_there(const struct membench *run, const char *name)
{
    cleanup_free char *path = path_of(run, name);
    return access(path, F_OK) == 0;
}

static const char *read_file(const char *path)
{
    assert_true(file_read_at(AT_FDCWD, path, text, sizeof text) > 0);
    return text;
}

/* Debian's own Python has the module; another in the PATH may not. */
static void check(struct membench *run, const char *script, const char *first, const char *second,
                  const char *third)
{
    const char *const argv[] = {"/usr/bin/python3", script, first, second, third, NULL};
    membench_start_program(run, argv);
    membench_wait(run);
    if (run->exit_status != 0) {
        fail_msg("%s%s", run->out, run->err);
    }
}

static void validate(struct membench *run, const char *path)
{
    check(run, membench_fixture("validate.py"), MEMBENCH_SCHEMA, path, NULL);
}

static void a_run_leaves_the_formats_that_were_asked_for(void **state)
{
    struct membench *run = *state;
    membench_run(run, "-q", "-a", "glibc,glibc-arena1", "-n", "2", "--settle", "0", "--format",
                 "json,adr", "--format", "csv", membench_fixture("phases.py"));
    membench_expect(run, 0);
    assert_true(is_there(run, "decision.md") && is_there(run, "decision.svg"));
    assert_true(is_there(run, "report.html") && is_there(run, "summary.csv"));
    cleanup_free char *record = path_of(run, "decision.md");
    cleanup_free char *document = path_of(run, "report.json");
    check(run, membench_fixture("renders.py"), record, "3", "9");
    validate(run, document);
}

static void only_what_is_always_there_without_being_asked(void **state)
{
    struct membench *run = *state;
    membench_run(run, "-q", "-a", "glibc", "-n", "1", "--settle", "0", membench_fixture("idle.py"));
    membench_expect(run, 0);
    assert_false(is_there(run, "report.json") || is_there(run, "decision.md"));
    assert_true(is_there(run, "report.html") && is_there(run, "samples.csv"));
}

static void json_is_all_that_is_printed(void **state)
{
    struct membench *run = *state;
    membench_run(run, "-a", "glibc", "-n", "1", "--settle", "0", "--json", "--format", "json",
                 membench_fixture("idle.py"));
    membench_expect(run, 0);
    assert_true(text_starts_with(run->out, "{\n \"schema\": \"membench.report/1\""));
    const char *printed = membench_write(run, "printed.json", run->out);
    membench_run(run, "report", "last");
    membench_expect(run, 0);
    cleanup_free char *document = path_of(run, "report.json");
    cleanup_free char *wanted = text_copy(read_file(document));
    assert_string_equal(read_file(printed), wanted);
    membench_run(run, "report", "--json", "last");
    membench_expect(run, 0);
    assert_string_equal(run->out, wanted);
    validate(run, printed);
    membench_run(run, "-q", "-a", "glibc", "-n", "1", "--settle", "0", "--json",
                 membench_fixture("at_exit.py"), "--", "", "a");
    membench_expect(run, 0);
    validate(run, membench_write(run, "arguments.json", run->out)); /* an empty word is a word */
}

/* A run of failures only, under a malloc that is not there, with a refuted claim. */
static void json_has_the_exit_status_of_the_table(void **state)
{
    struct membench *run = *state;
    membench_run(run, "-q", "-a", "glibc", "-n", "2", "--settle", "0", "--json",
                 membench_fixture("raises.py"));
    membench_expect(run, 125);
    validate(run, membench_write(run, "failed.json", run->out));
    membench_run(run, "-q", "-a", "glibc", "-n", "8", "--settle", "0", "--json", "--claim",
                 "end.anon <= 1KiB", membench_fixture("idle.py"));
    membench_expect(run, 1);
    validate(run, membench_write(run, "refuted.json", run->out));
}

static void an_unknown_format_is_wrong_usage(void **state)
{
    struct membench *run = *state;
    membench_run(run, "--format", "jsn", membench_fixture("idle.py"));
    membench_expect(run, 2);
    membench_expect_text(run->err, "--format: there is no format 'jsn'");
    membench_expect_text(run->err, "did you mean 'json'");
    membench_run(run, "report", "--format", "html,,csv", "last");
    membench_expect(run, 2);
    membench_expect_text(run->err, "there is no format ''\nhint: one of html, csv, json, adr");
}

static void a_stored_run_takes_a_format_too(void **state)
{
    struct membench *run = *state;
    membench_run(run, "-q", "-a", "glibc", "-n", "1", "--settle", "0", membench_fixture("idle.py"));
    membench_expect(run, 0);
    membench_run(run, "-q", "--again", "last", "--format", "json");
    membench_expect(run, 0);
    assert_true(is_there(run, "report.json"));
    membench_run(run, "-q", "--resume", "last", "--format", "adr");
    membench_expect(run, 0);
    assert_true(is_there(run, "decision.md"));
}

/* What lies beside a new report is as new. */
static void a_format_that_is_there_is_made_anew(void **state)
{
    struct membench *run = *state;
    membench_run(run, "-q", "-a", "glibc", "-n", "1", "--settle", "0", "--format", "json",
                 membench_fixture("idle.py"));
    membench_expect(run, 0);
    cleanup_free char *document = path_of(run, "report.json");
    struct error err;
    assert_int_equal(file_write(document, "old", 3, &err), 0);
    membench_run(run, "report", "last");
    membench_expect(run, 0);
    validate(run, document);
}

/* A store may have come from another machine, without the directory that its run was made in. */
static void a_report_goes_where_out_says(void **state)
{
    struct membench *run = *state;
    membench_run(run, "-q", "-a", "glibc", "-n", "1", "--settle", "0", membench_fixture("idle.py"));
    membench_expect(run, 0);
    cleanup_free char *made = text_copy(run->directory);
    membench_run(run, "report", "--db", "results/membench.db", "--out", "elsewhere", "last");
    membench_expect(run, 0);
    cleanup_free char *wanted = text_format("%s/elsewhere/%s", run->place, file_basename(made));
    assert_string_equal(run->directory, wanted);
    assert_true(is_there(run, "report.html"));
    membench_run(run, "report", "last");
    membench_expect(run, 0);
    assert_string_equal(run->directory, made);
}

/* Everything that others may write, in every place where they may write it. */
static void nothing_of_others_acts_in_a_decision_record(void **state)
{
    struct membench *run = *state;
#define HOSTILE                                                                                    \
    "<script>alert(1)</script> <b onclick=x>b</b> [l](javascript:x) ![i](http://x/y.png) a|b "     \
    "@me me@here.org #1 GH-2 http://a.org www.a.org `c` ``` *b* __u__ ~~s~~ &lt; $x$ :smile: "     \
    "<!-- c --> <https://a.org>"
    membench_write(run, "a|`b`@me_*x*.py",
                   "\"\"\"# " HOSTILE "\"\"\"\ndef run(p):\n    return None\n");
    membench_write(run, "plan.toml",
                   "title = '''- " HOSTILE "'''\n"
                   "[run]\nruns = 1\nsettle = 0\nallocators = ['glibc', 'glibc-arena1']\n"
                   "[[workload]]\nfile = 'a|`b`@me_*x*.py'\n"
                   "[[claim]]\ntext = 'end.anon <= 1GiB'\ntitle = '''1. " HOSTILE "'''\n"
                   "source = '''" HOSTILE "'''\n");
    membench_run(run, "-q", "--plan", "plan.toml", "--format", "adr,json", "--memory-limit", "2GiB",
                 "-E", "X=```\n# h\n|a|");
    assert_non_null(run->directory);
    cleanup_free char *record = path_of(run, "decision.md");
    cleanup_free char *document = path_of(run, "report.json");
    check(run, membench_fixture("renders.py"), record, "3", "9");
    validate(run, document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(a_run_leaves_the_formats_that_were_asked_for),
        membench_test(only_what_is_always_there_without_being_asked),
        membench_test(json_is_all_that_is_printed),
        membench_test(json_has_the_exit_status_of_the_table),
        membench_test(an_unknown_format_is_wrong_usage),
        membench_test(a_stored_run_takes_a_format_too),
        membench_test(a_format_that_is_there_is_made_anew),
        membench_test(a_report_goes_where_out_says),
        membench_test(nothing_of_others_acts_in_a_decision_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
