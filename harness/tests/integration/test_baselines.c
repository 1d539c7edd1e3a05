/* A baseline from one run to the next, end to end: saved, shown, checked, and what CI sees. */
#include "tests/support/membench.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "tests/support/contains.h"

static const char plan[] = "[run]\n"
                           "runs = 3\n"
                           "settle = 0\n"
                           "layout = 'fixed'\n"
                           "allocators = ['glibc', 'glibc-arena1']\n"
                           "[[workload]]\n"
                           "file = 'code/shop.py'\n"
                           "[gate.'settled.anon']\n"
                           "threshold = 0.03\n"
                           "control = 'glibc'\n"
                           "[gate.'settled.tracked_objects']\n"
                           "[gate.'settled.allocated_blocks']\n"
                           "[gate.'settled.live_bytes']\n";

static char text[1 << 20];

static const char *read_text(struct membench *run, const char *name)
{
    assert_true(file_read_at(AT_FDCWD, membench_path(run, name), text, sizeof text) >= 0);
    return text;
}

/* A list of `articles` lists, each with a text. In a folder of its own: Python's import keeps the
 * names of the files beside the program, and allocated_blocks counts them. */
static void write_shop(struct membench *run, int articles)
{
    cleanup_free char *source =
        text_format("def run(p):\n"
                    "    yield 'loaded'\n"
                    "    return [[n, 'x' * (900 + n %% 2)] for n in range(%d)]\n",
                    articles);
    membench_write(run, "code/shop.py", source);
}

/* Measures the shop and saves it as b.txt. */
static void save(struct membench *run)
{
    write_shop(run, 10000);
    membench_write(run, "plan.toml", plan);
    membench_run(run, "run", "-q", "--plan", "plan.toml");
    membench_expect(run, 0);
    membench_run(run, "baseline", "save", "b.txt");
    membench_expect(run, 0);
    membench_expect_text(run->out, "b.txt: 8 lists of values from run ");
}

/* Writes b.txt with one part replaced to another file. */
static void edit(struct membench *run, const char *to, const char *old, const char *new)
{
    const char *whole = read_text(run, "b.txt"), *at = strstr(whole, old);
    assert_non_null(at);
    cleanup_free char *edited =
        text_format("%.*s%s%s", (int)(at - whole), whole, new, at + strlen(old));
    membench_write(run, to, edited);
}

static void with_nothing_changed_it_holds(void **state)
{
    struct membench *run = *state;
    save(run);
    membench_run(run, "baseline", "check", "b.txt");
    membench_expect(run, 0);
    membench_expect_text(run->out, "0 worse, 0 unknown, 0 not comparable, 0 better, 8 same");
    membench_run(run, "run", "-q", "--plan", "plan.toml", "--baseline", "b.txt");
    membench_expect(run, 0);
    membench_expect_text(run->out, "0 worse, 0 unknown, 0 not comparable, 0 better, 8 same");
    membench_expect_text(run->out, " against b.txt\n");
    membench_run(run, "baseline", "show", "b.txt");
    membench_expect(run, 0);
    membench_expect_text(run->out, "gate settled.anon: error above 3%, control glibc");
    membench_expect_text(run->out, "shop, glibc-arena1: settled.live_bytes");
}

/* Saving the same run again gives the same bytes; another run changes few lines. */
static void a_baseline_is_canonical(void **state)
{
    struct membench *run = *state;
    save(run);
    cleanup_free char *first = text_copy(read_text(run, "b.txt"));
    membench_run(run, "baseline", "save", "b.txt", "last");
    membench_expect(run, 0);
    membench_expect_text(run->out, "8 same"); /* the drift from what was there */
    assert_string_equal(read_text(run, "b.txt"), first);
    membench_run(run, "run", "-q", "--plan", "plan.toml");
    membench_run(run, "baseline", "save", "b.txt");
    const char *second = read_text(run, "b.txt");
    unsigned changed = 0;
    for (const char *a = first, *b = second; *a && *b;
         a = strchr(a, '\n') + 1, b = strchr(b, '\n') + 1) {
        size_t length = strcspn(a, "\n");
        changed += length != strcspn(b, "\n") || memcmp(a, b, length) != 0;
    }
    assert_int_equal(changed, 1); /* the run's id: fixed layout, one thread */
}

static void a_tenth_more_is_caught_and_named_by_both_kinds_of_gate(void **state)
{
    struct membench *run = *state;
    save(run);
    write_shop(run, 11000);
    membench_set(run, "GITHUB_ACTIONS", "true");
    membench_set(run, "GITHUB_STEP_SUMMARY", membench_path(run, "summary.md"));
    membench_run(run, "run", "-q", "--plan", "plan.toml", "--baseline", "b.txt");
    membench_expect(run, 1);
    membench_expect_text(run->out, "8 worse, 0 unknown");
    membench_expect_text(run->out, "note: shop: the file is not the one of b.txt");
    membench_expect_text(run->out, "\n::error title=membench::shop, glibc: settled.anon ");
    membench_expect_text(run->out,
                         "\n::error title=membench::shop, glibc: settled.tracked_objects ");
    membench_expect_text(read_text(run, "summary.md"),
                         "### membench: 0 of 8 gates and claims hold");
    cleanup_free char *csv = text_format("%s/baseline.csv", run->directory);
    assert_true(file_read_at(AT_FDCWD, csv, text, sizeof text) > 0);
    assert_contains(text, ",worse,");
    membench_run(run, "baseline", "check", "--bisect", "b.txt");
    membench_expect(run, 1);
}

/* What another host measured is made of the file by hand: only the ratio is left, and objects. */
static void on_another_class_of_host_ratios_and_objects_are_compared(void **state)
{
    struct membench *run = *state;
    save(run);
    edit(run, "other.txt", "host kernel: ", "host kernel: 9");
    membench_run(run, "baseline", "check", "other.txt");
    membench_expect(run, 0);
    membench_expect_text(run->out, "settled.anon, of glibc's\n  glibc-arena1 ");
    membench_expect_text(run->out, "note: glibc is the control");
    membench_expect_text(run->out, "7 same");
    write_shop(run, 11000);
    membench_run(run, "run", "-q", "--plan", "plan.toml", "--baseline", "other.txt");
    membench_expect(run, 1);
    membench_expect_text(run->out, "settled.live_bytes");
    membench_expect_text(run->out, "6 worse");
}

static void what_cannot_be_compared_is_125_with_the_reason(void **state)
{
    struct membench *run = *state;
    save(run);
    edit(run, "python.txt", "python 3", "python 4");
    membench_run(run, "baseline", "check", "python.txt");
    membench_expect(run, 125);
    membench_expect_text(run->out, "not comparable: Python 4");
    edit(run, "cycles.txt", "cycles 1", "cycles 2");
    membench_run(run, "baseline", "check", "cycles.txt");
    membench_expect(run, 125);
    membench_expect_text(run->out, "cycles 2, not 1");
    membench_expect_text(run->out, "Nothing could be compared.");
    edit(run, "fewer.txt", "values shop pymalloc glibc settled.anon",
         "values shop malloc glibc "
         "settled.anon");
    membench_run(run, "baseline", "check", "fewer.txt");
    membench_expect(run, 125);
    membench_expect_text(run->out, "there is no settled.anon in fewer.txt");
}

/* Values that vary, and too few of them. */
static void what_is_unknown_is_3(void **state)
{
    struct membench *run = *state;
    save(run);
    const char *line = strstr(read_text(run, "b.txt"), "values shop pymalloc glibc settled.anon ");
    cleanup_free char *value = text_format("%.*s", (int)strcspn(line + 40, " "), line + 40);
    cleanup_free char *old = text_format("settled.anon %s", value);
    cleanup_free char *new = text_format("settled.anon 1%s", value);
    edit(run, "b2.txt", old, new);
    membench_run(run, "baseline", "check", "b2.txt");
    membench_expect(run, 3);
    membench_expect_text(run->out, "unknown: 3 values can show nothing");
    membench_run(run, "baseline", "check", "--bisect", "b2.txt");
    membench_expect(run, 125);
}

static void a_bad_file_is_known_before_the_run(void **state)
{
    struct membench *run = *state;
    write_shop(run, 10);
    membench_write(run, "bad.txt", "membench-baseline 1\nrun x\nrum y\n");
    membench_run(run, "run", "-q", "-a", "glibc", "--baseline", "bad.txt", "code/shop.py");
    membench_expect(run, 2);
    membench_expect_text(run->err,
                         "'bad.txt', line 3: unknown line 'rum'\nhint: did you mean 'run'");
    assert_null(run->directory);
    membench_write(run, "new.txt", "membench-baseline 99\n");
    membench_run(run, "baseline", "show", "new.txt");
    membench_expect(run, 125);
    membench_expect_text(run->err, "format 99 is newer than this membench");
    membench_run(run, "baseline", "check", "none.txt");
    membench_expect(run, 125);
    membench_run(run, "baseline", "shave", "x");
    membench_expect(run, 2);
    membench_run(run, "baseline", "save");
    membench_expect(run, 2);
}

static void a_run_with_a_failed_trial_is_no_baseline(void **state)
{
    struct membench *run = *state;
    membench_write(run, "shop.py", "def run(p):\n    raise ValueError\n");
    membench_run(run, "run", "-q", "-a", "glibc", "-n", "1", "shop.py");
    membench_expect(run, 125);
    membench_run(run, "baseline", "save", "b.txt");
    membench_expect(run, 125);
    membench_expect_text(run->err, "some of its trials were not ok");
    assert_int_equal(access(membench_path(run, "b.txt"), F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(with_nothing_changed_it_holds),
        membench_test(a_baseline_is_canonical),
        membench_test(a_tenth_more_is_caught_and_named_by_both_kinds_of_gate),
        membench_test(on_another_class_of_host_ratios_and_objects_are_compared),
        membench_test(what_cannot_be_compared_is_125_with_the_reason),
        membench_test(what_is_unknown_is_3),
        membench_test(a_bad_file_is_known_before_the_run),
        membench_test(a_run_with_a_failed_trial_is_no_baseline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
