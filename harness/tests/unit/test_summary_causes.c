#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "report/summary_causes.h"
#include "tests/support/contains.h"
#include "tests/support/records.h"
#include "tests/support/standstills.h"

struct fixture {
    struct records records;
    struct summary summary;
};

static const struct summary_group *sum_up(struct fixture *fixture)
{
    summary_make(&fixture->summary, &fixture->records.plan, fixture->records.items,
                 fixture->records.count);
    assert_int_equal(fixture->summary.workloads[0].group_count, 1);
    return &fixture->summary.workloads[0].groups[0];
}

static void end(struct fixture *fixture)
{
    summary_clear(&fixture->summary);
    records_clear(&fixture->records);
}

/* A trial that holds so many MiB in two owners from 'end' on. */
static struct record *add(struct fixture *fixture, size_t setting, const char *family,
                          enum metric first, double first_size, enum metric second,
                          double second_size)
{
    struct standstills trial;
    standstills_init(&trial, true);
    standstills_add(&trial, PHASE_END, 1);
    standstills_put(&trial, first, first_size);
    standstills_put(&trial, second, second_size);
    standstills_add_aftermath(&trial);
    return records_add_measured(&fixture->records, setting, family, trial.items, trial.count);
}

static void assert_mebibytes(double bytes, double wanted)
{
    if (!(fabs(bytes / 0x1p20 - wanted) < 1e-6)) {
        fail_msg("%g MiB should be %g", bytes / 0x1p20, wanted);
    }
}

static void a_row_has_the_causes_of_its_ok_trials(void **state)
{
    (void)state;
    struct fixture fixture;
    records_init(&fixture.records);
    for (int i = 0; i < 3; i++) {
        add(&fixture, 0, "glibc", METRIC_OWNER_PYMALLOC_LIVE, 10 + i,
            METRIC_OWNER_MALLOC_RELEASABLE, 30 - 2 * i);
    }
    add(&fixture, 0, "glibc", METRIC_OWNER_THREAD_STACKS, 900, METRIC_OWNER_BSS, 1)->outcome =
        OUTCOME_TIMED_OUT;
    add(&fixture, 1, "tcmalloc", METRIC_OWNER_THREAD_STACKS, 900, METRIC_OWNER_BSS, 100);
    const struct summary_row *row = &sum_up(&fixture)->rows[0];
    assert_string_equal(row->family, "glibc");
    assert_string_equal(row->cause_text, "malloc releasable 28.0 MiB (72 %), live objects 11.0 MiB "
                                         "(28 %) of 39.0 MiB held over start");
    const struct summary_figure *figures = row->cause_figures;
    assert_int_equal(figures[SUMMARY_CAUSE_HELD].count, 3);
    assert_mebibytes(figures[SUMMARY_CAUSE_HELD].median, 39);
    assert_mebibytes(figures[SUMMARY_CAUSE_KIND + CAUSE_LIVE].low, 10);
    assert_mebibytes(figures[SUMMARY_CAUSE_KIND + CAUSE_LIVE].high, 12);
    assert_mebibytes(figures[SUMMARY_CAUSE_KIND + CAUSE_STACKS].median, 0);
    assert_mebibytes(figures[SUMMARY_CAUSE_CHILDREN].median, 0);
    assert_int_equal(figures[SUMMARY_CAUSE_SLOPE].count, 0);
    end(&fixture);
}

static void what_was_not_inspected_has_no_causes(void **state)
{
    (void)state;
    struct fixture fixture;
    records_init(&fixture.records);
    records_add_ok(&fixture.records, 0, 3, 100);
    records_add(&fixture.records, 1, OUTCOME_CRASHED);
    const struct summary_group *group = sum_up(&fixture);
    assert_false(group->has_causes);
    assert_int_equal(group->advice_count, 0);
    for (int i = 0; i < SUMMARY_CAUSE_FIGURES; i++) {
        assert_int_equal(group->rows[0].cause_figures[i].count, 0);
        assert_true(metric_is_absent(group->rows[0].cause_figures[i].median));
    }
    end(&fixture);
}

static void a_process_that_shrank_has_no_figures_of_kinds(void **state)
{
    (void)state;
    struct fixture fixture;
    records_init(&fixture.records);
    add(&fixture, 0, "glibc", METRIC_OWNER_PYMALLOC_LIVE, 1, METRIC_OWNER_BSS, -3);
    const struct summary_figure *figures = sum_up(&fixture)->rows[0].cause_figures;
    assert_mebibytes(figures[SUMMARY_CAUSE_HELD].median, -2);
    assert_int_equal(figures[SUMMARY_CAUSE_KIND + CAUSE_LIVE].count, 0);
    end(&fixture);
}

/* One remedy for two allocators, another one for the third: three rows, two pieces of advice. */
static void each_advice_is_given_once_with_its_allocators(void **state)
{
    (void)state;
    struct fixture fixture;
    records_init(&fixture.records);
    add(&fixture, 0, "glibc", METRIC_OWNER_MALLOC_RELEASABLE, 20, METRIC_OWNER_BSS, 1);
    add(&fixture, 1, "tcmalloc", METRIC_OWNER_MALLOC_RELEASABLE, 30, METRIC_OWNER_BSS, 1);
    add(&fixture, 2, "jemalloc", METRIC_OWNER_MALLOC_RELEASABLE, 10, METRIC_OWNER_BSS, 1);
    const struct summary_group *group = sum_up(&fixture);
    assert_true(group->has_causes);
    assert_int_equal(group->advice_count, 2);
    assert_int_equal(group->advices[0].allocators.count, 2);
    assert_string_equal(group->advices[0].allocators.items[0], "tcmalloc");
    assert_string_equal(group->advices[0].allocators.items[1], "jemalloc");
    assert_mebibytes(group->advices[0].bytes, 40);
    assert_int_equal(group->advices[1].allocators.count, 1);
    assert_contains(group->advices[1].remedy, "malloc_trim");
    end(&fixture);
}

static void advice_comes_in_order_of_the_bytes_it_cures(void **state)
{
    (void)state;
    struct fixture fixture;
    records_init(&fixture.records);
    add(&fixture, 0, "glibc", METRIC_OWNER_MALLOC_PINNED, 25, METRIC_OWNER_PYMALLOC_LIVE, 20);
    add(&fixture, 1, "tcmalloc", METRIC_OWNER_MALLOC_PINNED, 1, METRIC_OWNER_PYMALLOC_LIVE, 20);
    const struct summary_group *group = sum_up(&fixture);
    assert_int_equal(group->advice_count, 2);
    assert_int_equal(group->advices[0].kind, CAUSE_LIVE);
    assert_int_equal(group->advices[1].kind, CAUSE_MALLOC_PINNED);
    end(&fixture);
}

/* ---- decay ---- */

/* 'end' at 1 s, 'settled' at 11 s; `given` MiB of the 100 go back after `seconds` each. */
static void add_decaying(struct fixture *fixture, size_t setting, double seconds, double given)
{
    struct standstills trial;
    standstills_init(&trial, true);
    standstills_add(&trial, PHASE_END, 1);
    standstills_put(&trial, METRIC_OWNER_MALLOC_RELEASABLE, 100);
    standstills_add(&trial, PHASE_SETTLED, 1);
    standstills_put(&trial, METRIC_OWNER_MALLOC_RELEASABLE, -given);
    trial.items[2].elapsed = 11;
    struct record *record =
        records_add_measured(&fixture->records, setting, "glibc", trial.items, trial.count);
    record->curve = text_grow(NULL, 1, sizeof *record->curve);
    record->curve[0] =
        (struct curve_point){.elapsed = 1 + seconds, .rss = trial.items[2].values[METRIC_RSS]};
    record->curve_count = 1;
}

static void a_decay_is_the_median_of_the_trials(void **state)
{
    (void)state;
    struct fixture fixture;
    records_init(&fixture.records);
    add_decaying(&fixture, 0, 4, 60);
    add_decaying(&fixture, 0, 2, 60);
    add_decaying(&fixture, 0, 3, 95);
    const struct summary_group *group = sum_up(&fixture);
    const struct summary_decay *decays = group->rows[0].decays;
    assert_true(group->has_decays);
    assert_int_equal(decays[SUMMARY_DECAY_HALF].meant, 3);
    assert_int_equal(decays[SUMMARY_DECAY_HALF].reached.count, 3);
    assert_true(fabs(decays[SUMMARY_DECAY_HALF].median - 3) < 1e-9);
    assert_int_equal(decays[SUMMARY_DECAY_MOST].reached.count, 1);
    assert_true(isinf(decays[SUMMARY_DECAY_MOST].median)); /* two of three did not */
    end(&fixture);
}

/* Two of three reached it, so the middle one of all is the later one of them. */
static void a_trial_that_did_not_give_back_counts_as_later(void **state)
{
    (void)state;
    struct fixture fixture;
    records_init(&fixture.records);
    add_decaying(&fixture, 0, 2, 60);
    add_decaying(&fixture, 0, 5, 60);
    add_decaying(&fixture, 0, 1, 0);
    const struct summary_decay *half = &sum_up(&fixture)->rows[0].decays[SUMMARY_DECAY_HALF];
    assert_true(fabs(half->median - 5) < 1e-9);
    end(&fixture);
}

static void half_of_an_even_count_is_not_enough(void **state)
{
    (void)state;
    struct fixture fixture;
    records_init(&fixture.records);
    add_decaying(&fixture, 0, 2, 60);
    add_decaying(&fixture, 0, 2, 0);
    assert_true(isinf(sum_up(&fixture)->rows[0].decays[SUMMARY_DECAY_HALF].median));
    end(&fixture);
}

static void where_nothing_was_held_there_is_no_decay(void **state)
{
    (void)state;
    struct fixture fixture;
    records_init(&fixture.records);
    add(&fixture, 0, "glibc", METRIC_OWNER_BSS, 0.1, METRIC_OWNER_BSS, 0);
    const struct summary_group *group = sum_up(&fixture);
    assert_false(group->has_decays);
    assert_int_equal(group->rows[0].decays[0].meant, 0);
    assert_true(metric_is_absent(group->rows[0].decays[0].median));
    end(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_has_the_causes_of_its_ok_trials),
        cmocka_unit_test(what_was_not_inspected_has_no_causes),
        cmocka_unit_test(a_process_that_shrank_has_no_figures_of_kinds),
        cmocka_unit_test(each_advice_is_given_once_with_its_allocators),
        cmocka_unit_test(advice_comes_in_order_of_the_bytes_it_cures),
        cmocka_unit_test(a_decay_is_the_median_of_the_trials),
        cmocka_unit_test(a_trial_that_did_not_give_back_counts_as_later),
        cmocka_unit_test(half_of_an_even_count_is_not_enough),
        cmocka_unit_test(where_nothing_was_held_there_is_no_decay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
