#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/text.h"
#include "report/waterfall.h"
#include "tests/support/owners.h"
#include "tests/support/records.h"

static const double page = 4096;

/* Of the trial with that number; the records stay. */
static struct waterfall made(const struct records *records, unsigned trial)
{
    struct waterfall waterfall;
    waterfall_make(&waterfall, records->items, records->count, trial, 1);
    return waterfall;
}

static double sum_of(const double *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += metric_is_absent(values[i]) ? 0 : values[i];
    }
    return sum;
}

/* owners_set gives owner number i (i + 1) units. */
static double owner_units(enum metric first, enum metric last)
{
    double sum = 0;
    for (int i = (int)first; i <= (int)last; i++) {
        sum += i - METRIC_OWNER_FIRST + 1;
    }
    return sum;
}

static void each_owner_is_in_exactly_one_layer(void **state)
{
    (void)state;
    int next = METRIC_OWNER_FIRST;
    for (int i = 0; i < LAYER_COUNT; i++) {
        assert_int_equal(waterfall_layers[i].first, next);
        assert_true(waterfall_layers[i].last >= waterfall_layers[i].first);
        assert_true(waterfall_layers[i].key[0] && waterfall_layers[i].name[0] &&
                    waterfall_layers[i].meaning[0]);
        next = (int)waterfall_layers[i].last + 1;
    }
    assert_int_equal(next, METRIC_OWNER_UNEXPLAINED + 1);
}

static void layers_hold_the_owners_of_their_name(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    struct record *record = records_add(&records, 0, OUTCOME_OK);
    struct sample *sample = records_add_sample(record, PHASE_SETTLED, 1);
    double unsplit = owner_units(METRIC_OWNER_MALLOC_UNSPLIT, METRIC_OWNER_MALLOC_UNSPLIT) * page;
    owners_set(sample, page, true, 7 * page);
    sample->values[METRIC_OWNER_MALLOC_UNSPLIT] = unsplit;
    sample->values[METRIC_RSS] += unsplit;
    struct waterfall waterfall = made(&records, 1);
    static const struct {
        enum waterfall_layer layer;
        enum metric first, last;
    } cases[] = {
        {LAYER_FILES, METRIC_OWNER_FILE_CLEAN, METRIC_OWNER_BSS},
        {LAYER_STACKS, METRIC_OWNER_MAIN_STACK, METRIC_OWNER_THREAD_STACKS},
        {LAYER_PYMALLOC_LIVE, METRIC_OWNER_PYMALLOC_LIVE, METRIC_OWNER_PYMALLOC_LIVE},
        {LAYER_PYMALLOC_FREE, METRIC_OWNER_PYMALLOC_FREE_BLOCKS, METRIC_OWNER_PYMALLOC_HEADERS},
        {LAYER_MALLOC_IN_USE, METRIC_OWNER_MALLOC_IN_USE, METRIC_OWNER_MALLOC_IN_USE},
        {LAYER_MALLOC_RELEASABLE, METRIC_OWNER_MALLOC_RELEASABLE, METRIC_OWNER_MALLOC_RELEASABLE},
        {LAYER_MALLOC_PINNED, METRIC_OWNER_MALLOC_PINNED, METRIC_OWNER_MALLOC_PINNED},
        {LAYER_MALLOC_METADATA, METRIC_OWNER_MALLOC_METADATA, METRIC_OWNER_MALLOC_METADATA},
        {LAYER_MALLOC_UNSPLIT, METRIC_OWNER_MALLOC_UNSPLIT, METRIC_OWNER_MALLOC_UNSPLIT},
        {LAYER_LAZYFREE, METRIC_OWNER_LAZYFREE, METRIC_OWNER_LAZYFREE},
        {LAYER_HUGE_SLACK, METRIC_OWNER_HUGE_SLACK, METRIC_OWNER_HUGE_SLACK},
        {LAYER_OTHER, METRIC_OWNER_OTHER, METRIC_OWNER_OTHER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(waterfall_layer(&waterfall, WATERFALL_SETTLED, cases[i].layer) ==
                    owner_units(cases[i].first, cases[i].last) * page);
    }
    assert_true(waterfall_layer(&waterfall, WATERFALL_SETTLED, LAYER_UNEXPLAINED) == 7 * page);
    records_clear(&records);
}

/* Also where rss and the owners are of no whole pages, large, or too much. */
static void layers_and_owners_sum_to_rss_exactly(void **state)
{
    (void)state;
    static const double units[] = {1, 4096, 12345, 0x1p33 + 1};
    static const double unexplained[] = {0, 3, -5, 4096 * 100, -4096 * 100};
    for (size_t i = 0; i < 2 * 4 * 5; i++) {
        struct records records;
        records_init(&records);
        struct record *record = records_add(&records, 0, OUTCOME_OK);
        owners_set(records_add_sample(record, PHASE_END, 1), units[i % 4], i < 20,
                   unexplained[i / 4 % 5]);
        struct waterfall waterfall = made(&records, 1);
        const struct waterfall_bar *bar = &waterfall.bars[WATERFALL_END];
        assert_true(bar->is_known);
        assert_true(sum_of(bar->owners, WATERFALL_OWNERS) == bar->rss);
        assert_true(sum_of(bar->layers, LAYER_COUNT) == bar->rss);
        assert_true(bar->layers[LAYER_UNEXPLAINED] == unexplained[i / 4 % 5]);
        records_clear(&records);
    }
}

static void what_the_malloc_does_not_tell_is_absent_not_zero(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    struct record *record = records_add(&records, 0, OUTCOME_OK);
    owners_set(records_add_sample(record, PHASE_SETTLED, 1), page, false, 0);
    struct waterfall waterfall = made(&records, 1);
    for (int layer = 0; layer < LAYER_COUNT; layer++) {
        bool is_untold = layer >= LAYER_MALLOC_IN_USE && layer <= LAYER_MALLOC_METADATA;
        double bytes = waterfall_layer(&waterfall, WATERFALL_SETTLED, (enum waterfall_layer)layer);
        assert_int_equal(metric_is_absent(bytes), is_untold);
    }
    records_clear(&records);
}

static void what_is_split_leaves_nothing_that_is_not(void **state)
{
    (void)state;
    for (int is_split = 0; is_split < 2; is_split++) {
        struct records records;
        records_init(&records);
        struct record *record = records_add(&records, 0, OUTCOME_OK);
        owners_set(records_add_sample(record, PHASE_SETTLED, 1), page, is_split, 0);
        struct waterfall waterfall = made(&records, 1);
        assert_int_equal(waterfall_is_split(&waterfall, WATERFALL_SETTLED), is_split);
        assert_false(waterfall_is_split(&waterfall, WATERFALL_END)); /* not read */
        records_clear(&records);
    }
}

static void a_layer_of_which_one_owner_is_known_has_its_bytes(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    struct sample *sample =
        records_add_sample(records_add(&records, 0, OUTCOME_OK), PHASE_SETTLED, 1);
    sample->values[METRIC_OWNER_PYMALLOC_HEADERS] = 100;
    sample->values[METRIC_RSS] = 150;
    struct waterfall waterfall = made(&records, 1);
    const double *layers = waterfall.bars[WATERFALL_SETTLED].layers;
    assert_true(layers[LAYER_PYMALLOC_FREE] == 100);
    assert_true(layers[LAYER_UNEXPLAINED] == 50);
    assert_true(metric_is_absent(layers[LAYER_FILES]));
    records_clear(&records);
}

static void the_highest_is_the_first_of_all_standstills(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    struct record *record = records_add(&records, 0, OUTCOME_OK);
    static const struct {
        const char *phase;
        double unit;
    } samples[] = {
        {PHASE_START, 1}, {"loaded", 5}, {"served", 5}, {PHASE_END, 3}, {PHASE_SETTLED, 2}};
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct sample *sample = records_add_sample(record, samples[i].phase, 1);
        owners_set(sample, samples[i].unit * page, true, 0);
        sample->values[METRIC_PEAK_RSS] = i == 1 ? 1200 * page : 900 * page;
    }
    struct waterfall waterfall = made(&records, 1);
    assert_string_equal(waterfall.bars[WATERFALL_HIGHEST].name, "loaded");
    assert_string_equal(waterfall.bars[WATERFALL_END].name, "end");
    double highest = record->samples[1].values[METRIC_RSS];
    assert_true(waterfall.bars[WATERFALL_HIGHEST].rss == highest);
    assert_true(waterfall.peak == 1200 * page);
    assert_true(waterfall.below_peak == 1200 * page - highest);
    assert_false(waterfall.bars[WATERFALL_RELEASED].is_known);
    records_clear(&records);
}

/* The kernel's peak is low by up to 0.3 MiB. */
static void no_standstill_is_above_the_peak(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    struct sample *sample = records_add_sample(records_add(&records, 0, OUTCOME_OK), PHASE_END, 1);
    owners_set(sample, page, true, 0);
    sample->values[METRIC_PEAK_RSS] = sample->values[METRIC_RSS] - page;
    struct waterfall waterfall = made(&records, 1);
    assert_true(waterfall.below_peak == 0);
    assert_true(waterfall.peak == sample->values[METRIC_RSS]);
    records_clear(&records);
}

static void without_a_peak_nothing_is_below_it(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    owners_set(records_add_sample(records_add(&records, 0, OUTCOME_OK), PHASE_START, 1), page, true,
               0);
    struct waterfall waterfall = made(&records, 1);
    assert_string_equal(waterfall.bars[WATERFALL_HIGHEST].name, "start");
    assert_true(metric_is_absent(waterfall.peak));
    assert_true(metric_is_absent(waterfall.below_peak));
    records_clear(&records);
}

static void end_is_that_of_the_last_cycle(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    struct record *record = records_add(&records, 0, OUTCOME_OK);
    for (unsigned cycle = 1; cycle <= 3; cycle++) {
        owners_set(records_add_sample(record, PHASE_END, cycle), page * (4 - cycle), true, 0);
    }
    struct waterfall waterfall;
    waterfall_make(&waterfall, records.items, records.count, 1, 3);
    assert_string_equal(waterfall.bars[WATERFALL_END].name, "end 3");
    assert_string_equal(waterfall.bars[WATERFALL_HIGHEST].name, "end 1");
    records_clear(&records);
}

static void standstills_that_were_not_read_are_unknown(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    struct record *record = records_add_ok(&records, 0, 10, 900);
    record->samples[1].values[METRIC_RSS] = 900 * 0x1p20; /* but no owner */
    struct sample *sample = records_add_sample(record, PHASE_SETTLED, 1);
    owners_set(sample, page, true, 0);
    struct waterfall waterfall = made(&records, 1);
    assert_true(waterfall.is_known);
    assert_false(waterfall.bars[WATERFALL_END].is_known);
    assert_true(metric_is_absent(waterfall_layer(&waterfall, WATERFALL_END, LAYER_FILES)));
    assert_string_equal(waterfall.bars[WATERFALL_HIGHEST].name, "settled");
    records_clear(&records);
}

static void a_trial_that_is_not_there_has_no_waterfall(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    records_add(&records, 0, OUTCOME_CRASHED);
    for (unsigned trial = 0; trial < 3; trial++) {
        struct waterfall waterfall = made(&records, trial);
        assert_false(waterfall.is_known);
        assert_true(metric_is_absent(waterfall.live));
        assert_true(metric_is_absent(waterfall.given_back));
    }
    records_clear(&records);
}

static void figures_are_taken_where_they_mean_something(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    struct record *record = records_add(&records, 0, OUTCOME_OK);
    text_place(record->identity.family, sizeof record->identity.family, "glibc");
    static const char *const phases[] = {PHASE_END, PHASE_SETTLED, PHASE_COLLECTED, PHASE_RELEASED};
    for (size_t i = 0; i < 4; i++) {
        struct sample *sample = records_add_sample(record, phases[i], 1);
        for (int metric = METRIC_LIVE_BYTES; metric <= METRIC_FRAGMENTATION_RATIO; metric++) {
            sample->values[metric] = 100.0 * (double)(i + 1) + metric - METRIC_LIVE_BYTES;
        }
    }
    struct waterfall waterfall = made(&records, 1);
    assert_true(waterfall.live == 200);
    assert_true(waterfall.releasable == 201);
    assert_true(waterfall.pinned == 202);
    assert_true(waterfall.forecast == 303);
    assert_true(waterfall.given_back == 404);
    assert_true(waterfall.ratio == 205);
    assert_string_equal(waterfall.family, "glibc");
    records_clear(&records);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_owner_is_in_exactly_one_layer),
        cmocka_unit_test(layers_hold_the_owners_of_their_name),
        cmocka_unit_test(layers_and_owners_sum_to_rss_exactly),
        cmocka_unit_test(what_the_malloc_does_not_tell_is_absent_not_zero),
        cmocka_unit_test(what_is_split_leaves_nothing_that_is_not),
        cmocka_unit_test(a_layer_of_which_one_owner_is_known_has_its_bytes),
        cmocka_unit_test(the_highest_is_the_first_of_all_standstills),
        cmocka_unit_test(no_standstill_is_above_the_peak),
        cmocka_unit_test(without_a_peak_nothing_is_below_it),
        cmocka_unit_test(end_is_that_of_the_last_cycle),
        cmocka_unit_test(standstills_that_were_not_read_are_unknown),
        cmocka_unit_test(a_trial_that_is_not_there_has_no_waterfall),
        cmocka_unit_test(figures_are_taken_where_they_mean_something),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
