#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "inspect/cause.h"
#include "tests/support/contains.h"
#include "tests/support/standstills.h"

static struct cause find(const struct standstills *trial)
{
    struct cause cause;
    cause_find(&cause, trial->items, trial->count);
    return cause;
}

static void assert_sentence(const struct cause *cause, const char *wanted)
{
    cleanup_free char *sentence = cause_sentence(cause);
    assert_string_equal(sentence, wanted);
}

static void assert_advice(const struct cause *cause, const char *family, const char *wanted)
{
    cleanup_free char *advice = cause_advice(cause, family);
    assert_string_equal(advice, wanted);
}

/* A trial of one cycle that stands at 'end', where it holds what the caller puts there. */
static void begin(struct standstills *trial)
{
    standstills_init(trial, true);
    standstills_add(trial, PHASE_END, 1);
}

/* What it holds at 'end' it holds to the end. */
static struct cause finish(struct standstills *trial)
{
    standstills_add_aftermath(trial);
    return find(trial);
}

/* ---- what is held ---- */

static void shares_come_in_order_of_bytes(void **state)
{
    (void)state;
    struct standstills trial;
    begin(&trial);
    standstills_put(&trial, METRIC_OWNER_MALLOC_PINNED, 20.1);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_FREE_POOLS, 41.2);
    standstills_put(&trial, METRIC_OWNER_MALLOC_IN_USE, 5.3);
    struct cause cause = finish(&trial);
    assert_true(cause.is_known && cause.is_grown && !cause.is_growing);
    assert_int_equal(cause.share_count, 3);
    assert_int_equal(cause.shares[0].kind, CAUSE_PYMALLOC);
    assert_int_equal(cause.shares[1].kind, CAUSE_MALLOC_PINNED);
    assert_int_equal(cause.shares[2].kind, CAUSE_LIVE);
    double sum = 0;
    for (size_t i = 0; i < cause.share_count; i++) {
        sum += cause.shares[i].share;
    }
    assert_true(fabs(sum - 1) < 1e-9);
    assert_true(fabs(cause_bytes(&cause, CAUSE_PYMALLOC) - 41.2 * 0x1p20) < 1);
    assert_true(cause_bytes(&cause, CAUSE_STACKS) == 0);
    assert_sentence(&cause, "pymalloc arenas 41.2 MiB (62 %), malloc pinned 20.1 MiB (30 %), live "
                            "objects 5.3 MiB (8 %) of 66.6 MiB held over start");
}

static void each_kind_has_a_name_and_a_key(void **state)
{
    (void)state;
    for (int kind = 0; kind < CAUSE_KINDS; kind++) {
        assert_true(cause_name((enum cause_kind)kind)[0] != '\0');
        assert_true(cause_key((enum cause_kind)kind)[0] != '\0');
        for (int other = 0; other < kind; other++) {
            assert_string_not_equal(cause_name((enum cause_kind)kind),
                                    cause_name((enum cause_kind)other));
            assert_string_not_equal(cause_key((enum cause_kind)kind),
                                    cause_key((enum cause_kind)other));
        }
    }
}

static void growth_within_the_noise_is_not_grown(void **state)
{
    (void)state;
    struct standstills trial;
    begin(&trial);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 1);
    struct cause cause = finish(&trial);
    assert_false(cause.is_grown);
    assert_sentence(&cause, "not grown (1.0 MiB over start)");
    assert_advice(&cause, "glibc", "");

    begin(&trial);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 1.01);
    cause = finish(&trial);
    assert_true(cause.is_grown);
}

static void the_noise_of_a_large_process_is_a_share_of_it(void **state)
{
    (void)state;
    struct standstills trial;
    standstills_init(&trial, true);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 490); /* 500 MiB with the rest */
    standstills_add(&trial, PHASE_END, 1);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 9.9);
    struct cause cause = finish(&trial);
    assert_false(cause.is_grown);
    standstills_init(&trial, true);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 490);
    standstills_add(&trial, PHASE_END, 1);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 10.1);
    cause = finish(&trial);
    assert_true(cause.is_grown);
}

static void a_process_that_shrank_is_not_grown(void **state)
{
    (void)state;
    struct standstills trial;
    begin(&trial);
    standstills_put(&trial, METRIC_OWNER_OTHER, -3);
    struct cause cause = finish(&trial);
    assert_sentence(&cause, "not grown (-3.0 MiB over start)");
    begin(&trial);
    standstills_put(&trial, METRIC_OWNER_OTHER, -0.01);
    cause = finish(&trial);
    assert_sentence(&cause, "not grown (0.0 MiB over start)");
}

static void what_is_not_known_says_so(void **state)
{
    (void)state;
    struct standstills trial;
    begin(&trial); /* no 'settled' */
    struct cause cause = find(&trial);
    assert_false(cause.is_known);
    assert_true(metric_is_absent(cause.held));
    assert_sentence(&cause, "not known");
    assert_advice(&cause, "glibc", "");
    cause_find(&cause, NULL, 0);
    assert_false(cause.is_known);
    assert_true(metric_is_absent(cause.slope));
}

static void small_shares_are_other(void **state)
{
    (void)state;
    struct standstills trial;
    begin(&trial);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 60);
    standstills_put(&trial, METRIC_OWNER_MALLOC_PINNED, 32);
    standstills_put(&trial, METRIC_OWNER_THREAD_STACKS, 4);
    standstills_put(&trial, METRIC_OWNER_MALLOC_RELEASABLE, 3);
    standstills_put(&trial, METRIC_OWNER_MALLOC_METADATA, 1);
    struct cause cause = finish(&trial);
    assert_sentence(&cause, "live objects 60.0 MiB (60 %), malloc pinned 32.0 MiB (32 %), other "
                            "8.0 MiB (8 %) of 100.0 MiB held over start");
}

static void other_stands_in_order_and_only_if_it_says_something(void **state)
{
    (void)state;
    struct standstills trial;
    begin(&trial);
    standstills_put(&trial, METRIC_OWNER_BSS, 60);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 40);
    struct cause cause = finish(&trial);
    assert_sentence(&cause, "other 60.0 MiB (60 %), live objects 40.0 MiB (40 %) of 100.0 MiB held "
                            "over start");
    begin(&trial);
    standstills_put(&trial, METRIC_OWNER_BSS, 0.9);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 99.1);
    cause = finish(&trial);
    assert_sentence(&cause, "live objects 99.1 MiB (99 %) of 100.0 MiB held over start");
}

static void work_done_in_children_is_held_there(void **state)
{
    (void)state;
    struct standstills trial;
    begin(&trial);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 4);
    standstills_put(&trial, METRIC_CHILDREN_PYMALLOC_FREE, 26);
    standstills_put(&trial, METRIC_CHILDREN_LIVE, 10);
    struct cause cause = finish(&trial);
    assert_true(cause.children == 36 * 0x1p20);
    assert_sentence(&cause, "pymalloc arenas 26.0 MiB (65 %), live objects 14.0 MiB (35 %) of 40.0 "
                            "MiB held over start, of it 36.0 MiB in child processes");

    begin(&trial);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 96);
    standstills_put(&trial, METRIC_CHILDREN_LIVE, 4); /* not worth a word */
    cause = finish(&trial);
    assert_sentence(&cause, "live objects 100.0 MiB (100 %) of 100.0 MiB held over start");
}

static void free_pages_out_of_a_releases_reach_are_told(void **state)
{
    (void)state;
    static const struct {
        double forecast, live; /* MiB; 20 are releasable */
        const char *told;
    } cases[] = {
        {8, 0, "held over start; a release would give back only 8.0 MiB"},
        {0, 0, "held over start; a release would give back only 0.0 MiB"},
        {20.4, 0, "held over start"}, /* what was free at start goes, too */
        {19.5, 0, "held over start"}, /* hardly less */
        {METRIC_ABSENT, 0, "held over start"},
        {8, 300, "held over start"}, /* hardly any of what is held */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct standstills trial;
        begin(&trial);
        standstills_put(&trial, METRIC_OWNER_MALLOC_RELEASABLE, 20);
        standstills_put(&trial, METRIC_OWNER_MALLOC_IN_USE, cases[i].live);
        standstills_set(&trial, METRIC_FORECAST_BYTES, cases[i].forecast * 0x1p20);
        struct cause cause = finish(&trial);
        cleanup_free char *sentence = cause_sentence(&cause);
        assert_string_equal(strstr(sentence, "held over start"), cases[i].told);
    }
}

/* The forecast is the worker's: of what its children could give back it knows nothing. */
static void a_forecast_is_not_told_of_children(void **state)
{
    (void)state;
    struct standstills trial;
    begin(&trial);
    standstills_put(&trial, METRIC_CHILDREN_RELEASABLE, 20);
    standstills_set(&trial, METRIC_FORECAST_BYTES, 0);
    struct cause cause = finish(&trial);
    cleanup_free char *sentence = cause_sentence(&cause);
    assert_lacks(sentence, "would give back");
}

static void garbage_of_unknown_size_is_named(void **state)
{
    (void)state;
    struct standstills trial;
    begin(&trial);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 64);
    standstills_set(&trial, METRIC_GARBAGE_OBJECTS, 1000);
    struct cause cause = finish(&trial);
    assert_sentence(&cause, "live objects or gc.garbage 64.0 MiB (100 %) of 64.0 MiB held over "
                            "start");
}

/* ---- growing ---- */

/* `sizes` MiB of live objects at the end of each cycle; `free_part` of each is pymalloc's. */
static struct cause with_cycles(const double *sizes, unsigned cycles, double free_part)
{
    struct standstills trial;
    standstills_init(&trial, true);
    double before = 0;
    for (unsigned cycle = 1; cycle <= cycles; cycle++) {
        double more = sizes[cycle - 1] - before;
        before = sizes[cycle - 1];
        standstills_add(&trial, PHASE_END, cycle);
        standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, (1 - free_part) * more);
        standstills_put(&trial, METRIC_OWNER_PYMALLOC_FREE_POOLS, free_part * more);
    }
    return finish(&trial);
}

static void a_leak_of_three_cycles_is_growing(void **state)
{
    (void)state;
    static const double sizes[] = {16, 32, 48};
    struct cause cause = with_cycles(sizes, 3, 0);
    assert_true(cause.is_growing);
    assert_true(fabs(cause.slope - 16 * 0x1p20) < 1);
    assert_sentence(&cause, "growing by 16.0 MiB per cycle (live objects 100 %): live objects 48.0 "
                            "MiB (100 %) of 48.0 MiB held over start");
}

static void two_cycles_are_held_whatever_they_do(void **state)
{
    (void)state;
    static const double sizes[] = {16, 32};
    struct cause cause = with_cycles(sizes, 2, 0);
    assert_false(cause.is_growing);
    assert_true(metric_is_absent(cause.slope));
    assert_sentence(&cause, "live objects 32.0 MiB (100 %) of 32.0 MiB held over start");
}

static void a_cache_that_is_filled_in_the_first_cycle_is_held(void **state)
{
    (void)state;
    static const double sizes[] = {100, 100, 100, 100};
    struct cause cause = with_cycles(sizes, 4, 0);
    assert_false(cause.is_growing);
    assert_true(cause.slope == 0);
    assert_int_equal(cause.growth_count, 0);
}

static void growth_within_the_noise_is_not_growing(void **state)
{
    (void)state;
    static const double small[] = {16, 16.4, 16.8}, large[] = {500, 505, 510};
    assert_false(with_cycles(small, 3, 0).is_growing); /* under 1 MiB */
    assert_false(with_cycles(large, 3, 0).is_growing); /* under 2 % */
    static const double more[] = {500, 506, 512};
    assert_true(with_cycles(more, 3, 0).is_growing);
}

static void growth_that_fades_is_held(void **state)
{
    (void)state;
    static const double sizes[] = {50, 75, 87.5, 93.75, 96.9, 98.4, 99.2, 99.6};
    for (unsigned cycles = 3; cycles <= 8; cycles++) {
        struct cause cause = with_cycles(sizes, cycles, 0.5);
        assert_false(cause.is_growing);
        assert_true(cause.is_grown);
    }
}

static void what_grows_is_named(void **state)
{
    (void)state;
    static const double sizes[] = {10, 20, 30, 40};
    struct cause cause = with_cycles(sizes, 4, 0.75);
    assert_sentence(&cause, "growing by 10.0 MiB per cycle (pymalloc arenas 75 %, live objects 25 "
                            "%): pymalloc arenas 30.0 MiB (75 %), live objects 10.0 MiB (25 %) of "
                            "40.0 MiB held over start");
}

/* The children's memory grows; the worker's is level. */
static void growth_in_children_is_growing(void **state)
{
    (void)state;
    struct standstills trial;
    standstills_init(&trial, true);
    for (unsigned cycle = 1; cycle <= 3; cycle++) {
        standstills_add(&trial, PHASE_END, cycle);
        standstills_put(&trial, METRIC_CHILDREN_LIVE, 8);
    }
    struct cause cause = finish(&trial);
    assert_true(cause.is_growing);
    assert_int_equal(cause.growth[0].kind, CAUSE_LIVE);
}

/* Cycles pile up while the collector is off: what grows is garbage, which only 'collected' tells.
 */
static void garbage_that_piles_up_grows_as_garbage(void **state)
{
    (void)state;
    struct standstills trial;
    standstills_init(&trial, true);
    for (unsigned cycle = 1; cycle <= 3; cycle++) {
        standstills_add(&trial, PHASE_END, cycle);
        standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 10);
    }
    standstills_add(&trial, PHASE_SETTLED, 3);
    standstills_add(&trial, PHASE_COLLECTED, 3);
    standstills_set(&trial, METRIC_COLLECTED_OBJECTS, 1000);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, -27);
    struct cause cause = find(&trial);
    assert_sentence(&cause, "growing by 10.0 MiB per cycle (uncollected garbage 90 %, live objects "
                            "10 %): uncollected garbage 27.0 MiB (90 %), live objects 3.0 MiB (10 "
                            "%) of 30.0 MiB held over start");
}

static void what_grows_and_then_goes_is_not_held(void **state)
{
    (void)state;
    struct standstills trial;
    standstills_init(&trial, true);
    for (unsigned cycle = 1; cycle <= 3; cycle++) {
        standstills_add(&trial, PHASE_END, cycle);
        standstills_put(&trial, METRIC_OWNER_MALLOC_IN_USE, 10);
    }
    standstills_add(&trial, PHASE_SETTLED, 3);
    standstills_put(&trial, METRIC_OWNER_MALLOC_IN_USE, -30);
    struct cause cause = find(&trial);
    assert_sentence(&cause, "growing by 10.0 MiB per cycle (live objects 100 %), but at the end "
                            "only 0.0 MiB over start");
}

static void growth_is_told_even_where_it_cannot_be_divided(void **state)
{
    (void)state;
    struct standstills trial;
    standstills_init(&trial, true);
    for (unsigned cycle = 1; cycle <= 3; cycle++) {
        standstills_add(&trial, PHASE_END, cycle);
        standstills_put(&trial, METRIC_OWNER_OTHER, 10);
    }
    for (size_t i = 0; i < trial.count; i++) {
        for (int owner = METRIC_OWNER_FIRST; owner <= METRIC_OWNER_LAST; owner++) {
            trial.items[i].values[owner] = METRIC_ABSENT;
        }
    }
    struct cause cause = finish(&trial);
    assert_false(cause.is_known);
    assert_sentence(&cause, "growing by 10.0 MiB per cycle");
}

/* ---- several trials ---- */

static void merged_shares_are_medians_kind_by_kind(void **state)
{
    (void)state;
    static const double live[] = {10, 30, 12}, pinned[] = {5, 0, 6};
    struct cause causes[4], merged;
    for (size_t i = 0; i < 3; i++) {
        struct standstills trial;
        begin(&trial);
        standstills_put(&trial, METRIC_OWNER_MALLOC_IN_USE, live[i]);
        standstills_put(&trial, METRIC_OWNER_MALLOC_PINNED, pinned[i]);
        causes[i] = finish(&trial);
    }
    cause_find(&causes[3], NULL, 0); /* not known, left out */
    cause_merge(&merged, causes, 4);
    assert_true(merged.is_known && merged.is_grown && !merged.is_growing);
    assert_true(merged.held == 18 * 0x1p20);
    assert_true(metric_is_absent(merged.forecast));
    causes[0].forecast = 1;
    causes[1].forecast = 5;
    cause_merge(&merged, causes, 4);
    assert_true(merged.forecast == 3); /* of those that know */
    assert_true(cause_bytes(&merged, CAUSE_LIVE) == 12 * 0x1p20);
    assert_true(cause_bytes(&merged, CAUSE_MALLOC_PINNED) == 5 * 0x1p20);
    assert_true(fabs(merged.shares[0].share + merged.shares[1].share - 1) < 1e-9);
}

static void nothing_merged_is_not_known(void **state)
{
    (void)state;
    struct cause causes[2], merged;
    cause_find(&causes[0], NULL, 0);
    cause_find(&causes[1], NULL, 0);
    for (size_t count = 0; count <= 2; count += 2) {
        cause_merge(&merged, causes, count);
        assert_false(merged.is_known || merged.is_grown || merged.is_growing);
        assert_true(metric_is_absent(merged.held));
        assert_true(metric_is_absent(merged.slope));
        assert_sentence(&merged, "not known");
    }
}

static void a_row_is_growing_if_most_of_its_trials_are(void **state)
{
    (void)state;
    static const double leak[] = {16, 32, 48}, level[] = {48, 48, 48};
    struct cause causes[3] = {with_cycles(leak, 3, 0), with_cycles(level, 3, 0),
                              with_cycles(level, 3, 0)};
    struct cause merged;
    cause_merge(&merged, causes, 3);
    assert_false(merged.is_growing);
    assert_int_equal(merged.growth_count, 0);
    cause_merge(&merged, causes, 2); /* one of two is not most */
    assert_false(merged.is_growing);
    causes[1] = with_cycles(leak, 3, 0);
    cause_merge(&merged, causes, 3);
    assert_true(merged.is_growing);
    assert_true(fabs(merged.slope - 16 * 0x1p20) < 1);
    assert_sentence(&merged,
                    "growing by 16.0 MiB per cycle (live objects 100 %): live objects 48.0 "
                    "MiB (100 %) of 48.0 MiB held over start");
}

/* ---- advice ---- */

/* 60 MiB of an owner, and 40 of another. */
static struct cause mixture(enum metric first, enum metric second)
{
    struct standstills trial;
    begin(&trial);
    standstills_put(&trial, first, 60);
    standstills_put(&trial, second, 40);
    return finish(&trial);
}

static void advice_follows_the_leading_causes(void **state)
{
    (void)state;
    struct cause cause = mixture(METRIC_OWNER_PYMALLOC_FREE_POOLS, METRIC_OWNER_MALLOC_RELEASABLE);
    assert_advice(&cause, "glibc",
                  "pymalloc arenas: no other malloc reaches these arenas; without pymalloc "
                  "(--object-allocator malloc) one that gives back by itself can help, plain glibc "
                  "often holds more. "
                  "malloc releasable: malloc_trim(0) gives it back, but for the tops of thread "
                  "arenas; an allocator that gives back by itself can help");
    cause = mixture(METRIC_OWNER_LAZYFREE, METRIC_OWNER_HUGE_SLACK);
    assert_advice(&cause, "jemalloc",
                  "lazily freed pages: the kernel takes them as soon as it needs memory; nothing "
                  "to do. huge pages: set transparent huge pages to madvise or never");
}

static void malloc_trim_is_advised_under_glibc_only(void **state)
{
    (void)state;
    assert_contains(cause_remedy(CAUSE_MALLOC_RELEASABLE, "glibc"), "malloc_trim");
    assert_lacks(cause_remedy(CAUSE_MALLOC_RELEASABLE, "jemalloc"), "malloc_trim");
}

static void no_advice_is_given_on_a_small_share(void **state)
{
    (void)state;
    struct standstills trial;
    begin(&trial);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 81);
    standstills_put(&trial, METRIC_OWNER_MALLOC_PINNED, 19);
    struct cause cause = finish(&trial);
    enum cause_kind leading[CAUSE_KINDS];
    assert_int_equal(cause_leading(&cause, leading), 1);
    assert_int_equal(leading[0], CAUSE_LIVE);
}

static void the_largest_of_many_small_shares_leads(void **state)
{
    (void)state;
    static const enum metric owners[] = {
        METRIC_OWNER_PYMALLOC_LIVE, METRIC_OWNER_PYMALLOC_FREE_POOLS, METRIC_OWNER_MALLOC_PINNED,
        METRIC_OWNER_LAZYFREE,      METRIC_OWNER_THREAD_STACKS,       METRIC_OWNER_HUGE_SLACK};
    struct standstills trial;
    begin(&trial);
    for (size_t i = 0; i < sizeof owners / sizeof *owners; i++) {
        standstills_put(&trial, owners[i], 10 + (double)(i == 2));
    }
    struct cause cause = finish(&trial);
    enum cause_kind leading[CAUSE_KINDS];
    assert_int_equal(cause_leading(&cause, leading), 1);
    assert_int_equal(leading[0], CAUSE_MALLOC_PINNED);
}

/* 300 MiB of arenas from the first cycle on, and a leak beside them. */
static void what_grows_leads_before_what_is_held(void **state)
{
    (void)state;
    struct standstills trial;
    standstills_init(&trial, true);
    for (unsigned cycle = 1; cycle <= 3; cycle++) {
        standstills_add(&trial, PHASE_END, cycle);
        standstills_put(&trial, METRIC_OWNER_PYMALLOC_FREE_POOLS, cycle == 1 ? 300 : 0);
        standstills_put(&trial, METRIC_OWNER_MALLOC_IN_USE, 16);
    }
    struct cause cause = finish(&trial);
    enum cause_kind leading[CAUSE_KINDS];
    assert_int_equal(cause_leading(&cause, leading), 2);
    assert_int_equal(leading[0], CAUSE_LIVE);
    assert_int_equal(leading[1], CAUSE_PYMALLOC);
}

static void something_is_said_of_each_kind(void **state)
{
    (void)state;
    struct cause cause = mixture(METRIC_OWNER_BSS, METRIC_OWNER_MAIN_STACK);
    assert_advice(&cause, "glibc",
                  "other: no malloc hands it out: what libraries map themselves, static data, "
                  "what an allocator needs for itself; the table of owners tells which");
    for (int kind = 0; kind < CAUSE_KINDS; kind++) {
        assert_non_null(cause_remedy((enum cause_kind)kind, "glibc"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_come_in_order_of_bytes),
        cmocka_unit_test(each_kind_has_a_name_and_a_key),
        cmocka_unit_test(growth_within_the_noise_is_not_grown),
        cmocka_unit_test(the_noise_of_a_large_process_is_a_share_of_it),
        cmocka_unit_test(a_process_that_shrank_is_not_grown),
        cmocka_unit_test(what_is_not_known_says_so),
        cmocka_unit_test(small_shares_are_other),
        cmocka_unit_test(other_stands_in_order_and_only_if_it_says_something),
        cmocka_unit_test(work_done_in_children_is_held_there),
        cmocka_unit_test(free_pages_out_of_a_releases_reach_are_told),
        cmocka_unit_test(a_forecast_is_not_told_of_children),
        cmocka_unit_test(garbage_of_unknown_size_is_named),
        cmocka_unit_test(a_leak_of_three_cycles_is_growing),
        cmocka_unit_test(two_cycles_are_held_whatever_they_do),
        cmocka_unit_test(a_cache_that_is_filled_in_the_first_cycle_is_held),
        cmocka_unit_test(growth_within_the_noise_is_not_growing),
        cmocka_unit_test(growth_that_fades_is_held),
        cmocka_unit_test(what_grows_is_named),
        cmocka_unit_test(growth_in_children_is_growing),
        cmocka_unit_test(garbage_that_piles_up_grows_as_garbage),
        cmocka_unit_test(what_grows_and_then_goes_is_not_held),
        cmocka_unit_test(growth_is_told_even_where_it_cannot_be_divided),
        cmocka_unit_test(merged_shares_are_medians_kind_by_kind),
        cmocka_unit_test(nothing_merged_is_not_known),
        cmocka_unit_test(a_row_is_growing_if_most_of_its_trials_are),
        cmocka_unit_test(advice_follows_the_leading_causes),
        cmocka_unit_test(malloc_trim_is_advised_under_glibc_only),
        cmocka_unit_test(no_advice_is_given_on_a_small_share),
        cmocka_unit_test(the_largest_of_many_small_shares_leads),
        cmocka_unit_test(what_grows_leads_before_what_is_held),
        cmocka_unit_test(something_is_said_of_each_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
