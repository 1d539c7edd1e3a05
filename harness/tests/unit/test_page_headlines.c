#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "page/page_headlines.h"
#include "tests/support/contains.h"
#include "tests/support/elements.h"
#include "tests/support/judged.h"

static const char *const claims[] = {"tcmalloc end.anon <= 0.80 * glibc", "end.anon <= 90MiB",
                                     "tcmalloc loaded.anon <= 1MiB", NULL};

struct fixture {
    struct judged judged;
    struct run_info info;
    struct report report;
};

static void make(struct fixture *fixture, const char *const *said)
{
    struct records *records = &fixture->judged.records;
    fixture->info = (struct run_info){.id = text_copy("r"), .finished = text_copy("now")};
    judged_make(&fixture->judged, 8, said);
    report_make(&fixture->report, &fixture->info, &records->plan, records->items, records->count);
}

/* And clears it. */
static char *printed(struct fixture *fixture)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    page_headlines_print(out, &fixture->report);
    fclose(out);
    report_clear(&fixture->report);
    judged_clear(&fixture->judged);
    run_info_clear(&fixture->info);
    elements_check(text);
    return text;
}

static void claims_are_counted_and_come_the_worst_first(void **state)
{
    (void)state;
    struct fixture fixture;
    make(&fixture, claims);
    cleanup_free char *text = printed(&fixture);
    const char *broken = strstr(text, "<div class=\"headline broken\" data-word=\"not measured\"");
    const char *bad = strstr(text, "<div class=\"headline bad\" data-word=\"refuted\"");
    const char *good = strstr(text, "<div class=\"headline good\" data-word=\"confirmed\"");
    assert_true(broken && broken < bad && bad < good);
    assert_contains(text, "<p class=\"tally\">1 not measured, 1 refuted, 1 confirmed</p>");
    assert_int_equal(elements_count(text, "<div class=\"headline "), 3);
}

static void a_sentence_has_sign_word_size_interval_and_number(void **state)
{
    (void)state;
    struct fixture fixture;
    make(&fixture, claims);
    struct headline *headline = &fixture.report.headlines.items[2];
    headline->estimate = 0.625;
    headline->lower = 0.5;
    headline->upper = 0.75;
    records_set(&headline->size, "0.62 [0.50, 0.75]");
    cleanup_free char *text = printed(&fixture);
    assert_contains(text, "data-word=\"confirmed\" data-value=\"0.625\" data-low=\"0.5\" "
                          "data-high=\"0.75\" data-n=\"8\" data-claim=\"0\">");
    assert_contains(
        text, "<span class=\"sign\" aria-hidden=\"true\">✓</span> "
              "<strong>confirmed</strong>: <bdi>tcmalloc end.anon &lt;= 0.8 * glibc on "
              "bursts</bdi>: <span class=\"size\">0.62 [0.50, 0.75]</span>, n\xC2\xA0=\xC2\xA0"
              "8; <bdi>62.2 MiB against 100.3 MiB</bdi></p>");
}

static void the_price_has_exact_values(void **state)
{
    (void)state;
    struct fixture fixture;
    make(&fixture, claims);
    struct headline_price *price = &fixture.report.headlines.items[2].prices[0];
    price->estimate = 6;
    price->lower = 5.5;
    price->upper = 6.5;
    records_set(&price->size, "6.00 [5.50, 6.50]");
    price->verdict = "worse";
    cleanup_free char *text = printed(&fixture);
    assert_contains(text, "<dt>price</dt><dd>cpu <span data-value=\"6\" data-low=\"5.5\" "
                          "data-high=\"6.5\">6.00 [5.50, 6.50]</span> worse; wall <span");
}

static void each_case_of_a_claim_has_its_row(void **state)
{
    (void)state;
    struct fixture fixture;
    make(&fixture, claims);
    cleanup_free char *text = printed(&fixture);
    const char *bad = strstr(text, "data-word=\"refuted\"");
    const char *good = strstr(text, "data-word=\"confirmed\"");
    assert_true(bad && good);
    cleanup_free char *cases = strndup(bad, (size_t)(good - bad));
    assert_contains(cases, "<summary>Each case</summary>");
    assert_int_equal(elements_count(cases, "<tr><th scope=\"row\"><bdi>bursts</bdi></th>"), 3);
    assert_contains(cases, "<td><bdi>glibc</bdi></td><td>✗ refuted</td><td data-value=\"");
    assert_contains(cases, "<bdi>What the page says</bdi> · source: "
                           "<bdi>https://example.org/post</bdi>");
    assert_lacks(text, "href");
}

static void without_claims_the_comparisons_are_told(void **state)
{
    (void)state;
    static const char *const none[] = {NULL};
    struct fixture fixture;
    make(&fixture, none);
    cleanup_free char *text = printed(&fixture);
    assert_int_equal(elements_count(text, "<div class=\"headline "), 1);
    assert_contains(text, "<div class=\"headline good\" data-word=\"better\" data-value=\"0.6");
    assert_lacks(text, "class=\"tally\"");
}

static void a_run_without_trials_says_so(void **state)
{
    (void)state;
    struct records records;
    struct run_info info = {.id = text_copy("r"), .finished = text_copy("")};
    records_init(&records);
    struct report report;
    report_make(&report, &info, &records.plan, records.items, 0);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    page_headlines_print(out, &report);
    fclose(out);
    assert_contains(text, "No trial has run.");
    free(text);
    report_clear(&report);
    records_clear(&records);
    run_info_clear(&info);
}

/* Titles, sources and names are of strangers. */
static void nothing_of_a_claim_can_act(void **state)
{
    (void)state;
    struct fixture fixture;
    make(&fixture, claims);
    struct verdicts_claim *claim = &fixture.report.verdicts.claims[0];
    records_set(&claim->claim.title, "<script>alert(1)</script>");
    records_set(&claim->claim.source, "\"><img src=x>");
    records_set(&claim->judgements[0].workload, "<b>bold</b>");
    for (size_t i = 0; i < 3; i++) {
        records_set(&fixture.report.headlines.items[i].subject, "</p><script>\xE2\x80\xAE\xFF");
        records_set(&fixture.report.headlines.items[i].why, "<i>why</i>");
    }
    cleanup_free char *text = printed(&fixture);
    assert_lacks(text, "<script");
    assert_lacks(text, "<img");
    assert_lacks(text, "<b>");
    assert_lacks(text, "<i>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_are_counted_and_come_the_worst_first),
        cmocka_unit_test(a_sentence_has_sign_word_size_interval_and_number),
        cmocka_unit_test(the_price_has_exact_values),
        cmocka_unit_test(each_case_of_a_claim_has_its_row),
        cmocka_unit_test(without_claims_the_comparisons_are_told),
        cmocka_unit_test(a_run_without_trials_says_so),
        cmocka_unit_test(nothing_of_a_claim_can_act),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
