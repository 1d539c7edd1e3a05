#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "report/verdict_words.h"

static struct verdicts_comparison comparison_of(double estimate, double lower, double upper)
{
    return (struct verdicts_comparison){
        .metric = METRIC_ANON,
        .result = {.scale = EFFECT_RATIO,
                   .effect = {estimate, lower, upper},
                   .n = 8,
                   .visible = METRIC_ABSENT,
                   .mean_ratio = METRIC_ABSENT},
    };
}

static void assert_words(struct effect_words words, const char *estimate, const char *interval)
{
    assert_string_equal(words.estimate, estimate);
    assert_string_equal(words.interval, interval);
}

static void ratios_have_the_decimals_that_keep_the_interval_apart(void **state)
{
    (void)state;
    static const struct {
        double estimate, lower, upper;
        const char *words, *interval;
    } cases[] = {
        {0.62, 0.58, 0.66, "0.62", "[0.58, 0.66]"},
        {0.62, 0.618, 0.622, "0.620", "[0.618, 0.622]"},
        {0.62, 0.61996, 0.62004, "0.6200", "[0.6200, 0.6200]"}, /* four at most */
        {12.5, 10, 15, "12.50", "[10.00, 15.00]"},
        {1.2, 0, INFINITY, "1.20", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct verdicts_comparison comparison =
            comparison_of(cases[i].estimate, cases[i].lower, cases[i].upper);
        assert_words(verdict_words_of_comparison(&comparison), cases[i].words, cases[i].interval);
    }
}

/* 0.799 is not 0.80, and must not look like it where it is held against 0.80. */
static void a_bound_is_kept_apart_from_the_interval(void **state)
{
    (void)state;
    struct verdicts_judgement judgement = {
        .result = {.scale = EFFECT_RATIO, .effect = {0.75, 0.70, 0.799}, .bound = 0.80}};
    assert_words(verdict_words_of_judgement(&judgement, UNIT_BYTES), "0.7500", "[0.7000, 0.7990]");
    judgement.result.bound = 0.9;
    assert_words(verdict_words_of_judgement(&judgement, UNIT_BYTES), "0.75", "[0.70, 0.80]");
}

static void what_does_not_vary_is_exact(void **state)
{
    (void)state;
    struct verdicts_comparison comparison = comparison_of(1.2, 1.2, 1.2);
    comparison.result.is_exact = true;
    assert_words(verdict_words_of_comparison(&comparison), "1.20", "exactly");
}

static void values_and_differences_have_their_unit(void **state)
{
    (void)state;
    struct verdicts_comparison difference = comparison_of(0x1p21, 0x1p20, 3 * 0x1p20);
    difference.result.scale = EFFECT_DIFFERENCE;
    assert_words(verdict_words_of_comparison(&difference), "+2.00 MiB", "[+1.00, +3.00]");
    struct verdicts_judgement judgement = {
        .result = {.scale = EFFECT_LOCATION, .effect = {0.25, 0.2, 0.3}}};
    assert_words(verdict_words_of_judgement(&judgement, UNIT_SECONDS), "250.0 ms",
                 "[200.0, 300.0]");
    static const struct {
        double value;
        enum metric_unit unit;
        const char *wanted;
    } values[] = {
        {512, UNIT_BYTES, "0.5 KiB"},        {310.25 * 0x1p20, UNIT_BYTES, "310.2 MiB"},
        {0.00125, UNIT_SECONDS, "1.250 ms"}, {12.25, UNIT_SECONDS, "12.2 s"},
        {1234567, UNIT_OBJECTS, "1234567"},  {1.5, UNIT_RATIO, "1.500"},
        {0, UNIT_BYTES, "0.0 KiB"},
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        cleanup_free char *text = verdict_words_value(values[i].value, values[i].unit);
        assert_string_equal(text, values[i].wanted);
    }
}

static void each_verdict_has_a_word_and_a_sign(void **state)
{
    (void)state;
    static const struct {
        enum verdict verdict;
        enum verdict_reason reason;
        const char *word, *sign, *ascii;
    } cases[] = {
        {VERDICT_BETTER, REASON_NONE, "better", "↓", "-"},
        {VERDICT_WORSE, REASON_NONE, "worse", "↑", "+"},
        {VERDICT_SAME, REASON_NONE, "same", "=", "="},
        {VERDICT_LESS, REASON_NONE, "less", "↓", "-"},
        {VERDICT_MORE, REASON_NONE, "more", "↑", "+"},
        {VERDICT_UNKNOWN, REASON_TOO_WIDE, "unknown", "?", "?"},
        {VERDICT_UNKNOWN, REASON_AFTER_HOLM, "unknown (after Holm)", "?", "?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct verdicts_comparison comparison = comparison_of(1, 1, 1);
        comparison.result.verdict = cases[i].verdict;
        comparison.result.reason = cases[i].reason;
        assert_string_equal(verdict_words_verdict(&comparison), cases[i].word);
        assert_string_equal(verdict_words_verdict_sign(&comparison, false), cases[i].sign);
        assert_string_equal(verdict_words_verdict_sign(&comparison, true), cases[i].ascii);
    }
    static char reason[] = "it was not run";
    struct verdicts_comparison missing = {.missing = reason};
    assert_string_equal(verdict_words_verdict(&missing), "not measured");
    assert_string_equal(verdict_words_verdict_sign(&missing, false), "!");
    assert_words(verdict_words_of_comparison(&missing), "-", "");
}

static void each_outcome_has_a_sign_of_its_own(void **state)
{
    (void)state;
    static const char *const outcomes[] = {"confirmed", "refuted", "inconclusive", "not measured"};
    for (int ascii = 0; ascii < 2; ascii++) {
        for (size_t i = 0; i < 4; i++) {
            for (size_t j = 0; j < i; j++) {
                assert_string_not_equal(verdict_words_outcome_sign(outcomes[i], ascii),
                                        verdict_words_outcome_sign(outcomes[j], ascii));
            }
        }
    }
    assert_string_equal(verdict_words_outcome_sign("inconclusive (after Holm)", false), "?");
}

static void a_claim_says_first_what_its_exit_status_says(void **state)
{
    (void)state;
    struct verdicts_judgement parts[2] = {{.result.outcome = JUDGEMENT_CONFIRMED},
                                          {.result.outcome = JUDGEMENT_REFUTED}};
    struct verdicts_claim claim = {
        .judgements = parts, .judgement_count = 2, .outcome = JUDGEMENT_REFUTED};
    assert_string_equal(verdict_words_claim_outcome(&claim), "refuted");
    claim.is_missing = true;
    assert_string_equal(verdict_words_claim_outcome(&claim), "not measured");
    claim = (struct verdicts_claim){.judgements = parts, .judgement_count = 1};
    parts[0].result =
        (struct judgement){.outcome = JUDGEMENT_INCONCLUSIVE, .reason = REASON_AFTER_HOLM};
    assert_string_equal(verdict_words_claim_outcome(&claim), "inconclusive (after Holm)");
}

static void a_sentence_names_what_the_claim_leaves_open(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"end.anon <= 300MiB", "tcmalloc end.anon <= 300MiB on app without pymalloc"},
        {"tcmalloc end.anon <= 300MiB on app",
         "tcmalloc end.anon <= 300MiB on app without pymalloc"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static char workload[] = "app", left[] = "tcmalloc", none[] = "";
        struct claim claim;
        struct error err;
        struct verdicts_judgement judgement = {.workload = workload,
                                               .parameters = none,
                                               .left = left,
                                               .object_allocator = OBJECT_MALLOC};
        assert_int_equal(claim_parse(&claim, cases[i].text, NULL, &err), 0);
        cleanup_free char *sentence = verdict_words_sentence(&claim, &judgement);
        assert_string_equal(sentence, cases[i].wanted);
        claim_clear(&claim);
    }
}

static void a_difference_says_that_it_is_one(void **state)
{
    (void)state;
    struct claim claim;
    struct error err;
    assert_int_equal(claim_parse(&claim, "released.anon <= 2 * start.anon", NULL, &err), 0);
    struct verdicts_judgement judgement = {.result = {.scale = EFFECT_DIFFERENCE,
                                                      .outcome = JUDGEMENT_REFUTED,
                                                      .effect = {0x1p21, 0x1p20, 3 * 0x1p20},
                                                      .n = 8}};
    cleanup_free char *finding = verdict_words_finding(&claim, &judgement);
    assert_string_equal(finding, ": +2.00 MiB left minus right [+1.00, +3.00], n = 8");
    claim_clear(&claim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ratios_have_the_decimals_that_keep_the_interval_apart),
        cmocka_unit_test(a_bound_is_kept_apart_from_the_interval),
        cmocka_unit_test(what_does_not_vary_is_exact),
        cmocka_unit_test(values_and_differences_have_their_unit),
        cmocka_unit_test(each_verdict_has_a_word_and_a_sign),
        cmocka_unit_test(each_outcome_has_a_sign_of_its_own),
        cmocka_unit_test(a_claim_says_first_what_its_exit_status_says),
        cmocka_unit_test(a_sentence_names_what_the_claim_leaves_open),
        cmocka_unit_test(a_difference_says_that_it_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
