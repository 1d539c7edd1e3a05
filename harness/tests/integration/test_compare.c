/* Two runs, baselines and other machines' databases against each other, end to end. */
#include "tests/support/membench.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "tests/support/contains.h"

static char text[1 << 20];

/* A list of `items` texts of 1000 bytes. */
static void measure(struct membench *run, const char *allocators, int items, const char *out)
{
    cleanup_free char *source =
        text_format("def run(p):\n"
                    "    return ['x' * (1000 + n %% 2) for n in range(%d)]\n",
                    items);
    membench_write(run, "shop.py", source);
    membench_run(run, "run", "-q", "-a", allocators, "-n", "3", "--settle", "0", "--layout",
                 "fixed", "-o", out, "shop.py");
    membench_expect(run, 0);
}

/* The id of the run just made. */
static char *id_of(const struct membench *run)
{
    return text_copy(file_basename(run->directory));
}

static void the_same_program_twice_is_the_same(void **state)
{
    struct membench *run = *state;
    measure(run, "glibc", 5000, "results");
    cleanup_free char *first = id_of(run);
    measure(run, "glibc", 5000, "results");
    membench_run(run, "compare", first, "last");
    membench_expect(run, 0);
    membench_expect_text(run->out, "0 worse, ");
    membench_expect_text(run->out, "0 not comparable");
    membench_expect_text(run->out, "settled.anon, MiB");
    membench_expect_text(run->out, "end.live_bytes, MiB");
}

static void more_is_worse_and_less_is_better(void **state)
{
    struct membench *run = *state;
    measure(run, "glibc", 5000, "results");
    cleanup_free char *first = id_of(run);
    measure(run, "glibc", 5500, "results");
    cleanup_free char *second = id_of(run);
    membench_run(run, "compare", first, second, "--csv", "c.csv");
    membench_expect(run, 1);
    membench_expect_text(run->out, "worse\n");
    assert_true(file_read_at(AT_FDCWD, membench_path(run, "c.csv"), text, sizeof text) > 0);
    assert_contains(text, first);
    assert_contains(text, ",settled.anon,bytes,error,3,");
    membench_run(run, "compare", second, first);
    membench_expect(run, 0);
    membench_expect_text(run->out, "better\n");
}

static void a_run_in_another_machines_database_is_found(void **state)
{
    struct membench *run = *state;
    measure(run, "glibc", 5000, "there");
    measure(run, "glibc", 5000, "here");
    membench_run(run, "compare", "-o", "here", "there/membench.db:last", "last");
    membench_expect(run, 0);
    membench_expect_text(run->out, "0 worse, ");
}

static void a_baseline_may_stand_on_either_side(void **state)
{
    struct membench *run = *state;
    measure(run, "glibc", 5000, "results");
    membench_run(run, "baseline", "save", "./b.txt");
    membench_expect(run, 0);
    measure(run, "glibc", 5500, "results");
    membench_run(run, "compare", "b.txt", "last");
    membench_expect(run, 1);
    membench_run(run, "compare", "last", "b.txt");
    membench_expect(run, 0);
    membench_run(run, "compare", "b.txt", "b.txt");
    membench_expect(run, 0);
}

/* Where the hosts differ, only the ratio to what both measured beside it is left. */
static void allocators_of_different_hosts_are_not_compared(void **state)
{
    struct membench *run = *state;
    measure(run, "glibc,glibc-arena1", 5000, "results");
    membench_run(run, "baseline", "save", "./b.txt");
    assert_true(file_read_at(AT_FDCWD, membench_path(run, "b.txt"), text, sizeof text) > 0);
    char *fact = strstr(text, "host processors: ");
    assert_non_null(fact);
    memcpy(fact, "host processors:9", 17);
    membench_write(run, "other.txt", text);
    membench_run(run, "compare", "other.txt", "last");
    membench_expect(run, 0);
    membench_expect_text(run->out, "Another class of host (processors 9");
    membench_expect_text(run->out, "settled.anon, of glibc's");
    assert_lacks(run->out, "settled.anon, MiB");
    membench_run(run, "compare", "--control", "glibc-arena1", "other.txt", "last");
    membench_expect(run, 0);
    membench_expect_text(run->out, "settled.anon, of glibc-arena1's");
}

static void what_has_no_partner_is_said(void **state)
{
    struct membench *run = *state;
    measure(run, "glibc", 5000, "results");
    membench_run(run, "baseline", "save", "./b.txt");
    measure(run, "glibc,glibc-arena1", 5000, "results");
    membench_run(run, "compare", "b.txt", "last");
    membench_expect(run, 0);
    membench_expect_text(run->out, "there is no glibc-arena1 in b.txt");
    measure(run, "glibc-arena1", 5000, "results");
    membench_run(run, "compare", "b.txt", "last");
    membench_expect(run, 125);
    membench_expect_text(run->out, "Nothing could be compared.");
}

static void what_is_unknown_to_the_store_is_an_error(void **state)
{
    struct membench *run = *state;
    membench_run(run, "compare", "a", "b");
    membench_expect(run, 125);
    membench_expect_text(run->err, "there is no run stored");
    measure(run, "glibc", 10, "results");
    membench_run(run, "compare", "last", "20990101");
    membench_expect(run, 125);
    membench_expect_text(run->err, "there is no run '20990101'");
    membench_run(run, "compare", "last", "./none.txt");
    membench_expect(run, 125);
    membench_expect_text(run->err, "cannot read the baseline './none.txt'");
    membench_run(run, "compare", "last");
    membench_expect(run, 2);
    membench_run(run, "compare", "--runs", "3", "last", "last");
    membench_expect(run, 2);
    membench_expect_text(run->err, "compare takes no option '--runs'");
    membench_run(run, "report", "--control", "glibc", "last");
    membench_expect(run, 2);
    membench_expect_text(run->err, "unknown option '--control'");
}

/* The option counts wherever it stands: what is wrong may come before it. */
static void bisect_skips_what_is_wrong(void **state)
{
    struct membench *run = *state;
    membench_run(run, "compare", "--runs", "none", "--bisect", "a", "b");
    membench_expect(run, 125);
    membench_run(run, "compare", "a", "--bisect");
    membench_expect(run, 125);
    membench_run(run, "compare", "a", "--", "--bisect");
    membench_expect(run, 2);
}

static void the_beginning_of_an_id_is_enough(void **state)
{
    struct membench *run = *state;
    measure(run, "glibc", 10, "results");
    cleanup_free char *id = id_of(run);
    id[8] = '\0';
    membench_run(run, "compare", id, "last");
    membench_expect(run, 0);
    measure(run, "glibc", 10, "results");
    membench_run(run, "compare", id, "last"); /* two begin so */
    membench_expect(run, 125);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(the_same_program_twice_is_the_same),
        membench_test(more_is_worse_and_less_is_better),
        membench_test(a_run_in_another_machines_database_is_found),
        membench_test(a_baseline_may_stand_on_either_side),
        membench_test(allocators_of_different_hosts_are_not_compared),
        membench_test(what_has_no_partner_is_said),
        membench_test(what_is_unknown_to_the_store_is_an_error),
        membench_test(bisect_skips_what_is_wrong),
        membench_test(the_beginning_of_an_id_is_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
