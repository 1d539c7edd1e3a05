#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "inspect/inspect.h"
#include "tests/support/contains.h"

enum { KIB = 1024, MIB = 1024 * KIB };

static const struct wire_account unknown = {-1, -1, -1, -1, -1, -1};

/* A process of 100 MiB: 10 of files, 20 of pymalloc (of which 12 live), and 70 of a malloc that was
 * not looked into. */
static void fill(double values[METRIC_COUNT])
{
    for (int i = 0; i < METRIC_COUNT; i++) {
        bool is_owner = i >= METRIC_OWNER_FIRST && i <= METRIC_OWNER_LAST;
        values[i] = is_owner ? 0 : METRIC_ABSENT;
    }
    values[METRIC_RSS] = 100 * MIB;
    values[METRIC_OWNER_FILE_CLEAN] = 10 * MIB;
    values[METRIC_OWNER_PYMALLOC_LIVE] = 12 * MIB;
    values[METRIC_OWNER_PYMALLOC_FREE_BLOCKS] = 5 * MIB;
    values[METRIC_OWNER_PYMALLOC_FREE_POOLS] = 2 * MIB;
    values[METRIC_OWNER_PYMALLOC_HEADERS] = 1 * MIB;
    values[METRIC_OWNER_MALLOC_UNSPLIT] = 70 * MIB;
    values[METRIC_OWNER_MALLOC_IN_USE] = METRIC_ABSENT;
    values[METRIC_OWNER_MALLOC_RELEASABLE] = METRIC_ABSENT;
    values[METRIC_OWNER_MALLOC_PINNED] = METRIC_ABSENT;
    values[METRIC_OWNER_MALLOC_METADATA] = METRIC_ABSENT;
}

static const struct wire_account sound = {.live = 40 * MIB,
                                          .releasable = 20 * MIB,
                                          .pinned = 7 * MIB,
                                          .fresh = 0,
                                          .metadata = 3 * MIB,
                                          .resident = 70 * MIB};

#define assert_mib(value, expected)                                                                \
    do {                                                                                           \
        double difference = (value) - (double)(expected)*MIB;                                      \
        assert_true(difference<1 && difference> - 1);                                              \
    } while (0)
#define assert_absent(value) assert_true(metric_is_absent(value))

static void expect_split(const double values[METRIC_COUNT], double in_use, double releasable,
                         double pinned, double metadata, double unexplained)
{
    assert_mib(values[METRIC_OWNER_MALLOC_IN_USE], in_use);
    assert_mib(values[METRIC_OWNER_MALLOC_RELEASABLE], releasable);
    assert_mib(values[METRIC_OWNER_MALLOC_PINNED], pinned);
    assert_mib(values[METRIC_OWNER_MALLOC_METADATA], metadata);
    assert_mib(values[METRIC_OWNER_UNEXPLAINED], unexplained);
    assert_absent(values[METRIC_OWNER_MALLOC_UNSPLIT]);
}

static void expect_agreement(const char *family, const struct wire_account *account, double seen,
                             double values[METRIC_COUNT])
{
    char *said = inspect_split(family, account, seen, values);
    if (said) {
        fail_msg("%s", said);
    }
}

static void expect_disagreement(const char *family, const struct wire_account *account, double seen,
                                double values[METRIC_COUNT], const char *part)
{
    char *said = inspect_split(family, account, seen, values);
    assert_contains(said, "the witnesses disagree");
    assert_contains(said, part);
    free(said);
}

/* ---- tcmalloc and jemalloc ---- */

static void a_sound_account_splits_to_the_byte(void **state)
{
    (void)state;
    static const char *const families[] = {"tcmalloc", "jemalloc"};
    for (int i = 0; i < 2; i++) {
        double values[METRIC_COUNT];
        fill(values);
        expect_agreement(families[i], &sound, METRIC_ABSENT, values);
        expect_split(values, 40, 20, 7, 3, 0);
        assert_mib(values[METRIC_ACCOUNT_LIVE], 40);
        assert_mib(values[METRIC_ACCOUNT_RELEASABLE], 20);
        assert_mib(values[METRIC_ACCOUNT_PINNED], 7);
        assert_mib(values[METRIC_ACCOUNT_METADATA], 3);
        assert_mib(values[METRIC_ACCOUNT_RESIDENT], 70);
    }
}

static void what_follows_from_the_owners_is_filled_in(void **state)
{
    (void)state;
    double values[METRIC_COUNT];
    fill(values);
    expect_agreement("jemalloc", &sound, METRIC_ABSENT, values);
    assert_mib(values[METRIC_LIVE_BYTES], 12 + 40);
    assert_mib(values[METRIC_RELEASABLE_BYTES], 20);
    assert_mib(values[METRIC_PINNED_BYTES], 7);
    assert_mib(values[METRIC_FORECAST_BYTES], 20);
    assert_true(values[METRIC_FRAGMENTATION_RATIO] == 90.0 / 52.0);
}

static void without_live_memory_there_is_no_fragmentation(void **state)
{
    (void)state;
    double values[METRIC_COUNT];
    fill(values);
    values[METRIC_OWNER_PYMALLOC_LIVE] = 0;
    struct wire_account account = sound;
    account.live = 0;
    account.pinned = 47 * MIB;
    expect_agreement("tcmalloc", &account, METRIC_ABSENT, values);
    assert_mib(values[METRIC_LIVE_BYTES], 0);
    assert_absent(values[METRIC_FRAGMENTATION_RATIO]);
}

static void live_memory_that_was_never_touched_is_not_in_use_but_live(void **state)
{
    (void)state;
    double values[METRIC_COUNT];
    fill(values);
    struct wire_account account = sound;
    account.live = 540 * MIB; /* 500 by calloc */
    expect_agreement("tcmalloc", &account, METRIC_ABSENT, values);
    expect_split(values, 40, 20, 7, 3, 0);
    assert_mib(values[METRIC_LIVE_BYTES], 12 + 540);
}

static void the_ends_of_new_slabs_are_untouched_before_live_memory_is(void **state)
{
    (void)state;
    static const struct {
        double pinned, fresh, live, in_use, remains;
    } cases[] = {
        {9, 0, 40, 38, 9},  /* 2 MiB are missing, and none of them is fresh */
        {9, 1, 40, 39, 8},  /* 1 of them is */
        {9, 2, 40, 40, 7},  /* both are */
        {9, 9, 40, 40, 7},  /* more would be, but no more is missing */
        {60, 60, 1, 1, 46}, /* nearly all is fresh: no more goes from pinned than is missing */
        {60, 0, 40, 0, 47}, /* no live block has been touched, nor all of what is pinned */
        {0, 5, 60, 47, 0},  /* there is nothing pinned to be fresh */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double values[METRIC_COUNT];
        fill(values);
        struct wire_account account = sound;
        account.pinned = (int64_t)(cases[i].pinned * MIB);
        account.fresh = (int64_t)(cases[i].fresh * MIB);
        account.live = (int64_t)(cases[i].live * MIB);
        expect_agreement("jemalloc", &account, METRIC_ABSENT, values);
        expect_split(values, cases[i].in_use, 20, cases[i].remains, 3, 0);
    }
}

static void an_account_that_does_not_tell_what_is_fresh_has_nothing_fresh(void **state)
{
    (void)state;
    double values[METRIC_COUNT];
    fill(values);
    struct wire_account account = sound;
    account.live = 50 * MIB;
    account.fresh = -1;
    expect_agreement("tcmalloc", &account, METRIC_ABSENT, values);
    expect_split(values, 40, 20, 7, 3, 0);
}

static void memory_that_nobody_vouches_for_is_unexplained(void **state)
{
    (void)state;
    static const char *const families[] = {"tcmalloc", "jemalloc"};
    for (int i = 0; i < 2; i++) {
        double values[METRIC_COUNT];
        fill(values);
        struct wire_account account = sound;
        account.live = 10 * MIB;
        expect_disagreement(families[i], &account, METRIC_ABSENT, values, "30.00 MiB of anonymous");
        expect_split(values, 10, 20, 7, 3, 30);
    }
}

static void an_excess_within_the_accounts_error_is_pinned(void **state)
{
    (void)state;
    double values[METRIC_COUNT];
    fill(values);
    struct wire_account account = sound;
    account.live -= 100 * KIB;
    expect_agreement("jemalloc", &account, METRIC_ABSENT, values);
    assert_mib(values[METRIC_OWNER_MALLOC_PINNED], 7 + 100.0 / 1024);
    assert_mib(values[METRIC_OWNER_UNEXPLAINED], 0);
}

static void an_account_of_more_than_there_is_is_cut_and_told(void **state)
{
    (void)state;
    double values[METRIC_COUNT];
    fill(values);
    struct wire_account account = sound;
    account.releasable = 80 * MIB;
    expect_disagreement("tcmalloc", &account, METRIC_ABSENT, values, "13.00 MiB more are resident");
    expect_split(values, 0, 70, 0, 0, 0);
    assert_mib(values[METRIC_FORECAST_BYTES], 80);

    fill(values);
    account.releasable = 68 * MIB;
    expect_disagreement("tcmalloc", &account, METRIC_ABSENT, values, "1.00 MiB more are resident");
    expect_split(values, 0, 68, 0, 2, 0);
}

static void lazily_freed_pages_are_released_but_no_releasable_owner(void **state)
{
    (void)state;
    double values[METRIC_COUNT];
    fill(values);
    values[METRIC_LAZYFREE] = values[METRIC_OWNER_LAZYFREE] = 8 * MIB;
    values[METRIC_OWNER_MALLOC_UNSPLIT] = 62 * MIB; /* the outside has taken them out already */
    expect_agreement("jemalloc", &sound, METRIC_ABSENT, values);
    expect_split(values, 40, 12, 7, 3, 0);
    assert_mib(values[METRIC_FORECAST_BYTES], 20);
}

/* tcmalloc itself never does so: these are parts of live blocks. */
static void what_a_program_frees_lazily_is_no_free_memory_of_tcmalloc(void **state)
{
    (void)state;
    double values[METRIC_COUNT];
    fill(values);
    values[METRIC_LAZYFREE] = values[METRIC_OWNER_LAZYFREE] = 8 * MIB;
    values[METRIC_OWNER_MALLOC_UNSPLIT] = 62 * MIB; /* the outside has taken them out already */
    expect_agreement("tcmalloc", &sound, METRIC_ABSENT, values);
    expect_split(values, 32, 20, 7, 3, 0);
    assert_mib(values[METRIC_FORECAST_BYTES], 20);
}

static void without_a_whole_account_nothing_is_split(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        double values[METRIC_COUNT];
        fill(values);
        struct wire_account account = sound;
        int64_t *parts[] = {&account.live, &account.releasable, &account.pinned, &account.metadata};
        if (i < 4) {
            *parts[i] = -1;
        } else {
            account = unknown;
        }
        expect_agreement("tcmalloc", &account, METRIC_ABSENT, values);
        assert_mib(values[METRIC_OWNER_MALLOC_UNSPLIT], 70);
        assert_absent(values[METRIC_OWNER_MALLOC_IN_USE]);
        assert_absent(values[METRIC_OWNER_MALLOC_PINNED]);
        assert_absent(values[METRIC_LIVE_BYTES]);
        assert_absent(values[METRIC_RELEASABLE_BYTES]);
        assert_absent(values[METRIC_PINNED_BYTES]);
        assert_absent(values[METRIC_FRAGMENTATION_RATIO]);
        assert_mib(values[METRIC_OWNER_UNEXPLAINED], 0);
    }
}

/* ---- glibc ---- */

/* As the outside fills it: whole. */
static void fill_glibc(double values[METRIC_COUNT])
{
    fill(values);
    values[METRIC_OWNER_MALLOC_UNSPLIT] = METRIC_ABSENT;
    values[METRIC_OWNER_MALLOC_IN_USE] = 40 * MIB;
    values[METRIC_OWNER_MALLOC_RELEASABLE] = 20 * MIB;
    values[METRIC_OWNER_MALLOC_PINNED] = 9 * MIB;
    values[METRIC_OWNER_MALLOC_METADATA] = 1 * MIB;
    values[METRIC_LIVE_BYTES] = 52 * MIB;
    values[METRIC_FORECAST_BYTES] = 19 * MIB;
}

static const struct wire_account mallinfo = {.live = 41 * MIB,
                                             .releasable = -1,
                                             .pinned = -1,
                                             .fresh = -1,
                                             .metadata = -1,
                                             .resident = 80 * MIB};

static void under_glibc_the_outside_stays_as_it_is(void **state)
{
    (void)state;
    double values[METRIC_COUNT];
    fill_glibc(values);
    expect_agreement("glibc", &mallinfo, 41 * MIB, values);
    expect_split(values, 40, 20, 9, 1, 0);
    assert_mib(values[METRIC_LIVE_BYTES], 52);
    assert_mib(values[METRIC_FORECAST_BYTES], 19);
    assert_mib(values[METRIC_RELEASABLE_BYTES], 20);
    assert_mib(values[METRIC_PINNED_BYTES], 9);
    assert_true(values[METRIC_FRAGMENTATION_RATIO] == 90.0 / 52.0);
    assert_mib(values[METRIC_ACCOUNT_LIVE], 41);
    assert_absent(values[METRIC_ACCOUNT_RELEASABLE]);
    assert_mib(values[METRIC_ACCOUNT_RESIDENT], 80);
}

static void under_glibc_live_blocks_are_compared_both_ways(void **state)
{
    (void)state;
    double values[METRIC_COUNT];
    fill_glibc(values);
    expect_disagreement("glibc", &mallinfo, 40 * MIB, values, "40.00 MiB of blocks");
    fill_glibc(values);
    expect_disagreement("glibc", &mallinfo, 42 * MIB, values, "they are 41.00 MiB");
    fill_glibc(values);
    expect_agreement("glibc", &mallinfo, 41 * MIB + 4096, values);
}

static void what_was_not_seen_is_not_compared(void **state)
{
    (void)state;
    double values[METRIC_COUNT];
    fill_glibc(values);
    expect_agreement("glibc", &mallinfo, METRIC_ABSENT, values);
    fill_glibc(values);
    expect_agreement("glibc", &unknown, 41 * MIB, values);
    assert_absent(values[METRIC_ACCOUNT_LIVE]);
}

/* ---- the others ---- */

static void what_mimalloc_does_not_vouch_for_is_unexplained(void **state)
{
    (void)state;
    double values[METRIC_COUNT];
    struct wire_account account = unknown;
    fill(values);
    account.resident = 96 * MIB;
    expect_agreement("mimalloc", &account, METRIC_ABSENT, values);
    assert_mib(values[METRIC_OWNER_MALLOC_UNSPLIT], 70);
    assert_mib(values[METRIC_OWNER_UNEXPLAINED], 0);

    fill(values);
    account.resident = 60 * MIB;
    expect_disagreement("mimalloc", &account, METRIC_ABSENT, values, "10.00 MiB of anonymous");
    assert_mib(values[METRIC_OWNER_MALLOC_UNSPLIT], 60);
    assert_mib(values[METRIC_OWNER_UNEXPLAINED], 10);
}

static void scudo_and_tbbmalloc_are_left_whole(void **state)
{
    (void)state;
    double values[METRIC_COUNT];
    struct wire_account account = unknown;
    account.live = 44 * MIB;
    fill(values);
    expect_agreement("scudo", &account, METRIC_ABSENT, values);
    assert_mib(values[METRIC_OWNER_MALLOC_UNSPLIT], 70);
    assert_mib(values[METRIC_ACCOUNT_LIVE], 44);
    assert_absent(values[METRIC_LIVE_BYTES]);
    assert_absent(values[METRIC_FORECAST_BYTES]);
    fill(values);
    expect_agreement("tbbmalloc", &unknown, METRIC_ABSENT, values);
    assert_mib(values[METRIC_OWNER_MALLOC_UNSPLIT], 70);
    assert_mib(values[METRIC_OWNER_UNEXPLAINED], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_account_splits_to_the_byte),
        cmocka_unit_test(what_follows_from_the_owners_is_filled_in),
        cmocka_unit_test(without_live_memory_there_is_no_fragmentation),
        cmocka_unit_test(live_memory_that_was_never_touched_is_not_in_use_but_live),
        cmocka_unit_test(the_ends_of_new_slabs_are_untouched_before_live_memory_is),
        cmocka_unit_test(an_account_that_does_not_tell_what_is_fresh_has_nothing_fresh),
        cmocka_unit_test(memory_that_nobody_vouches_for_is_unexplained),
        cmocka_unit_test(an_excess_within_the_accounts_error_is_pinned),
        cmocka_unit_test(an_account_of_more_than_there_is_is_cut_and_told),
        cmocka_unit_test(lazily_freed_pages_are_released_but_no_releasable_owner),
        cmocka_unit_test(what_a_program_frees_lazily_is_no_free_memory_of_tcmalloc),
        cmocka_unit_test(without_a_whole_account_nothing_is_split),
        cmocka_unit_test(under_glibc_the_outside_stays_as_it_is),
        cmocka_unit_test(under_glibc_live_blocks_are_compared_both_ways),
        cmocka_unit_test(what_was_not_seen_is_not_compared),
        cmocka_unit_test(what_mimalloc_does_not_vouch_for_is_unexplained),
        cmocka_unit_test(scudo_and_tbbmalloc_are_left_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
