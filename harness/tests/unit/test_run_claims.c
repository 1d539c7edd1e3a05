#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/run_claims.h"
#include "stats/verdicts.h"
#include "tests/support/records.h"

enum { BLOCKS = 8 };

/* Blocks of three allocators: 100, 62 and 150 MiB of anon at 'end', 90 % of it at 'settled'. */
static void fill(struct records *records)
{
    static const double sizes[] = {100, 62, 150};
    records_init(records);
    records->plan.setting_count = 3;
    for (unsigned block = 1; block <= BLOCKS; block++) {
        for (size_t setting = 0; setting < 3; setting++) {
            double value =
                sizes[setting] * 0x1p20 * (1 + 0.001 * (double)((block * 5 + setting) % BLOCKS));
            struct record *record =
                records_add_value(records, setting, block, PHASE_END, METRIC_ANON, value);
            records_add_sample(record, PHASE_SETTLED, 1)->values[METRIC_ANON] = 0.9 * value;
        }
    }
}

/* The one claim, held against the records; options take the claim along. */
static struct verdicts judged(struct records *records, const char *text)
{
    struct verdicts verdicts;
    struct error err;
    assert_int_equal(options_add_claim(&records->options, text, "a title", "a source", &err), 0);
    verdicts_make(&verdicts, &records->plan, records->items, records->count);
    assert_int_equal(verdicts.claim_count, 1);
    return verdicts;
}

static void clear(struct records *records, struct verdicts *verdicts)
{
    verdicts_clear(verdicts);
    for (size_t i = 0; i < records->options.claim_count; i++) {
        claim_clear(&records->options.claims[i]);
    }
    free(records->options.claims);
    records_clear(records);
}

static void claims_are_confirmed_refuted_or_inconclusive(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t judgements;
        enum judgement_outcome outcome;
    } cases[] = {
        {"tcmalloc end.anon <= 0.8 * glibc", 1, JUDGEMENT_CONFIRMED},
        {"tcmalloc end.anon <= 0.5 * glibc", 1, JUDGEMENT_REFUTED},
        {"tcmalloc end.anon <= 0.6205 * glibc", 1, JUDGEMENT_INCONCLUSIVE},
        {"tcmalloc end.anon >= 0.5 * glibc", 1, JUDGEMENT_CONFIRMED},
        {"end.anon <= 200MiB", 3, JUDGEMENT_CONFIRMED},
        {"end.anon <= 120MiB", 3, JUDGEMENT_REFUTED},
        {"tcmalloc end.anon <= 120MiB on bursts", 1, JUDGEMENT_CONFIRMED},
        {"end.anon <= 1.6 * glibc", 2, JUDGEMENT_CONFIRMED},
        {"end.anon <= 1.2 * glibc", 2, JUDGEMENT_REFUTED},
        {"glibc settled.anon <= 0.91 * end.anon", 1, JUDGEMENT_CONFIRMED},
        {"settled.anon <= 0.91 * end.anon", 3, JUDGEMENT_CONFIRMED},
        {"settled.anon <= 0.5 * end.anon", 3, JUDGEMENT_REFUTED},
        {"tcmalloc settled.anon <= 0.56 * glibc end.anon", 1, JUDGEMENT_CONFIRMED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct records records;
        fill(&records);
        struct verdicts verdicts = judged(&records, cases[i].text);
        const struct verdicts_claim *claim = &verdicts.claims[0];
        if (claim->outcome != cases[i].outcome || claim->judgement_count != cases[i].judgements ||
            claim->is_missing) {
            fail_msg("'%s': %s, %zu judgements", cases[i].text, judgement_name(claim->outcome),
                     claim->judgement_count);
        }
        assert_string_equal(claim->claim.source, "a source");
        assert_string_equal(claim->claim.title, "a title");
        clear(&records, &verdicts);
    }
}

static void each_judgement_says_of_what_it_is(void **state)
{
    (void)state;
    struct records records;
    fill(&records);
    struct verdicts verdicts = judged(&records, "end.anon <= 1.2 * glibc");
    const struct verdicts_judgement *judgements = verdicts.claims[0].judgements;
    assert_string_equal(judgements[0].left, "tcmalloc");
    assert_string_equal(judgements[1].left, "jemalloc");
    assert_string_equal(judgements[1].right, "glibc");
    assert_string_equal(judgements[1].workload, "bursts");
    assert_int_equal(judgements[0].result.outcome, JUDGEMENT_CONFIRMED);
    assert_int_equal(judgements[1].result.outcome, JUDGEMENT_REFUTED);
    assert_int_equal(judgements[1].result.n, BLOCKS);
    assert_int_equal(judgements[1].left_shape.count, BLOCKS);
    clear(&records, &verdicts);
}

/* settled is 0.9 of end in every single trial, and varies from trial to trial by far more. */
static void phases_of_one_allocator_are_compared_trial_by_trial(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    records.plan.setting_count = 1;
    for (unsigned block = 1; block <= BLOCKS; block++) {
        double value = pow(1.5, block) * 0x1p20;
        struct record *record =
            records_add_value(&records, 0, block, PHASE_END, METRIC_ANON, value);
        records_add_sample(record, PHASE_SETTLED, 1)->values[METRIC_ANON] =
            value * (0.9 + 0.001 * block);
    }
    struct verdicts verdicts = judged(&records, "settled.anon <= 0.95 * end.anon");
    assert_int_equal(verdicts.claims[0].outcome, JUDGEMENT_CONFIRMED);
    clear(&records, &verdicts);
}

static void what_cannot_be_measured_says_why(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"glibc loaded.anon <= 1GiB", "no run of glibc on bursts came by a phase 'loaded'"},
        {"glibc end.live_bytes <= 1GiB", "end.live_bytes was not measured of glibc on bursts"},
        {"scudo end.anon <= 1 * glibc", "'scudo' is no allocator of this run"},
        {"scudo end.anon <= 1GiB", "'scudo' is no allocator of this run"},
        {"glibc end.anon <= 1 * scudo", "'scudo' is no allocator of this run"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct records records;
        fill(&records);
        struct verdicts verdicts = judged(&records, cases[i].text);
        assert_int_equal(verdicts.claims[0].judgement_count, 1);
        assert_string_equal(verdicts.claims[0].judgements[0].missing, cases[i].wanted);
        assert_true(verdicts.claims[0].is_missing);
        assert_int_equal(verdicts_conclude(&verdicts), VERDICTS_NOT_MEASURED);
        clear(&records, &verdicts);
    }
}

static void a_claim_of_a_workload_that_was_not_run_is_missing(void **state)
{
    (void)state;
    struct records records;
    fill(&records);
    struct verdicts verdicts = judged(&records, "end.anon <= 1GiB on elsewhere");
    assert_int_equal(verdicts.claims[0].judgement_count, 0);
    assert_true(verdicts.claims[0].is_missing);
    assert_non_null(verdicts.claims[0].missing);
    clear(&records, &verdicts);
}

static void object_allocators_are_judged_apart(void **state)
{
    (void)state;
    struct records records;
    fill(&records);
    for (size_t i = 0; i < records.count / 2; i++) {
        records.trials[i].object_allocator = OBJECT_MALLOC;
    }
    struct verdicts verdicts = judged(&records, "tcmalloc end.anon <= 0.8 * glibc");
    assert_int_equal(verdicts.claims[0].judgement_count, 2);
    assert_int_equal(verdicts.claims[0].judgements[0].object_allocator, OBJECT_PYMALLOC);
    assert_int_equal(verdicts.claims[0].judgements[1].object_allocator, OBJECT_MALLOC);
    assert_int_equal(verdicts.claims[0].judgements[1].result.n, BLOCKS / 2);
    clear(&records, &verdicts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_are_confirmed_refuted_or_inconclusive),
        cmocka_unit_test(each_judgement_says_of_what_it_is),
        cmocka_unit_test(phases_of_one_allocator_are_compared_trial_by_trial),
        cmocka_unit_test(what_cannot_be_measured_says_why),
        cmocka_unit_test(a_claim_of_a_workload_that_was_not_run_is_missing),
        cmocka_unit_test(object_allocators_are_judged_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
