#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "report/headline.h"
#include "tests/support/contains.h"
#include "tests/support/judged.h"
#include "tests/support/near.h"

struct fixture {
    struct judged judged;
    struct summary summary;
    struct headlines headlines;
};

static void make(struct fixture *fixture, unsigned blocks, const char *const *claims)
{
    struct records *records = &fixture->judged.records;
    judged_make(&fixture->judged, blocks, claims);
    summary_make(&fixture->summary, &records->plan, records->items, records->count);
    headlines_make(&fixture->headlines, &fixture->summary, &fixture->judged.verdicts);
}

static void clear(struct fixture *fixture)
{
    headlines_clear(&fixture->headlines);
    summary_clear(&fixture->summary);
    judged_clear(&fixture->judged);
}

/* tcmalloc holds 0.62 of glibc's, jemalloc hardly differs or 20 % more. */
static void claims_come_the_worst_first(void **state)
{
    (void)state;
    static const char *const claims[] = {
        "tcmalloc settled.anon <= 0.80 * glibc",
        "jemalloc settled.anon <= 1.1 * glibc",
        "tcmalloc settled.anon <= 0.50 * glibc",
        "tcmalloc collected.anon <= 0.80 * glibc",
        NULL,
    };
    static const char *const words[] = {"not measured", "refuted", "inconclusive", "confirmed"};
    static const size_t order[] = {3, 2, 1, 0};
    struct fixture fixture;
    make(&fixture, 8, claims);
    assert_int_equal(fixture.headlines.count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(fixture.headlines.items[i].word, words[i]);
        assert_int_equal(fixture.headlines.items[i].claim, order[i]);
    }
    assert_string_equal(fixture.headlines.tally,
                        "1 not measured, 1 refuted, 1 inconclusive, 1 confirmed");
    clear(&fixture);
}

static void a_headline_tells_size_certainty_and_number_in_one_sentence(void **state)
{
    (void)state;
    static const char *const claims[] = {"tcmalloc settled.anon <= 0.80 * glibc", NULL};
    struct fixture fixture;
    make(&fixture, 8, claims);
    const struct headline *headline = &fixture.headlines.items[0];
    cleanup_free char *sentence = headline_sentence(headline);
    assert_contains(sentence, "confirmed: tcmalloc settled.anon <= 0.8 * glibc on bursts: 0.6");
    assert_contains(sentence, "], n = 8");
    assert_true(headline->estimate > 0.61 && headline->estimate < 0.63);
    assert_true(headline->lower < headline->estimate && headline->estimate < headline->upper);
    assert_int_equal(headline->n, 8);
    assert_string_equal(fixture.headlines.tally, "");
    clear(&fixture);
}

static void the_price_is_time_and_peak(void **state)
{
    (void)state;
    static const char *const claims[] = {"tcmalloc settled.anon <= 0.80 * glibc", NULL};
    struct fixture fixture;
    make(&fixture, 8, claims);
    const char *price = fixture.headlines.items[0].price;
    assert_true(text_starts_with(price, "cpu "));
    assert_contains(price, "; wall ");
    assert_contains(price, "; peak rss 0.6");
    assert_contains(price, " better");
    clear(&fixture);
}

/* Comparisons are with the control: where a claim is not, there is nothing to tell. */
static void the_price_is_against_what_the_claim_is_against(void **state)
{
    (void)state;
    static const char *const claims[] = {"tcmalloc settled.anon <= 0.80 * jemalloc",
                                         "tcmalloc settled.anon <= 1GiB", NULL};
    struct fixture fixture;
    make(&fixture, 8, claims);
    for (size_t i = 0; i < 2; i++) {
        const struct headline *headline = &fixture.headlines.items[i];
        assert_string_equal(headline->against, headline->claim == 1 ? "glibc" : "");
        assert_int_equal(headline->price_count, headline->claim == 1 ? 3 : 0);
    }
    clear(&fixture);
}

/* Of every allocator but glibc: confirmed of one, refuted of the other. */
static void a_claim_of_several_is_told_by_the_case_that_decides(void **state)
{
    (void)state;
    static const char *const claims[] = {"settled.anon <= 0.80 * glibc", NULL};
    struct fixture fixture;
    make(&fixture, 8, claims);
    const struct headline *headline = &fixture.headlines.items[0];
    assert_int_equal(fixture.headlines.count, 1);
    assert_string_equal(headline->word, "refuted");
    assert_true(text_starts_with(headline->subject, "jemalloc settled.anon"));
    assert_string_equal(headline->rest, "100.3 MiB against 90.3 MiB; refuted in 1 of 2 cases");
    clear(&fixture);
}

static void what_was_not_measured_says_why(void **state)
{
    (void)state;
    static const char *const claims[] = {"tcmalloc released.anon <= 0.80 * glibc", NULL};
    struct fixture fixture;
    make(&fixture, 8, claims);
    const struct headline *headline = &fixture.headlines.items[0];
    assert_int_equal(headline->tone, HEADLINE_BROKEN);
    assert_true(metric_is_absent(headline->estimate));
    assert_int_equal(headline->n, 0);
    assert_true(strlen(headline->rest) > 0);
    assert_string_equal(headline->size, "");
    assert_string_equal(headline->price, "");
    assert_int_equal(headline->price_count, 0);
    clear(&fixture);
}

static void without_claims_the_allocator_that_helps_most_is_told(void **state)
{
    (void)state;
    static const char *const claims[] = {NULL};
    struct fixture fixture;
    make(&fixture, 8, claims);
    const struct headline *headline = &fixture.headlines.items[0];
    assert_int_equal(fixture.headlines.count, 1);
    assert_string_equal(headline->word, "better");
    assert_string_equal(headline->subject, "tcmalloc settled.anon against glibc on bursts");
    assert_string_equal(headline->rest,
                        "56.0 MiB against 90.3 MiB; of 2 allocators 1 better, 1 unknown");
    assert_int_equal(headline->tone, HEADLINE_GOOD);
    assert_int_equal(headline->claim, SIZE_MAX);
    clear(&fixture);
}

static void one_allocator_tells_what_it_holds(void **state)
{
    (void)state;
    struct fixture fixture;
    struct records *records = &fixture.judged.records;
    records_init(records);
    records->plan.setting_count = 1;
    for (unsigned i = 0; i < 3; i++) {
        struct record *record = records_add_ok(records, 0, 10, 30);
        records_add_sample(record, PHASE_SETTLED, 1)->values[METRIC_ANON] = (25 + i) * 0x1p20;
    }
    verdicts_make(&fixture.judged.verdicts, &records->plan, records->items, records->count);
    summary_make(&fixture.summary, &records->plan, records->items, records->count);
    headlines_make(&fixture.headlines, &fixture.summary, &fixture.judged.verdicts);
    cleanup_free char *sentence = headline_sentence(&fixture.headlines.items[0]);
    assert_string_equal(sentence, "measured: glibc settled.anon on bursts: 26.0 MiB, n = 3; 16.0 "
                                  "MiB over start");
    assert_near(fixture.headlines.items[0].estimate, 26 * 0x1p20);
    assert_true(metric_is_absent(fixture.headlines.items[0].lower)); /* a range is no interval */
    assert_string_equal(headline_sign(&fixture.headlines.items[0], true), "*");
    clear(&fixture);
}

static void a_run_of_failures_was_not_measured(void **state)
{
    (void)state;
    struct fixture fixture;
    struct records *records = &fixture.judged.records;
    records_init(records);
    records->plan.setting_count = 1;
    records_add(records, 0, OUTCOME_CRASHED);
    records_add(records, 0, OUTCOME_CRASHED);
    verdicts_make(&fixture.judged.verdicts, &records->plan, records->items, records->count);
    summary_make(&fixture.summary, &records->plan, records->items, records->count);
    headlines_make(&fixture.headlines, &fixture.summary, &fixture.judged.verdicts);
    cleanup_free char *sentence = headline_sentence(&fixture.headlines.items[0]);
    assert_string_equal(sentence,
                        "not measured: settled.anon on bursts; glibc: crashed in 2 of 2 runs");
    clear(&fixture);
}

static void signs_tell_tones_apart_without_colour(void **state)
{
    (void)state;
    for (int ascii = 0; ascii < 2; ascii++) {
        for (int i = 0; i < HEADLINE_TONES; i++) {
            for (int j = 0; j < i; j++) {
                struct headline one = {.tone = (enum headline_tone)i, .word = "same"};
                struct headline other = {.tone = (enum headline_tone)j, .word = "same"};
                assert_string_not_equal(headline_sign(&one, ascii), headline_sign(&other, ascii));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_come_the_worst_first),
        cmocka_unit_test(a_headline_tells_size_certainty_and_number_in_one_sentence),
        cmocka_unit_test(the_price_is_time_and_peak),
        cmocka_unit_test(the_price_is_against_what_the_claim_is_against),
        cmocka_unit_test(a_claim_of_several_is_told_by_the_case_that_decides),
        cmocka_unit_test(what_was_not_measured_says_why),
        cmocka_unit_test(without_claims_the_allocator_that_helps_most_is_told),
        cmocka_unit_test(one_allocator_tells_what_it_holds),
        cmocka_unit_test(a_run_of_failures_was_not_measured),
        cmocka_unit_test(signs_tell_tones_apart_without_colour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
