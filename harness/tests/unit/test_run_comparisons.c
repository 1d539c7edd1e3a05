#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "stats/run_comparisons.h"
#include "stats/verdicts.h"
#include "tests/support/records.h"

enum { BLOCKS = 8, DEFAULTS = 6 };

/* Blocks of three allocators, 100, 62 and 150 MiB of anon with 0.1 % of spread. */
static void fill(struct records *records)
{
    static const double sizes[] = {100, 62, 150};
    records_init(records);
    records->plan.setting_count = 3;
    for (unsigned block = 1; block <= BLOCKS; block++) {
        for (size_t setting = 0; setting < 3; setting++) {
            double value =
                sizes[setting] * 0x1p20 * (1 + 0.001 * (double)((block * 5 + setting) % BLOCKS));
            records_add_value(records, setting, block, PHASE_END, METRIC_ANON, value);
        }
    }
}

static struct verdicts compared(const struct records *records)
{
    struct verdicts verdicts = {0};
    struct observations_source source = {
        .plan = &records->plan, .records = records->items, .count = records->count};
    run_comparisons_add(&verdicts, &source);
    return verdicts;
}

static const struct verdicts_comparison *find(const struct verdicts *verdicts,
                                              const char *candidate, const char *phase,
                                              enum metric metric)
{
    for (size_t i = 0; i < verdicts->group_count; i++) {
        for (size_t j = 0; j < verdicts->groups[i].comparison_count; j++) {
            const struct verdicts_comparison *it = &verdicts->groups[i].comparisons[j];
            if (it->metric == metric && strcmp(it->phase, phase) == 0 &&
                strcmp(it->candidate, candidate) == 0) {
                return it;
            }
        }
    }
    return NULL;
}

static void add_gate(struct records *records, const char *name, enum gate_level level,
                     double threshold, const char *control)
{
    struct gate gate;
    struct error err;
    assert_int_equal(gate_parse(&gate, name, &err), 0);
    gate.level = level;
    gate.threshold = threshold;
    free(gate.control);
    gate.control = text_copy(control);
    *options_add_gate(&records->options) = gate;
}

static void clear(struct records *records, struct verdicts *verdicts)
{
    verdicts_clear(verdicts);
    for (size_t i = 0; i < records->options.gate_count; i++) {
        gate_clear(&records->options.gates[i]);
    }
    free(records->options.gates);
    records_clear(records);
}

static void each_allocator_is_compared_with_the_first(void **state)
{
    (void)state;
    struct records records;
    fill(&records);
    struct verdicts verdicts = compared(&records);
    assert_int_equal(verdicts.group_count, 1);
    assert_string_equal(verdicts.groups[0].workload, "bursts");
    assert_int_equal(verdicts.groups[0].comparison_count, 2 * DEFAULTS);
    const struct verdicts_comparison *less = find(&verdicts, "tcmalloc", "end", METRIC_ANON);
    const struct verdicts_comparison *more = find(&verdicts, "jemalloc", "end", METRIC_ANON);
    assert_string_equal(less->baseline, "glibc");
    assert_int_equal(less->result.verdict, VERDICT_BETTER);
    assert_int_equal(more->result.verdict, VERDICT_WORSE);
    assert_true(fabs(less->result.effect.estimate - 0.62) < 0.005);
    assert_int_equal(less->result.n, BLOCKS);
    assert_int_equal(less->level, GATE_OFF);
    assert_false(less->is_against_baseline);
    clear(&records, &verdicts);
}

static void what_no_run_has_is_missing(void **state)
{
    (void)state;
    struct records records;
    fill(&records);
    struct verdicts verdicts = compared(&records);
    const struct verdicts_comparison *settled = find(&verdicts, "tcmalloc", "settled", METRIC_ANON);
    assert_non_null(settled);
    assert_string_equal(settled->missing, "no run of glibc on bursts came by a phase 'settled'");
    clear(&records, &verdicts);
}

static void one_allocator_is_not_compared(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    records.plan.setting_count = 1;
    records_add_value(&records, 0, 1, PHASE_END, METRIC_ANON, 1);
    struct verdicts verdicts = compared(&records);
    assert_int_equal(verdicts.group_count, 0);
    clear(&records, &verdicts);
}

static void object_allocators_are_not_compared_with_each_other(void **state)
{
    (void)state;
    struct records records;
    fill(&records);
    for (size_t i = 0; i < records.count; i++) {
        if (records.trials[i].setting != &records.settings[0]) {
            records.trials[i].object_allocator = OBJECT_MALLOC;
        }
    }
    struct verdicts verdicts = compared(&records);
    assert_int_equal(verdicts.group_count, 2);
    assert_int_equal(verdicts.groups[0].comparison_count, 0);
    const struct verdicts_comparison *it = &verdicts.groups[1].comparisons[0];
    assert_int_equal(verdicts.groups[1].object_allocator, OBJECT_MALLOC);
    assert_string_equal(it->missing, "glibc was not run on bursts");
    clear(&records, &verdicts);
}

static void a_gate_of_a_metric_is_one_of_end_and_of_settled(void **state)
{
    (void)state;
    struct records records;
    fill(&records);
    add_gate(&records, "live_bytes", GATE_ERROR, 0.03, "");
    add_gate(&records, "anon", GATE_WARN, 0.03, "");
    struct verdicts verdicts = compared(&records);
    assert_int_equal(verdicts.groups[0].comparison_count, 2 * (DEFAULTS + 2));
    assert_int_equal(find(&verdicts, "tcmalloc", "end", METRIC_LIVE_BYTES)->level, GATE_ERROR);
    assert_int_equal(find(&verdicts, "tcmalloc", "settled", METRIC_LIVE_BYTES)->level, GATE_ERROR);
    assert_int_equal(find(&verdicts, "tcmalloc", "end", METRIC_ANON)->level, GATE_WARN);
    assert_int_equal(find(&verdicts, "tcmalloc", "settled", METRIC_ANON)->level, GATE_WARN);
    assert_int_equal(find(&verdicts, "tcmalloc", "released", METRIC_ANON)->level, GATE_OFF);
    clear(&records, &verdicts);
}

static void a_gate_of_a_phase_goes_before_one_of_the_metric(void **state)
{
    (void)state;
    struct records records;
    fill(&records);
    add_gate(&records, "end.anon", GATE_ERROR, 0.03, "");
    add_gate(&records, "anon", GATE_WARN, 0.03, "");
    struct verdicts verdicts = compared(&records);
    assert_int_equal(find(&verdicts, "tcmalloc", "end", METRIC_ANON)->level, GATE_ERROR);
    assert_int_equal(find(&verdicts, "tcmalloc", "settled", METRIC_ANON)->level, GATE_WARN);
    clear(&records, &verdicts);
}

static void a_gate_that_is_off_asks_for_nothing(void **state)
{
    (void)state;
    struct records records;
    fill(&records);
    add_gate(&records, "live_bytes", GATE_OFF, 0.03, "");
    struct verdicts verdicts = compared(&records);
    assert_null(find(&verdicts, "tcmalloc", "end", METRIC_LIVE_BYTES));
    clear(&records, &verdicts);
}

static void a_gate_has_its_threshold_and_its_control(void **state)
{
    (void)state;
    struct records records;
    fill(&records);
    add_gate(&records, "end.anon", GATE_ERROR, 0.70, "jemalloc");
    struct verdicts verdicts = compared(&records);
    const struct verdicts_comparison *it = find(&verdicts, "glibc", "end", METRIC_ANON);
    assert_string_equal(it->baseline, "jemalloc");
    assert_true(fabs(it->result.high_edge - 1.70) < 1e-9);
    assert_int_equal(it->result.verdict, VERDICT_SAME); /* 0.67 is within 70 % */
    assert_null(find(&verdicts, "jemalloc", "end", METRIC_ANON));
    assert_string_equal(find(&verdicts, "jemalloc", "settled", METRIC_ANON)->baseline, "glibc");
    clear(&records, &verdicts);
}

/* A machine that grows slower with every block: only pairs see that the candidate takes 1.2 times
 * as long. */
static void times_are_compared_block_by_block(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    records.plan.setting_count = 2;
    for (unsigned block = 1; block <= BLOCKS; block++) {
        double seconds = pow(2, block) * (1 + 0.001 * (block % 3));
        records_add_value(&records, 0, block, PHASE_END, METRIC_CPU_SECONDS, seconds);
        records_add_value(&records, 1, block, PHASE_END, METRIC_CPU_SECONDS, 1.2 * seconds);
    }
    struct verdicts verdicts = compared(&records);
    const struct verdicts_comparison *it = find(&verdicts, "tcmalloc", "end", METRIC_CPU_SECONDS);
    assert_int_equal(it->result.verdict, VERDICT_WORSE);
    assert_true(fabs(it->result.high_edge - 1.10) < 1e-9);
    clear(&records, &verdicts);
}

/* The figures are of the records, not of the order in which they were stored. */
static void verdicts_do_not_depend_on_the_order_of_the_trials(void **state)
{
    (void)state;
    enum { SEED = 20261123 };
    struct records records;
    fill(&records);
    struct verdicts before = compared(&records);
    struct random random = {.state = SEED};
    size_t order[RECORDS_MOST];
    random_order(&random, order, records.count);
    struct record shuffled[RECORDS_MOST];
    for (size_t i = 0; i < records.count; i++) {
        shuffled[i] = records.items[order[i]];
    }
    memcpy(records.items, shuffled, records.count * sizeof *shuffled);
    struct verdicts after = compared(&records);
    const struct comparison *one = &find(&before, "tcmalloc", "end", METRIC_ANON)->result;
    const struct comparison *other = &find(&after, "tcmalloc", "end", METRIC_ANON)->result;
    if (one->effect.estimate != other->effect.estimate || one->p != other->p ||
        one->effect.lower != other->effect.lower || one->effect.upper != other->effect.upper) {
        fail_msg("seed %d: [%.17g, %.17g] became [%.17g, %.17g]", SEED, one->effect.lower,
                 one->effect.upper, other->effect.lower, other->effect.upper);
    }
    verdicts_clear(&after);
    clear(&records, &before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocator_is_compared_with_the_first),
        cmocka_unit_test(what_no_run_has_is_missing),
        cmocka_unit_test(one_allocator_is_not_compared),
        cmocka_unit_test(object_allocators_are_not_compared_with_each_other),
        cmocka_unit_test(a_gate_of_a_metric_is_one_of_end_and_of_settled),
        cmocka_unit_test(a_gate_of_a_phase_goes_before_one_of_the_metric),
        cmocka_unit_test(a_gate_that_is_off_asks_for_nothing),
        cmocka_unit_test(a_gate_has_its_threshold_and_its_control),
        cmocka_unit_test(times_are_compared_block_by_block),
        cmocka_unit_test(verdicts_do_not_depend_on_the_order_of_the_trials),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
