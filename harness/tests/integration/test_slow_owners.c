/* Where every byte of the shipped workloads is, under every malloc. Nothing was tuned by them. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "tests/support/accounting.h"

static const char *const families[] = {"glibc",    "tcmalloc",  "jemalloc",
                                       "mimalloc", "tbbmalloc", "scudo"};
enum { FAMILIES = sizeof families / sizeof *families };
#define EVERY_FAMILY "glibc,tcmalloc,jemalloc,mimalloc,tbbmalloc,scudo"

/* It hangs by design, and has one sample only, under every malloc the same. */
static const char hanging[] = "fork_logging_deadlock";

static bool is_full(void)
{
    const char *full = getenv("MEMBENCH_TEST_FULL");
    return full && strcmp(full, "1") == 0;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names of all files in workloads/. */
static void list_workloads(struct text_list *names)
{
    DIR *directory = opendir(MEMBENCH_SHIPPED_WORKLOADS);
    assert_non_null(directory);
    struct dirent *entry;
    while ((entry = readdir(directory))) {
        size_t length = strlen(entry->d_name);
        if (length > 3 && strcmp(entry->d_name + length - 3, ".py") == 0) {
            cleanup_free char *name = text_format("%.*s", (int)length - 3, entry->d_name);
            text_list_add(names, name);
        }
    }
    closedir(directory);
    qsort(names->items, names->count, sizeof *names->items, compare_names);
    assert_true(names->count >= 15);
}

static void run_all(struct membench *run, struct text_list *names)
{
    static const char *const options[] = {MEMBENCH_PROGRAM, "-n",  "1",  "--settle",  "0",
                                          "--thp",          "off", "-a", EVERY_FAMILY};
    struct text_list words = {0};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        text_list_add(&words, options[i]);
    }
    for (size_t i = 0; i < names->count; i++) {
        if (is_full() || strcmp(names->items[i], hanging) != 0) {
            text_list_add(&words, names->items[i]);
        }
    }
    membench_start_program(run, (const char *const *)words.items);
    membench_wait(run);
    text_list_clear(&words);
    membench_expect(run, 0);
}

/* All but what ends before it. */
static void expect_forecasts(struct membench *run)
{
    unsigned found = 0;
    for (unsigned trial = 1; trial < run->trials.count; trial++) {
        struct membench_where where = {.trial = trial};
        if (strcmp(membench_field_where(run, "allocator", where), "glibc") == 0 &&
            membench_count_where(run, "released", "rss", where) == 1) {
            accounting_expect_forecast(run, where);
            found++;
        }
    }
    assert_true(found >= 14);
}

static void expect_first(struct membench *run, const char *workload, const char *family,
                         enum cause_kind kind)
{
    struct membench_where where = {.workload = workload, .allocator = family};
    struct cause cause;
    accounting_cause(run, where, &cause);
    assert_true(cause.is_grown);
    if (cause.shares[0].kind != kind) {
        cleanup_free char *sentence = cause_sentence(&cause);
        fail_msg("%s under %s is blamed on %s", workload, family, sentence);
    }
}

static void every_byte_of_every_workload_has_an_owner(void **state)
{
    struct membench *run = *state;
    struct text_list names = {0};
    run->seconds = 600;
    list_workloads(&names);
    run_all(run, &names);
    text_list_clear(&names);
    accounting_expect_complete(run);
    expect_forecasts(run);
    for (int i = 0; i < FAMILIES; i++) {
        expect_first(run, "small_objects", families[i], CAUSE_PYMALLOC);
    }
    expect_first(run, "pinned_buffers", "glibc", CAUSE_MALLOC_RELEASABLE);
    expect_first(run, "cyclic_frames", "glibc", CAUSE_UNCOLLECTED);
    expect_first(run, "legitimate_cache", "glibc", CAUSE_LIVE);
}

/* 16 MiB with every cycle. */
static void a_leak_is_growing_live_memory(void **state)
{
    struct membench *run = *state;
    const double leaked = 16 * 0x1p20;
    membench_run(run, "-n", "1", "--settle", "0", "--thp", "off", "--cycles", "3", "-a",
                 EVERY_FAMILY, "leak");
    membench_expect(run, 0);
    accounting_expect_complete(run);
    for (int i = 0; i < FAMILIES; i++) {
        struct cause cause;
        accounting_cause(run, (struct membench_where){.allocator = families[i]}, &cause);
        assert_true(cause.is_growing);
        assert_true(fabs(cause.slope - leaked) <= 0.01 * leaked + 256 * 1024);
        bool is_told = i < 3;
        assert_int_equal(cause.shares[0].kind, is_told ? CAUSE_LIVE : CAUSE_MALLOC_UNSPLIT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(every_byte_of_every_workload_has_an_owner),
        membench_test(a_leak_is_growing_live_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
