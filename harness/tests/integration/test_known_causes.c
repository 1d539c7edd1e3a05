/* The reason why memory is held is found, and its bytes, where both are known beforehand. Under
 * glibc; test_preload_known_causes.c has the other allocators, test_slow_known_causes.c large sizes
 * and mixtures. */
#include <math.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "tests/support/accounting.h"
#include "tests/support/answers.h"

#define ONE_TRIAL "-a", "glibc", "-n", "1", "--settle", "0", "--thp", "off"
static const double mebibyte = 0x1p20;

static void expect_every_reason(struct membench *run, unsigned mib)
{
    unsigned found = 0;
    for (unsigned i = 0; answers_reason(i); i++) {
        struct mixture mixture = {answers_reason(i), mib, NULL, 0};
        if (answers_is_known(mixture.reason, "glibc")) {
            answers_run(run, "glibc", &mixture);
            answers_expect(run, "glibc", &mixture, 0.01, 256 * 1024);
            found++;
        } else {
            print_message("%s: cannot be made on this machine\n", mixture.reason);
        }
    }
    assert_true(found >= 12);
}

static void every_reason_of_4_mib_is_found(void **state)
{
    expect_every_reason(*state, 4);
}

static void every_reason_of_64_mib_is_found(void **state)
{
    expect_every_reason(*state, 64);
}

static void nothing_is_blamed_where_nothing_grew(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "-p", "kind=nothing", membench_fixture("holds.py"));
    membench_expect(run, 0);
    accounting_expect_complete(run);
    struct cause cause;
    accounting_cause(run, (struct membench_where){0}, &cause);
    assert_false(cause.is_grown);
    assert_false(cause.is_growing);
    assert_true(fabs(cause.held) <= 256 * 1024);
    accounting_expect_forecast(run, (struct membench_where){0});
}

static void run_in_child(struct membench *run, const char *reason, const char *mib,
                         struct cause *cause)
{
    cleanup_free char *kind = text_format("kind=%s", reason);
    cleanup_free char *size = text_format("mib=%s", mib);
    membench_run(run, ONE_TRIAL, "-p", "fork=true", "-p", kind, "-p", size,
                 membench_fixture("holds.py"));
    membench_expect(run, 0);
    accounting_expect_complete(run);
    accounting_cause(run, (struct membench_where){0}, cause);
}

/* A child that only waits has copied some pages of its parent's, as every child does; what it holds
 * beyond that is known. */
static void expect_in_child(struct membench *run, const char *mib, double size)
{
    static const struct {
        const char *reason;
        enum cause_kind kind;
    } answers[] = {{"objects", CAUSE_LIVE},
                   {"blocks", CAUSE_LIVE},
                   {"arenas", CAUSE_PYMALLOC},
                   {"releasable", CAUSE_MALLOC_RELEASABLE},
                   {"pinned", CAUSE_MALLOC_PINNED}};
    struct cause idle, cause;
    run_in_child(run, "nothing", mib, &idle);
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        run_in_child(run, answers[i].reason, mib, &cause);
        cleanup_free char *what = text_format("a child's %s of %s MiB", answers[i].reason, mib);
        assert_int_equal(cause.shares[0].kind, answers[i].kind);
        accounting_expect_share(what, &cause, answers[i].kind,
                                size + cause_bytes(&idle, answers[i].kind), 0.01, 256 * 1024);
        assert_true(cause.children >= size);
        assert_true(cause.held - cause.children <= 256 * 1024);
    }
}

static void what_a_child_holds_is_found(void **state)
{
    expect_in_child(*state, "4", 4 * mebibyte);
    expect_in_child(*state, "64", 64 * mebibyte);
}

static void grow(struct membench *run, const char *shape, const char *cycles, struct cause *cause)
{
    cleanup_free char *parameter = text_format("shape=%s", shape);
    membench_run(run, ONE_TRIAL, "--cycles", cycles, "-p", parameter, membench_fixture("grows.py"));
    membench_expect(run, 0);
    accounting_expect_complete(run);
    accounting_cause(run, (struct membench_where){0}, cause);
    assert_int_equal(cause->shares[0].kind, CAUSE_LIVE);
}

static void a_leak_is_called_growing_from_three_cycles_on(void **state)
{
    struct cause cause;
    grow(*state, "leak", "3", &cause);
    assert_true(cause.is_growing);
    assert_true(fabs(cause.slope - 4 * mebibyte) <= 0.04 * mebibyte + 64 * 1024);
    accounting_expect_share("three times 4 MiB", &cause, CAUSE_LIVE, 12 * mebibyte, 0.01,
                            256 * 1024);
}

static void two_cycles_are_not_enough_to_call_it_growing(void **state)
{
    struct cause cause;
    grow(*state, "leak", "2", &cause);
    assert_false(cause.is_growing);
    assert_true(metric_is_absent(cause.slope));
    accounting_expect_share("two times 4 MiB", &cause, CAUSE_LIVE, 8 * mebibyte, 0.01, 256 * 1024);
}

/* 4 MiB and a quarter, a sixteenth, ... of it. */
static void growth_that_fades_is_not_growing(void **state)
{
    struct cause cause;
    grow(*state, "fades", "6", &cause);
    assert_false(cause.is_growing);
    accounting_expect_share("a fading leak", &cause, CAUSE_LIVE, 4 * 1.333 * mebibyte, 0.01,
                            256 * 1024);
}

static void a_level_that_is_kept_is_not_growing(void **state)
{
    struct cause cause;
    grow(*state, "level", "4", &cause);
    assert_false(cause.is_growing);
    accounting_expect_share("a level of 4 MiB", &cause, CAUSE_LIVE, 4 * mebibyte, 0.01, 256 * 1024);
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
