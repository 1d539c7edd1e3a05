#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "stats/looks.h"
#include "stats/verdicts.h"
#include "tests/support/records.h"

/* A question whose answer is plain: 8 against 8 values, the candidate `ratio` times as large, with
 * 0.1 % of spread; and one without any spread. */
static struct verdicts_added question(struct comparison_question *question, double *values,
                                      double ratio, double spread)
{
    enum { N = 8 };
    for (size_t i = 0; i < N; i++) {
        values[i] = 1e9 * (1 + spread * (double)i);
        values[N + i] = ratio * 1e9 * (1 + spread * (double)((i * 3) % N));
    }
    *question = (struct comparison_question){.baseline = values,
                                             .candidate = values + N,
                                             .baseline_count = N,
                                             .candidate_count = N,
                                             .better = BETTER_LESS,
                                             .threshold = threshold_of(METRIC_ANON),
                                             .looks = LOOKS_COUNT};
    return (struct verdicts_added){.baseline = "before",
                                   .candidate = "after",
                                   .phase = PHASE_END,
                                   .metric = METRIC_ANON,
                                   .level = GATE_ERROR,
                                   .question = question};
}

static struct verdicts_comparison *add(struct verdicts *verdicts, double ratio, double spread,
                                       enum gate_level level, bool is_against_baseline)
{
    double values[16];
    struct comparison_question asked;
    struct verdicts_added added = question(&asked, values, ratio, spread);
    added.level = level;
    added.is_against_baseline = is_against_baseline;
    if (verdicts->group_count == 0) {
        verdicts_add_group(verdicts, "bursts", "", OBJECT_PYMALLOC);
    }
    verdicts_add(&verdicts->groups[0], &added);
    return &verdicts->groups[0].comparisons[verdicts->groups[0].comparison_count - 1];
}

static void an_added_comparison_is_made(void **state)
{
    (void)state;
    struct verdicts verdicts = {0};
    const struct verdicts_comparison *it = add(&verdicts, 1.2, 0.001, GATE_ERROR, true);
    assert_int_equal(it->result.verdict, VERDICT_WORSE);
    assert_string_equal(it->baseline, "before");
    assert_string_equal(it->candidate, "after");
    assert_true(metric_is_absent(it->adjusted_p));
    verdicts_clear(&verdicts);
    assert_int_equal(verdicts.group_count, 0);
}

static void a_gated_verdict_has_its_p_adjusted(void **state)
{
    (void)state;
    struct verdicts verdicts = {0};
    add(&verdicts, 1.2, 0.001, GATE_ERROR, true);
    add(&verdicts, 1.2, 0.001, GATE_WARN, true);
    add(&verdicts, 1.2, 0.001, GATE_OFF, true);
    verdicts_holm(&verdicts);
    const struct verdicts_comparison *rows = verdicts.groups[0].comparisons;
    assert_true(rows[0].result.verdict_p > 0);
    assert_true(rows[0].adjusted_p == 2 * rows[0].result.verdict_p);
    assert_true(rows[1].adjusted_p == rows[0].adjusted_p);
    assert_true(metric_is_absent(rows[2].adjusted_p));
    verdicts_clear(&verdicts);
}

/* The least p of 8 against 8 is 2 / 12870: of 108 such tests none may stand at 0.05 / 3. */
static void many_tests_take_verdicts_away_and_more_bring_none_back(void **state)
{
    (void)state;
    struct verdicts verdicts = {0};
    for (int i = 0; i < 107; i++) {
        add(&verdicts, 1.2, 0.001, GATE_ERROR, true);
    }
    verdicts_holm(&verdicts);
    assert_int_equal(verdicts.groups[0].comparisons[0].result.verdict, VERDICT_WORSE);
    add(&verdicts, 1.2, 0.001, GATE_ERROR, true);
    verdicts_holm(&verdicts);
    const struct verdicts_comparison *row = &verdicts.groups[0].comparisons[0];
    assert_int_equal(row->result.verdict, VERDICT_UNKNOWN);
    assert_int_equal(row->result.reason, REASON_AFTER_HOLM);
    assert_int_equal(row->result.probable, VERDICT_WORSE);
    assert_int_equal(verdicts_conclude(&verdicts), VERDICTS_INCONCLUSIVE);
    verdicts_holm(&verdicts);
    assert_int_equal(row->result.verdict, VERDICT_UNKNOWN);
    verdicts_clear(&verdicts);
}

static void what_is_exact_shares_no_chance_of_error(void **state)
{
    (void)state;
    struct verdicts verdicts = {0};
    add(&verdicts, 1.2, 0, GATE_ERROR, true);
    add(&verdicts, 1.2, 0.001, GATE_ERROR, true);
    verdicts_holm(&verdicts);
    const struct verdicts_comparison *rows = verdicts.groups[0].comparisons;
    assert_true(rows[0].result.is_exact);
    assert_true(metric_is_absent(rows[0].adjusted_p));
    assert_true(rows[1].adjusted_p == rows[1].result.verdict_p);
    verdicts_clear(&verdicts);
}

static void only_a_gate_against_a_baseline_fails(void **state)
{
    (void)state;
    static const struct {
        double ratio, spread;
        enum gate_level level;
        bool is_against_baseline;
        enum verdicts_conclusion wanted;
    } cases[] = {
        {1.2, 0.001, GATE_ERROR, true, VERDICTS_FAIL},
        {1.2, 0.001, GATE_ERROR, false, VERDICTS_HOLD},
        {1.2, 0.001, GATE_WARN, true, VERDICTS_HOLD},
        {1.2, 0.001, GATE_OFF, true, VERDICTS_HOLD},
        {0.8, 0.001, GATE_ERROR, true, VERDICTS_HOLD},
        {1.0, 0.001, GATE_ERROR, true, VERDICTS_HOLD},
        {1.03, 0.005, GATE_ERROR, true, VERDICTS_INCONCLUSIVE},
        {1.03, 0.005, GATE_WARN, true, VERDICTS_HOLD},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct verdicts verdicts = {0};
        add(&verdicts, cases[i].ratio, cases[i].spread, cases[i].level,
            cases[i].is_against_baseline);
        verdicts_holm(&verdicts);
        if (verdicts_conclude(&verdicts) != cases[i].wanted) {
            fail_msg("case %zu: %d", i, verdicts_conclude(&verdicts));
        }
        verdicts_clear(&verdicts);
    }
}

static void a_gate_that_was_not_measured_goes_before_one_that_fails(void **state)
{
    (void)state;
    struct verdicts verdicts = {0};
    add(&verdicts, 1.2, 0.001, GATE_ERROR, true);
    struct verdicts_added missing = {.baseline = "before",
                                     .candidate = "after",
                                     .phase = PHASE_END,
                                     .metric = METRIC_LIVE_BYTES,
                                     .level = GATE_WARN,
                                     .missing = "no baseline has it"};
    verdicts_add(&verdicts.groups[0], &missing);
    assert_int_equal(verdicts_conclude(&verdicts), VERDICTS_FAIL); /* a warning decides nothing */
    missing.level = GATE_ERROR;
    verdicts_add(&verdicts.groups[0], &missing);
    verdicts_holm(&verdicts);
    assert_int_equal(verdicts_conclude(&verdicts), VERDICTS_NOT_MEASURED);
    size_t undecided;
    assert_int_equal(verdicts_gated(&verdicts, &undecided), 1); /* more runs would not help */
    assert_int_equal(undecided, 0);
    verdicts_clear(&verdicts);
}

static void gated_rows_are_counted_with_the_undecided_among_them(void **state)
{
    (void)state;
    struct verdicts verdicts = {0};
    size_t undecided;
    add(&verdicts, 1.03, 0.005, GATE_ERROR, false);
    add(&verdicts, 1.03, 0.005, GATE_WARN, false);
    add(&verdicts, 1.2, 0.001, GATE_ERROR, false);
    add(&verdicts, 1.03, 0.005, GATE_OFF, false);
    verdicts_holm(&verdicts);
    assert_int_equal(verdicts_gated(&verdicts, &undecided), 3);
    assert_int_equal(undecided, 2);
    verdicts_clear(&verdicts);
}

/* Blocks of two allocators; the claim is held against them by the way. */
static void fill(struct records *records, const char *claim)
{
    struct error err;
    records_init(records);
    records->plan.setting_count = 2;
    for (unsigned block = 1; block <= 8; block++) {
        double noise = 1 + 0.001 * (block * 5 % 8);
        records_add_value(records, 0, block, PHASE_END, METRIC_ANON, 100 * 0x1p20 * noise);
        records_add_value(records, 1, block, PHASE_END, METRIC_ANON, 62 * 0x1p20 * noise);
    }
    assert_int_equal(options_add_claim(&records->options, claim, NULL, NULL, &err), 0);
}

static void clear(struct records *records)
{
    claim_clear(&records->options.claims[0]);
    free(records->options.claims);
    records_clear(records);
}

static void claims_conclude_a_run(void **state)
{
    (void)state;
    static const struct {
        const char *claim;
        enum verdicts_conclusion wanted;
    } cases[] = {
        {"tcmalloc end.anon <= 0.8 * glibc", VERDICTS_HOLD},
        {"tcmalloc end.anon <= 0.5 * glibc", VERDICTS_FAIL},
        {"tcmalloc end.anon <= 0.6205 * glibc", VERDICTS_INCONCLUSIVE},
        {"tcmalloc loaded.anon <= 0.5 * glibc", VERDICTS_NOT_MEASURED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct records records;
        struct verdicts verdicts;
        fill(&records, cases[i].claim);
        verdicts_make(&verdicts, &records.plan, records.items, records.count);
        assert_int_equal(verdicts_conclude(&verdicts), cases[i].wanted);
        assert_int_equal(verdicts.blocks, 8);
        verdicts_clear(&verdicts);
        clear(&records);
    }
}

static void looks_share_the_chance_of_error(void **state)
{
    (void)state;
    struct records records;
    struct verdicts once, looked;
    fill(&records, "tcmalloc end.anon <= 0.8 * glibc");
    verdicts_make(&once, &records.plan, records.items, records.count);
    records.options.runs_auto = true;
    verdicts_make(&looked, &records.plan, records.items, records.count);
    assert_int_equal(once.looks, 1);
    assert_int_equal(looked.looks, LOOKS_COUNT);
    assert_true(once.claims[0].judgements[0].result.alpha == LOOKS_ALPHA);
    assert_true(looked.claims[0].judgements[0].result.alpha == LOOKS_ALPHA / LOOKS_COUNT);
    assert_true(looked.groups[0].comparisons[0].result.alpha == LOOKS_ALPHA / LOOKS_COUNT);
    verdicts_clear(&once);
    verdicts_clear(&looked);
    clear(&records);
}

static void repetitions_are_no_blocks_of_their_own(void **state)
{
    (void)state;
    struct records records;
    struct verdicts verdicts;
    fill(&records, "tcmalloc end.anon <= 0.8 * glibc");
    records_add_value(&records, 0, 9, PHASE_END, METRIC_ANON, 0x1p20);
    records.trials[records.count - 1].repeats = 2;
    verdicts_make(&verdicts, &records.plan, records.items, records.count);
    assert_int_equal(verdicts.blocks, 8);
    verdicts_clear(&verdicts);
    clear(&records);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_added_comparison_is_made),
        cmocka_unit_test(a_gated_verdict_has_its_p_adjusted),
        cmocka_unit_test(many_tests_take_verdicts_away_and_more_bring_none_back),
        cmocka_unit_test(what_is_exact_shares_no_chance_of_error),
        cmocka_unit_test(only_a_gate_against_a_baseline_fails),
        cmocka_unit_test(a_gate_that_was_not_measured_goes_before_one_that_fails),
        cmocka_unit_test(gated_rows_are_counted_with_the_undecided_among_them),
        cmocka_unit_test(claims_conclude_a_run),
        cmocka_unit_test(looks_share_the_chance_of_error),
        cmocka_unit_test(repetitions_are_no_blocks_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
