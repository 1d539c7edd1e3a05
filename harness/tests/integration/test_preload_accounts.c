/* The allocator's own account: it follows what is known beforehand, forecasts what the release
 * gives back, agrees with the reading from outside, and costs the process nothing. */
#include "tests/support/membench.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"

#define ONE_TRIAL "-n", "1", "--settle", "0", "--thp", "off"

static const double kibibyte = 1024, mebibyte = 0x1p20;

static const char every[] = "glibc,tcmalloc,tcmalloc-minimal,jemalloc,mimalloc,tbbmalloc,scudo";
static const char *const split[] = {"tcmalloc", "tcmalloc-minimal", "jemalloc"};
enum { SPLIT = sizeof split / sizeof *split };

static const struct load {
    const char *mebibytes;
    double bytes;
} loads[] = {{"mebibytes=4", 4 * 0x1p20}, {"mebibytes=64", 64 * 0x1p20}};
enum { LOADS = sizeof loads / sizeof *loads };

static void measure(struct membench *run, const struct load *load, const char *way)
{
    cleanup_free char *option = text_format("way=%s", way);
    membench_run(run, ONE_TRIAL, "-a", "tcmalloc,tcmalloc-minimal,jemalloc", "-p", load->mebibytes,
                 "-p", option, membench_fixture("layers.py"));
    membench_expect(run, 0);
    for (int i = 0; i < SPLIT; i++) {
        assert_string_equal(membench_field(run, "warnings", .allocator = split[i]), "");
    }
}

static double grown(struct membench *run, const char *metric, const char *allocator)
{
    return membench_value(run, "collected", metric, .allocator = allocator) -
           membench_value(run, "start", metric, .allocator = allocator);
}

/* 1 % and 256 KiB. */
static void expect_about(const char *allocator, const char *metric, double value, double expected)
{
    if (!(fabs(value - expected) <= fabs(expected) / 100 + 256 * kibibyte)) {
        fail_msg("%s: %s is %.0f KiB instead of %.0f", allocator, metric, value / kibibyte,
                 expected / kibibyte);
    }
}

static void expect_grown(struct membench *run, const char *metric, const char *allocator,
                         double expected)
{
    expect_about(allocator, metric, grown(run, metric, allocator), expected);
}

/* A list holds 8 bytes for each block, and as it grew by appending, up to an eighth more. */
static double list_bytes(double bytes)
{
    return bytes / 1024 * 8;
}

static void what_is_held_is_live_and_in_use(void **state)
{
    struct membench *run = *state;
    for (int l = 0; l < LOADS; l++) {
        measure(run, &loads[l], "hold");
        double expected = loads[l].bytes + list_bytes(loads[l].bytes);
        for (int i = 0; i < SPLIT; i++) {
            expect_grown(run, "account_live", split[i], expected);
            expect_grown(run, "owner_malloc_in_use", split[i], expected);
            expect_grown(run, "live_bytes", split[i], expected);
        }
    }
}

static void one_block_is_live_and_in_use(void **state)
{
    struct membench *run = *state;
    for (int l = 0; l < LOADS; l++) {
        measure(run, &loads[l], "one");
        for (int i = 0; i < SPLIT; i++) {
            expect_grown(run, "owner_malloc_in_use", split[i], loads[l].bytes);
            expect_grown(run, "owner_malloc_pinned", split[i], 0);
        }
    }
}

static void what_was_never_touched_is_live_but_not_in_use(void **state)
{
    struct membench *run = *state;
    measure(run, &loads[1], "untouched");
    /* tcmalloc's calloc writes zeros. */
    expect_grown(run, "live_bytes", "tcmalloc", 64 * mebibyte);
    expect_grown(run, "owner_malloc_in_use", "tcmalloc", 64 * mebibyte);
    expect_grown(run, "live_bytes", "jemalloc", 64 * mebibyte);
    expect_grown(run, "owner_malloc_in_use", "jemalloc", 0);
}

/* Both know free pages one by one: 0.1 % and 64 KiB, in which the release itself may touch some. */
static void expect_closely(const char *allocator, const char *metric, double value, double expected)
{
    if (!(fabs(value - expected) <= fabs(expected) / 1000 + 64 * kibibyte)) {
        fail_msg("%s: %s is %.0f KiB instead of %.0f", allocator, metric, value / kibibyte,
                 expected / kibibyte);
    }
}

static void expect_forecast(struct membench *run, const char *allocator)
{
    double released = membench_value(run, "released", "released_bytes", .allocator = allocator);
    double forecast = membench_value(run, "collected", "forecast_bytes", .allocator = allocator);
    double owner =
        membench_value(run, "collected", "owner_malloc_releasable", .allocator = allocator);
    expect_closely(allocator, "forecast_bytes", forecast, released);
    expect_closely(allocator, "owner_malloc_releasable", owner, released);
    double left = membench_value(run, "released", "releasable_bytes", .allocator = allocator);
    expect_closely(allocator, "releasable_bytes at 'released'", left, 0);
}

static void what_a_release_gives_back_is_forecast(void **state)
{
    struct membench *run = *state;
    static const char *const ways[] = {"free", "pin"};
    for (int l = 0; l < LOADS; l++) {
        for (int w = 0; w < 2; w++) {
            measure(run, &loads[l], ways[w]);
            for (int i = 0; i < SPLIT; i++) {
                expect_forecast(run, split[i]);
            }
        }
    }
}

/* 20000 and 100000 are rounded up to classes whose tails are never touched; of 20000, 8000 and 2000
 * a thread's cache keeps some that only its flush frees. */
static void blocks_of_every_size_are_forecast(void **state)
{
    struct membench *run = *state;
    static const char *const sizes[] = {"bytes=600",   "bytes=2000",   "bytes=8000",
                                        "bytes=20000", "bytes=100000", "bytes=3000000"};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        membench_run(run, ONE_TRIAL, "-a", "tcmalloc,tcmalloc-minimal,jemalloc", "-p",
                     "mebibytes=16", "-p", "way=free", "-p", sizes[s],
                     membench_fixture("layers.py"));
        membench_expect(run, 0);
        for (int i = 0; i < SPLIT; i++) {
            expect_forecast(run, split[i]);
        }
    }
}

/* Each slab or span holds a survivor: only what is around them can go. */
static void what_survivors_hold_is_pinned(void **state)
{
    struct membench *run = *state;
    measure(run, &loads[1], "pin");
    for (int i = 0; i < SPLIT; i++) {
        double bytes = loads[1].bytes / 16;
        expect_grown(run, "account_live", split[i], bytes + list_bytes(bytes));
        double all = grown(run, "owner_malloc_in_use", split[i]) +
                     grown(run, "owner_malloc_releasable", split[i]) +
                     grown(run, "owner_malloc_pinned", split[i]) +
                     grown(run, "owner_malloc_metadata", split[i]);
        expect_about(split[i], "the sum of malloc's owners", all, grown(run, "rss", split[i]));
        assert_true(grown(run, "owner_malloc_pinned", split[i]) > 4 * mebibyte);
    }
}

static void asking_for_the_account_changes_nothing(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "-a", every, membench_fixture("stops.py"));
    membench_expect(run, 0);
    static const char *const metrics[] = {"rss", "anon", "account_live", "account_resident",
                                          "account_pinned"};
    for (const char *at = every; *at; at += strcspn(at, ",") + (at[strcspn(at, ",")] == ',')) {
        cleanup_free char *name = text_format("%.*s", (int)strcspn(at, ","), at);
        for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++) {
            double third = membench_value(run, "third", metrics[i], .allocator = name);
            double fourth = membench_value(run, "fourth", metrics[i], .allocator = name);
            bool is_told = i < 2 || !isnan(third);
            if (is_told && third != fourth) {
                fail_msg("%s: %s moves by %.0f bytes", name, metrics[i], fourth - third);
            }
        }
    }
}

static void a_family_tells_what_it_can_and_no_more(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "-a", every, membench_fixture("idle.py"));
    membench_expect(run, 0);
    static const struct {
        const char *allocator;
        bool tells[5];
    } told[] = {
        {"glibc", {true, false, false, false, true}},
        {"tcmalloc", {true, true, true, true, true}},
        {"jemalloc", {true, true, true, true, true}},
        {"mimalloc", {false, false, false, false, true}},
        {"tbbmalloc", {false, false, false, false, false}},
        {"scudo", {true, false, false, false, false}},
    };
    static const char *const metrics[] = {"account_live", "account_releasable", "account_pinned",
                                          "account_metadata", "account_resident"};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        for (int m = 0; m < 5; m++) {
            double value = membench_value(run, "end", metrics[m], .allocator = told[i].allocator);
            if (isnan(value) == told[i].tells[m] || value < 0) {
                fail_msg("%s: %s is %g", told[i].allocator, metrics[m], value);
            }
        }
        bool is_split = i < 3;
        double unsplit =
            membench_value(run, "end", "owner_malloc_unsplit", .allocator = told[i].allocator);
        assert_int_equal(isnan(unsplit), is_split);
        double in_use =
            membench_value(run, "end", "owner_malloc_in_use", .allocator = told[i].allocator);
        assert_int_equal(isnan(in_use), !is_split);
        double unexplained =
            membench_value(run, "end", "owner_unexplained", .allocator = told[i].allocator);
        double rss = membench_value(run, "end", "rss", .allocator = told[i].allocator);
        assert_true(fabs(unexplained) <= 0.005 * rss);
    }
}

/* ---- --dump ---- */

static char *read_dump(struct membench *run, const char *name)
{
    enum { MOST = 1 << 20 };
    cleanup_free char *path = text_format("%s/output/%s", run->directory, name);
    cleanup_free char *text = text_allocate(MOST);
    return file_read_at(AT_FDCWD, path, text, MOST) < 0 ? NULL : take_pointer(text);
}

static void the_mallocs_own_text_is_stored_and_written(void **state)
{
    struct membench *run = *state;
    static const struct {
        const char *allocator, *part;
    } texts[] = {
        {"glibc", "<malloc version=\"1\">"},       {"tcmalloc", "MALLOC:"},
        {"jemalloc", "Begin jemalloc statistics"}, {"mimalloc", "heap stats:"},
        {"scudo", "<malloc version=\"scudo-1\">"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        membench_run(run, ONE_TRIAL, "--dump", "-a", texts[i].allocator,
                     membench_fixture("idle.py"));
        membench_expect(run, 0);
        assert_string_equal(membench_field(run, "warnings"), "");
        cleanup_free char *end = read_dump(run, "trial-0001-end-malloc.txt");
        cleanup_free char *released = read_dump(run, "trial-0001-released-malloc.txt");
        membench_expect_text(end, texts[i].part);
        membench_expect_text(released, texts[i].part);
        assert_null(read_dump(run, "trial-0001-start-malloc.txt"));
    }
}

static void a_malloc_without_a_text_is_said_to_have_none(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "--dump", "-a", "tbbmalloc", membench_fixture("idle.py"));
    membench_expect(run, 0);
    membench_expect_text(membench_field(run, "warnings"),
                         "at 'end': tbbmalloc writes no text of its own");
    assert_null(read_dump(run, "trial-0001-end-malloc.txt"));
}

static void without_the_option_nothing_is_dumped(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "-a", "tcmalloc", membench_fixture("idle.py"));
    membench_expect(run, 0);
    assert_null(read_dump(run, "trial-0001-end-malloc.txt"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(what_is_held_is_live_and_in_use),
        membench_test(one_block_is_live_and_in_use),
        membench_test(what_was_never_touched_is_live_but_not_in_use),
        membench_test(what_a_release_gives_back_is_forecast),
        membench_test(blocks_of_every_size_are_forecast),
        membench_test(what_survivors_hold_is_pinned),
        membench_test(asking_for_the_account_changes_nothing),
        membench_test(a_family_tells_what_it_can_and_no_more),
        membench_test(the_mallocs_own_text_is_stored_and_written),
        membench_test(a_malloc_without_a_text_is_said_to_have_none),
        membench_test(without_the_option_nothing_is_dumped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
