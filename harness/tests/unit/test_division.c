#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "inspect/division.h"
#include "tests/support/standstills.h"

/* The bytes of the kinds that have some, in MiB. */
struct wanted {
    enum cause_kind kind;
    double mebibytes;
};

static struct division divide(const struct standstills *trial)
{
    struct division_span span = {.from = &trial->items[0]};
    for (size_t i = 0; i < trial->count; i++) {
        const struct sample *sample = &trial->items[i];
        span.to = strcmp(sample->phase, PHASE_SETTLED) == 0 ? sample : span.to;
        span.collected = strcmp(sample->phase, PHASE_COLLECTED) == 0 ? sample : span.collected;
        span.released = strcmp(sample->phase, PHASE_RELEASED) == 0 ? sample : span.released;
    }
    struct division division;
    division_make(&division, &span);
    return division;
}

static double sum_of(const struct division *division)
{
    double sum = 0;
    for (int kind = 0; kind < CAUSE_KINDS; kind++) {
        assert_true(division->bytes[kind] >= 0);
        sum += division->bytes[kind];
    }
    return sum;
}

static void assert_division(const struct standstills *trial, const struct wanted *wanted,
                            size_t count)
{
    struct division division = divide(trial);
    assert_true(division.is_known);
    for (int kind = 0; kind < CAUSE_KINDS; kind++) {
        double bytes = 0;
        for (size_t i = 0; i < count; i++) {
            bytes += (int)wanted[i].kind == kind ? wanted[i].mebibytes * 0x1p20 : 0;
        }
        if (fabs(division.bytes[kind] - bytes) > 1) {
            fail_msg("kind %d has %.3f MiB and should have %.3f", kind,
                     division.bytes[kind] / 0x1p20, bytes / 0x1p20);
        }
    }
    assert_true(fabs(sum_of(&division) - division.total) < 1);
}

#define ASSERT_DIVISION(trial, ...)                                                                \
    assert_division(trial, (const struct wanted[]){__VA_ARGS__},                                   \
                    sizeof((const struct wanted[]){__VA_ARGS__}) / sizeof(struct wanted))

/* Begins a trial that stands at 'settled'. */
static void begin(struct standstills *trial, bool is_split)
{
    standstills_init(trial, is_split);
    standstills_add(trial, PHASE_END, 1);
    standstills_add(trial, PHASE_SETTLED, 1);
}

static void each_owner_is_one_cause(void **state)
{
    (void)state;
    static const struct {
        enum metric owner;
        enum cause_kind kind;
    } owners[] = {
        {METRIC_OWNER_PYMALLOC_LIVE, CAUSE_LIVE},
        {METRIC_OWNER_MALLOC_IN_USE, CAUSE_LIVE},
        {METRIC_OWNER_PYMALLOC_FREE_BLOCKS, CAUSE_PYMALLOC},
        {METRIC_OWNER_PYMALLOC_FREE_POOLS, CAUSE_PYMALLOC},
        {METRIC_OWNER_PYMALLOC_HEADERS, CAUSE_PYMALLOC},
        {METRIC_OWNER_MALLOC_RELEASABLE, CAUSE_MALLOC_RELEASABLE},
        {METRIC_OWNER_MALLOC_PINNED, CAUSE_MALLOC_PINNED},
        {METRIC_OWNER_MALLOC_UNSPLIT, CAUSE_MALLOC_UNSPLIT},
        {METRIC_OWNER_MALLOC_METADATA, CAUSE_OTHER},
        {METRIC_OWNER_LAZYFREE, CAUSE_LAZYFREE},
        {METRIC_OWNER_HUGE_SLACK, CAUSE_HUGE_PAGES},
        {METRIC_OWNER_THREAD_STACKS, CAUSE_STACKS},
        {METRIC_OWNER_MAIN_STACK, CAUSE_OTHER},
        {METRIC_OWNER_BSS, CAUSE_OTHER},
        {METRIC_OWNER_FILE_PRIVATE, CAUSE_OTHER},
        {METRIC_OWNER_OTHER, CAUSE_OTHER},
        {METRIC_OWNER_UNEXPLAINED, CAUSE_OTHER},
        {METRIC_CHILDREN_LIVE, CAUSE_LIVE},
        {METRIC_CHILDREN_PYMALLOC_FREE, CAUSE_PYMALLOC},
        {METRIC_CHILDREN_RELEASABLE, CAUSE_MALLOC_RELEASABLE},
        {METRIC_CHILDREN_PINNED, CAUSE_MALLOC_PINNED},
        {METRIC_CHILDREN_UNSPLIT, CAUSE_MALLOC_UNSPLIT},
    };
    for (size_t i = 0; i < sizeof owners / sizeof *owners; i++) {
        struct standstills trial;
        begin(&trial, true);
        standstills_put(&trial, owners[i].owner, 64);
        ASSERT_DIVISION(&trial, {owners[i].kind, 64});
    }
}

static void pages_of_files_are_no_part_of_it(void **state)
{
    (void)state;
    struct standstills trial;
    begin(&trial, true);
    standstills_put(&trial, METRIC_OWNER_FILE_CLEAN, 30);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 5);
    ASSERT_DIVISION(&trial, {CAUSE_LIVE, 5});
    assert_true(divide(&trial).total == 5 * 0x1p20);
}

static void shared_memory_is_held_like_any_other(void **state)
{
    (void)state;
    struct standstills trial;
    begin(&trial, true);
    standstills_put(&trial, METRIC_OWNER_SHARED, 20);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 5);
    ASSERT_DIVISION(&trial, {CAUSE_SHARED, 20}, {CAUSE_LIVE, 5});
    assert_true(divide(&trial).total == 25 * 0x1p20);
}

static void what_was_there_at_start_is_not_held(void **state)
{
    (void)state;
    struct standstills trial;
    standstills_init(&trial, true);
    standstills_put(&trial, METRIC_OWNER_MALLOC_RELEASABLE, 30);
    standstills_put(&trial, METRIC_CHILDREN_LIVE, 10);
    standstills_add(&trial, PHASE_SETTLED, 1);
    standstills_put(&trial, METRIC_OWNER_MALLOC_RELEASABLE, 4);
    standstills_put(&trial, METRIC_CHILDREN_LIVE, 1);
    ASSERT_DIVISION(&trial, {CAUSE_MALLOC_RELEASABLE, 4}, {CAUSE_LIVE, 1});
    assert_true(divide(&trial).children == 0x1p20);
}

/* 8 MiB were free at start; the load took them, and 12 more. */
static void free_memory_that_was_used_is_netted_in_its_layer(void **state)
{
    (void)state;
    struct standstills trial;
    standstills_init(&trial, true);
    standstills_put(&trial, METRIC_OWNER_MALLOC_RELEASABLE, 8);
    standstills_add(&trial, PHASE_SETTLED, 1);
    standstills_put(&trial, METRIC_OWNER_MALLOC_RELEASABLE, -8);
    standstills_put(&trial, METRIC_OWNER_MALLOC_IN_USE, 20);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_FREE_POOLS, 12);
    ASSERT_DIVISION(&trial, {CAUSE_LIVE, 12}, {CAUSE_PYMALLOC, 12});
}

static void a_loss_is_taken_from_the_gains_of_its_layer_in_proportion(void **state)
{
    (void)state;
    struct standstills trial;
    standstills_init(&trial, true);
    standstills_put(&trial, METRIC_OWNER_MALLOC_RELEASABLE, 10);
    standstills_add(&trial, PHASE_SETTLED, 1);
    standstills_put(&trial, METRIC_OWNER_MALLOC_RELEASABLE, -10);
    standstills_put(&trial, METRIC_OWNER_MALLOC_IN_USE, 30);
    standstills_put(&trial, METRIC_OWNER_MALLOC_PINNED, 10);
    ASSERT_DIVISION(&trial, {CAUSE_LIVE, 22.5}, {CAUSE_MALLOC_PINNED, 7.5});
}

static void live_memory_that_became_free_is_netted_too(void **state)
{
    (void)state;
    struct standstills trial;
    standstills_init(&trial, true);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 10);
    standstills_add(&trial, PHASE_SETTLED, 1);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, -10);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_FREE_BLOCKS, 16);
    ASSERT_DIVISION(&trial, {CAUSE_PYMALLOC, 6});
}

static void a_layer_that_shrank_is_netted_against_all_others(void **state)
{
    (void)state;
    struct standstills trial;
    standstills_init(&trial, true);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 10);
    standstills_add(&trial, PHASE_SETTLED, 1);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, -10);
    standstills_put(&trial, METRIC_OWNER_MALLOC_IN_USE, 30);
    standstills_put(&trial, METRIC_OWNER_THREAD_STACKS, 10);
    ASSERT_DIVISION(&trial, {CAUSE_LIVE, 22.5}, {CAUSE_STACKS, 7.5});
}

static void memory_that_shrank_has_no_causes(void **state)
{
    (void)state;
    struct standstills trial;
    begin(&trial, true);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 2);
    standstills_put(&trial, METRIC_OWNER_OTHER, -3);
    struct division division = divide(&trial);
    assert_true(division.is_known);
    assert_true(division.total == -0x1p20);
    assert_true(sum_of(&division) == 0);
}

static void what_was_not_inspected_is_not_known(void **state)
{
    (void)state;
    for (size_t at = 0; at < 2; at++) {
        struct standstills trial;
        standstills_init(&trial, true);
        standstills_add(&trial, PHASE_SETTLED, 1);
        standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 64);
        for (int i = METRIC_OWNER_FIRST; i <= METRIC_OWNER_LAST; i++) {
            trial.items[at].values[i] = METRIC_ABSENT;
        }
        struct division division = divide(&trial);
        assert_false(division.is_known);
        assert_true(sum_of(&division) == 0);
    }
    struct standstills trial;
    standstills_init(&trial, true);
    assert_false(divide(&trial).is_known); /* no 'settled' */
}

/* ---- garbage ---- */

static void collected_garbage_is_what_live_memory_fell_by(void **state)
{
    (void)state;
    struct standstills trial;
    begin(&trial, true);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 40);
    standstills_put(&trial, METRIC_OWNER_MALLOC_IN_USE, 24);
    standstills_add(&trial, PHASE_COLLECTED, 1);
    standstills_set(&trial, METRIC_COLLECTED_OBJECTS, 1000);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, -30);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_FREE_POOLS, 30);
    standstills_put(&trial, METRIC_OWNER_MALLOC_IN_USE, -20);
    ASSERT_DIVISION(&trial, {CAUSE_UNCOLLECTED, 50}, {CAUSE_LIVE, 14});
}

static void a_collection_that_freed_no_object_freed_no_garbage(void **state)
{
    (void)state;
    for (int is_split = 0; is_split < 2; is_split++) {
        enum metric owner = is_split ? METRIC_OWNER_MALLOC_IN_USE : METRIC_OWNER_MALLOC_UNSPLIT;
        struct standstills trial;
        begin(&trial, is_split);
        standstills_put(&trial, owner, 40);
        standstills_add(&trial, PHASE_COLLECTED, 1);
        standstills_put(&trial, owner, -10);
        ASSERT_DIVISION(&trial, {is_split ? CAUSE_LIVE : CAUSE_MALLOC_UNSPLIT, 40});
        standstills_set(&trial, METRIC_COLLECTED_OBJECTS, METRIC_ABSENT); /* who knows */
        ASSERT_DIVISION(&trial, {is_split ? CAUSE_LIVE : CAUSE_MALLOC_UNSPLIT, 30},
                        {CAUSE_UNCOLLECTED, 10});
    }
}

/* Garbage took memory that was free at start: only what is held over start is named. */
static void garbage_is_no_more_than_what_live_memory_grew_by(void **state)
{
    (void)state;
    struct standstills trial;
    begin(&trial, true);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 10);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_FREE_POOLS, -2);
    standstills_add(&trial, PHASE_COLLECTED, 1);
    standstills_set(&trial, METRIC_COLLECTED_OBJECTS, 1000);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, -10);
    ASSERT_DIVISION(&trial, {CAUSE_UNCOLLECTED, 8});
}

static void gc_garbage_at_settled_is_uncollectable(void **state)
{
    (void)state;
    struct standstills trial;
    standstills_init(&trial, true);
    standstills_set(&trial, METRIC_UNCOLLECTABLE_BYTES, 1 * 0x1p20);
    standstills_add(&trial, PHASE_SETTLED, 1);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 20);
    standstills_put(&trial, METRIC_OWNER_MALLOC_IN_USE, 20);
    standstills_set(&trial, METRIC_UNCOLLECTABLE_BYTES, 31 * 0x1p20);
    standstills_set(&trial, METRIC_GARBAGE_OBJECTS, 100);
    ASSERT_DIVISION(&trial, {CAUSE_UNCOLLECTABLE, 30}, {CAUSE_LIVE, 10});
    assert_false(divide(&trial).is_garbage_unsized);
}

static void gc_garbage_that_only_the_collection_found_is_uncollectable(void **state)
{
    (void)state;
    struct standstills trial;
    begin(&trial, true);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 40);
    standstills_add(&trial, PHASE_COLLECTED, 1);
    standstills_set(&trial, METRIC_COLLECTED_OBJECTS, 1000);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, -8);
    standstills_set(&trial, METRIC_UNCOLLECTABLE_BYTES, 30 * 0x1p20);
    ASSERT_DIVISION(&trial, {CAUSE_UNCOLLECTABLE, 30}, {CAUSE_UNCOLLECTED, 8}, {CAUSE_LIVE, 2});
}

/* What is known to be there comes before what is concluded from a fall. */
static void uncollectable_garbage_comes_before_uncollected(void **state)
{
    (void)state;
    struct standstills trial;
    begin(&trial, true);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 10);
    standstills_add(&trial, PHASE_COLLECTED, 1);
    standstills_set(&trial, METRIC_COLLECTED_OBJECTS, 1000);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, -8);
    standstills_set(&trial, METRIC_UNCOLLECTABLE_BYTES, 8 * 0x1p20);
    ASSERT_DIVISION(&trial, {CAUSE_UNCOLLECTABLE, 8}, {CAUSE_UNCOLLECTED, 2});
}

static void gc_garbage_of_unknown_size_counts_as_live_and_says_so(void **state)
{
    (void)state;
    struct standstills trial;
    begin(&trial, true);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 40);
    standstills_set(&trial, METRIC_GARBAGE_OBJECTS, 100);
    ASSERT_DIVISION(&trial, {CAUSE_LIVE, 40});
    assert_true(divide(&trial).is_garbage_unsized);
    standstills_set(&trial, METRIC_GARBAGE_OBJECTS, 0);
    assert_false(divide(&trial).is_garbage_unsized);
}

static void the_garbage_of_children_is_not_seen(void **state)
{
    (void)state;
    struct standstills trial;
    begin(&trial, true);
    standstills_put(&trial, METRIC_CHILDREN_LIVE, 40);
    standstills_add(&trial, PHASE_COLLECTED, 1);
    standstills_set(&trial, METRIC_COLLECTED_OBJECTS, 1000);
    standstills_put(&trial, METRIC_CHILDREN_LIVE, -30);
    ASSERT_DIVISION(&trial, {CAUSE_LIVE, 40});
}

/* ---- mallocs that do not tell ---- */

static void an_untold_malloc_is_split_by_what_happens_to_it(void **state)
{
    (void)state;
    struct standstills trial;
    begin(&trial, false);
    standstills_put(&trial, METRIC_OWNER_MALLOC_UNSPLIT, 100);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 20);
    standstills_add(&trial, PHASE_COLLECTED, 1);
    standstills_set(&trial, METRIC_COLLECTED_OBJECTS, 1000);
    standstills_put(&trial, METRIC_OWNER_MALLOC_UNSPLIT, -15);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, -5);
    standstills_add(&trial, PHASE_RELEASED, 1);
    standstills_put(&trial, METRIC_OWNER_MALLOC_UNSPLIT, -25);
    ASSERT_DIVISION(&trial, {CAUSE_UNCOLLECTED, 20}, {CAUSE_LIVE, 15},
                    {CAUSE_MALLOC_RELEASABLE, 25}, {CAUSE_MALLOC_UNSPLIT, 60});
}

/* An allocator that gives back by itself may do so between the two: free memory all the same. */
static void what_an_untold_malloc_gave_back_by_itself_was_releasable(void **state)
{
    (void)state;
    struct standstills trial;
    begin(&trial, false);
    standstills_put(&trial, METRIC_OWNER_MALLOC_UNSPLIT, 100);
    standstills_add(&trial, PHASE_COLLECTED, 1);
    standstills_put(&trial, METRIC_OWNER_MALLOC_UNSPLIT, -12);
    standstills_add(&trial, PHASE_RELEASED, 1);
    standstills_put(&trial, METRIC_OWNER_MALLOC_UNSPLIT, -10);
    ASSERT_DIVISION(&trial, {CAUSE_MALLOC_RELEASABLE, 22}, {CAUSE_MALLOC_UNSPLIT, 78});
}

static void a_release_gives_back_no_more_than_the_untold_growth(void **state)
{
    (void)state;
    struct standstills trial;
    standstills_init(&trial, false);
    standstills_put(&trial, METRIC_OWNER_MALLOC_UNSPLIT, 50);
    standstills_add(&trial, PHASE_SETTLED, 1);
    standstills_put(&trial, METRIC_OWNER_MALLOC_UNSPLIT, 20);
    standstills_add(&trial, PHASE_RELEASED, 1);
    standstills_put(&trial, METRIC_OWNER_MALLOC_UNSPLIT, -45);
    ASSERT_DIVISION(&trial, {CAUSE_MALLOC_RELEASABLE, 20});
}

static void what_the_release_gave_stands_in_where_it_was_not_inspected(void **state)
{
    (void)state;
    struct standstills trial;
    begin(&trial, false);
    standstills_put(&trial, METRIC_OWNER_MALLOC_UNSPLIT, 100);
    standstills_add(&trial, PHASE_RELEASED, 1);
    standstills_set(&trial, METRIC_OWNER_MALLOC_UNSPLIT, METRIC_ABSENT);
    ASSERT_DIVISION(&trial, {CAUSE_MALLOC_UNSPLIT, 100});
    standstills_set(&trial, METRIC_RELEASED_BYTES, 30 * 0x1p20);
    ASSERT_DIVISION(&trial, {CAUSE_MALLOC_RELEASABLE, 30}, {CAUSE_MALLOC_UNSPLIT, 70});
}

static void gc_garbage_is_also_in_an_untold_malloc(void **state)
{
    (void)state;
    struct standstills trial;
    begin(&trial, false);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_LIVE, 1);
    standstills_put(&trial, METRIC_OWNER_MALLOC_UNSPLIT, 66);
    standstills_set(&trial, METRIC_UNCOLLECTABLE_BYTES, 64 * 0x1p20);
    ASSERT_DIVISION(&trial, {CAUSE_UNCOLLECTABLE, 64}, {CAUSE_MALLOC_UNSPLIT, 3});
}

/* The account came at one of the two standstills only. */
static void a_malloc_told_at_one_end_only_is_not_told(void **state)
{
    (void)state;
    struct standstills trial;
    standstills_init(&trial, false);
    standstills_put(&trial, METRIC_OWNER_MALLOC_UNSPLIT, 10);
    standstills_add(&trial, PHASE_SETTLED, 1);
    standstills_put(&trial, METRIC_OWNER_MALLOC_UNSPLIT, -10);
    standstills_put(&trial, METRIC_OWNER_MALLOC_IN_USE, 40);
    standstills_put(&trial, METRIC_OWNER_MALLOC_PINNED, 20);
    ASSERT_DIVISION(&trial, {CAUSE_MALLOC_UNSPLIT, 50});
}

/* ---- anything at all ---- */

static double some_mebibytes(struct random *random)
{
    return (double)random_below(random, 80001) / 1000 - 30;
}

static void shares_are_positive_and_sum_to_the_growth_whatever_happens(void **state)
{
    (void)state;
    struct random random = {.state = 1};
    unsigned grown = 0;
    for (int round = 0; round < 2000; round++) {
        struct standstills trial;
        standstills_init(&trial, round % 2);
        static const char *const phases[] = {PHASE_SETTLED, PHASE_COLLECTED, PHASE_RELEASED};
        for (size_t i = 0; i < 3; i++) {
            standstills_add(&trial, phases[i], 1);
            standstills_set(&trial, METRIC_COLLECTED_OBJECTS, (double)random_below(&random, 2));
            for (int owner = METRIC_OWNER_FIRST; owner <= METRIC_OWNER_LAST; owner++) {
                if (!metric_is_absent(trial.items[0].values[owner])) {
                    standstills_put(&trial, (enum metric)owner, some_mebibytes(&random));
                }
            }
            standstills_put(&trial, METRIC_CHILDREN_LIVE, some_mebibytes(&random));
            standstills_put(&trial, METRIC_CHILDREN_PINNED, some_mebibytes(&random));
            standstills_set(&trial, METRIC_UNCOLLECTABLE_BYTES, 0x1p20 * round);
        }
        struct division division = divide(&trial);
        double wanted = fmax(0, division.total);
        grown += division.total > 0;
        if (fabs(sum_of(&division) - wanted) > 1) {
            fail_msg("round %d: %g bytes are divided into %g", round, wanted, sum_of(&division));
        }
    }
    assert_in_range(grown, 1500, 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_owner_is_one_cause),
        cmocka_unit_test(pages_of_files_are_no_part_of_it),
        cmocka_unit_test(shared_memory_is_held_like_any_other),
        cmocka_unit_test(what_was_there_at_start_is_not_held),
        cmocka_unit_test(free_memory_that_was_used_is_netted_in_its_layer),
        cmocka_unit_test(a_loss_is_taken_from_the_gains_of_its_layer_in_proportion),
        cmocka_unit_test(live_memory_that_became_free_is_netted_too),
        cmocka_unit_test(a_layer_that_shrank_is_netted_against_all_others),
        cmocka_unit_test(memory_that_shrank_has_no_causes),
        cmocka_unit_test(what_was_not_inspected_is_not_known),
        cmocka_unit_test(collected_garbage_is_what_live_memory_fell_by),
        cmocka_unit_test(a_collection_that_freed_no_object_freed_no_garbage),
        cmocka_unit_test(garbage_is_no_more_than_what_live_memory_grew_by),
        cmocka_unit_test(gc_garbage_at_settled_is_uncollectable),
        cmocka_unit_test(gc_garbage_that_only_the_collection_found_is_uncollectable),
        cmocka_unit_test(uncollectable_garbage_comes_before_uncollected),
        cmocka_unit_test(gc_garbage_of_unknown_size_counts_as_live_and_says_so),
        cmocka_unit_test(the_garbage_of_children_is_not_seen),
        cmocka_unit_test(an_untold_malloc_is_split_by_what_happens_to_it),
        cmocka_unit_test(what_an_untold_malloc_gave_back_by_itself_was_releasable),
        cmocka_unit_test(a_release_gives_back_no_more_than_the_untold_growth),
        cmocka_unit_test(what_the_release_gave_stands_in_where_it_was_not_inspected),
        cmocka_unit_test(gc_garbage_is_also_in_an_untold_malloc),
        cmocka_unit_test(a_malloc_told_at_one_end_only_is_not_told),
        cmocka_unit_test(shares_are_positive_and_sum_to_the_growth_whatever_happens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
