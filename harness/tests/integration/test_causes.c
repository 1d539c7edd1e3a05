/* The reason why memory is held is found, and its bytes, where both are known beforehand. Under
 * glibc; test_preload_causes.c has the other allocators, test_slow_causes.c large sizes and
 * mixtures. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "tests/support/owners.h"

#define ONE_TRIAL "-a", "glibc", "-n", "1", "--settle", "0"
static const double mebibyte = 0x1p20;

/* What fixtures/reasons.py makes, in parts of its size. Of every kind that is not named at most
 * the tolerance may be held: headers, ends of pools and pages, the interpreter's own. */
static const struct answer {
    const char *reason;
    enum cause_kind kind;
    double part;
    enum cause_kind second; /* the same kind again if there is none */
    double second_part;
} answers[] = {
    {"objects", CAUSE_LIVE, 1, CAUSE_LIVE, 0},
    {"blocks", CAUSE_LIVE, 1, CAUSE_LIVE, 0},
    {"one_block", CAUSE_LIVE, 1, CAUSE_LIVE, 0},
    {"garbage", CAUSE_UNCOLLECTED, 1, CAUSE_LIVE, 0},
    {"garbage_blocks", CAUSE_UNCOLLECTED, 1, CAUSE_LIVE, 0},
    {"uncollectable", CAUSE_UNCOLLECTABLE, 1, CAUSE_LIVE, 0},
    {"uncollectable_blocks", CAUSE_UNCOLLECTABLE, 1, CAUSE_LIVE, 0},
    {"arenas", CAUSE_PYMALLOC, 1, CAUSE_LIVE, 0},
    {"releasable", CAUSE_MALLOC_RELEASABLE, 1, CAUSE_LIVE, 0},
    {"pinned", CAUSE_MALLOC_PINNED, 1, CAUSE_LIVE, 1.0 / 3},
    {"lazyfree", CAUSE_LAZYFREE, 1, CAUSE_LIVE, 0},
    {"huge_pages", CAUSE_HUGE_PAGES, 511.0 / 512, CAUSE_LIVE, 0},
    {"stacks", CAUSE_STACKS, 1, CAUSE_LIVE, 0},
};
enum { ANSWERS = sizeof answers / sizeof *answers };

static double expected_of(const struct answer *answer, int kind, double size)
{
    if (kind == (int)answer->kind) {
        return answer->part * size;
    }
    return kind == (int)answer->second ? answer->second_part * size : 0;
}

/* 1 % of what the fixture makes + 256 KiB, of every kind. */
static void expect_answer(struct membench *run, const struct answer *answer, double size)
{
    struct cause cause;
    owners_cause(run, (struct membench_where){0}, &cause);
    cleanup_free char *what = text_format("%s of %.0f MiB", answer->reason, size / mebibyte);
    assert_true(cause.is_grown);
    assert_false(cause.is_growing);
    if (cause.shares[0].kind != answer->kind) {
        cleanup_free char *sentence = cause_sentence(&cause);
        fail_msg("%s is blamed on %s: %s", what, cause_name(cause.shares[0].kind), sentence);
    }
    for (int kind = 0; kind < CAUSE_KINDS; kind++) {
        double expected = expected_of(answer, kind, size);
        double of = expected > 0 ? expected : size;
        owners_expect_share(what, &cause, kind, expected, 0, 0.01 * of + 256 * 1024);
    }
}

static void ask(struct membench *run, const char *reason, unsigned mib, const char *fork)
{
    cleanup_free char *kind = text_format("kind=%s", reason);
    cleanup_free char *size = text_format("mib=%u", mib);
    cleanup_free char *in_child = text_format("fork=%s", fork);
    const char *thp = strcmp(reason, "huge_pages") == 0 ? "host" : "off";
    membench_run(run, ONE_TRIAL, "--thp", thp, "-p", kind, "-p", size, "-p", in_child,
                 membench_fixture("holds.py"));
    membench_expect(run, 0);
    owners_expect_complete(run);
}

/* The kernel makes no huge pages where it was told so. */
static bool has_huge_pages(void)
{
    char text[128] = "";
    FILE *file = fopen("/sys/kernel/mm/transparent_hugepage/enabled", "re");
    if (file) {
        text[fread(text, 1, sizeof text - 1, file)] = '\0';
        fclose(file);
    }
    return strstr(text, "[always]") || strstr(text, "[madvise]");
}

static void expect_every_answer(struct membench *run, unsigned mib)
{
    for (size_t i = 0; i < ANSWERS; i++) {
        if (answers[i].kind == CAUSE_HUGE_PAGES && !has_huge_pages()) {
            print_message("huge pages are off on this machine: not tried\n");
            continue;
        }
        ask(run, answers[i].reason, mib, "false");
        expect_answer(run, &answers[i], mib * mebibyte);
        owners_expect_forecast(run, (struct membench_where){0});
    }
}

static void every_reason_of_4_mib_is_found(void **state)
{
    expect_every_answer(*state, 4);
}

static void every_reason_of_64_mib_is_found(void **state)
{
    expect_every_answer(*state, 64);
}

static void nothing_is_blamed_where_nothing_grew(void **state)
{
    struct membench *run = *state;
    ask(run, "nothing", 64, "false");
    struct cause cause;
    owners_cause(run, (struct membench_where){0}, &cause);
    assert_false(cause.is_grown);
    assert_false(cause.is_growing);
    assert_true(fabs(cause.held) <= 256 * 1024);
    owners_expect_forecast(run, (struct membench_where){0});
}

static const struct answer *find_answer(const char *reason)
{
    size_t i = 0;
    while (strcmp(answers[i].reason, reason) != 0) {
        i++;
        assert_true(i < ANSWERS);
    }
    return &answers[i];
}

/* A child that only waits has copied some pages of its parent's, as every child does: what it does
 * beyond that is known. */
static void what_a_child_holds_is_found(void **state)
{
    static const char *const reasons[] = {"objects", "blocks", "arenas", "releasable", "pinned"};
    struct membench *run = *state;
    ask(run, "nothing", 0, "true");
    struct cause idle;
    owners_cause(run, (struct membench_where){0}, &idle);
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        const struct answer *answer = find_answer(reasons[i]);
        ask(run, reasons[i], 64, "true");
        struct cause cause;
        owners_cause(run, (struct membench_where){0}, &cause);
        cleanup_free char *what = text_format("a child's %s", reasons[i]);
        assert_int_equal(cause.shares[0].kind, answer->kind);
        owners_expect_share(what, &cause, answer->kind,
                            answer->part * 64 * mebibyte + cause_bytes(&idle, answer->kind), 0.01,
                            256 * 1024);
        assert_true(cause.children >= 64 * mebibyte);
        assert_true(cause.held - cause.children <= mebibyte);
    }
}

static void grow(struct membench *run, const char *shape, const char *cycles, struct cause *cause)
{
    cleanup_free char *parameter = text_format("shape=%s", shape);
    membench_run(run, ONE_TRIAL, "--thp", "off", "--cycles", cycles, "-p", parameter,
                 membench_fixture("grows.py"));
    membench_expect(run, 0);
    owners_expect_complete(run);
    owners_cause(run, (struct membench_where){0}, cause);
    assert_int_equal(cause->shares[0].kind, CAUSE_LIVE);
}

static void a_leak_is_called_growing_from_three_cycles_on(void **state)
{
    struct cause cause;
    grow(*state, "leak", "3", &cause);
    assert_true(cause.is_growing);
    assert_true(fabs(cause.slope - 4 * mebibyte) <= 0.04 * mebibyte + 64 * 1024);
    owners_expect_share("three times 4 MiB", &cause, CAUSE_LIVE, 12 * mebibyte, 0.01, 256 * 1024);
}

static void two_cycles_are_not_enough_to_call_it_growing(void **state)
{
    struct cause cause;
    grow(*state, "leak", "2", &cause);
    assert_false(cause.is_growing);
    assert_true(metric_is_absent(cause.slope));
    owners_expect_share("two times 4 MiB", &cause, CAUSE_LIVE, 8 * mebibyte, 0.01, 256 * 1024);
}

/* 4 MiB and a quarter, a sixteenth, ... of it. */
static void growth_that_fades_is_not_growing(void **state)
{
    struct cause cause;
    grow(*state, "fades", "6", &cause);
    assert_false(cause.is_growing);
    owners_expect_share("a fading leak", &cause, CAUSE_LIVE, 4 * 1.333 * mebibyte, 0.01,
                        256 * 1024);
}

static void a_level_that_is_kept_is_not_growing(void **state)
{
    struct cause cause;
    grow(*state, "level", "4", &cause);
    assert_false(cause.is_growing);
    owners_expect_share("a level of 4 MiB", &cause, CAUSE_LIVE, 4 * mebibyte, 0.01, 256 * 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(every_reason_of_4_mib_is_found),
        membench_test(every_reason_of_64_mib_is_found),
        membench_test(nothing_is_blamed_where_nothing_grew),
        membench_test(what_a_child_holds_is_found),
        membench_test(a_leak_is_called_growing_from_three_cycles_on),
        membench_test(two_cycles_are_not_enough_to_call_it_growing),
        membench_test(growth_that_fades_is_not_growing),
        membench_test(a_level_that_is_kept_is_not_growing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
