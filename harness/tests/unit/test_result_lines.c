#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "report/result_lines.h"
#include "tests/support/contains.h"

static char *limits_printed(const struct findings *limits, bool color, bool ascii)
{
    char *text = NULL;
    size_t size = 0;
    struct prose prose = {
        .out = open_memstream(&text, &size), .width = 60, .color = color, .ascii = ascii};
    result_lines_limits(&prose, limits);
    fclose(prose.out);
    return text;
}

static void limits_name_their_subject_and_what_to_do(void **state)
{
    (void)state;
    struct findings limits = {0};
    findings_ok(&limits, "clock", "all is well");
    findings_add(&limits, FINDING_WARN, "noise", "a quiet machine",
                 "cpu varies by ±13.0 %% under %s", "tcmalloc on request_bursts");
    findings_add(&limits, FINDING_FAIL, "failed trials", "", "2 of 2 trials failed");
    cleanup_free char *text = limits_printed(&limits, false, false);
    cleanup_free char *ascii = limits_printed(&limits, false, true);
    cleanup_free char *colored = limits_printed(&limits, true, false);
    assert_string_equal(text, "\n"
                              "Mind\n"
                              "  ! noise: cpu varies by ±13.0 % under tcmalloc on\n"
                              "    request_bursts (a quiet machine)\n"
                              "  ! failed trials: 2 of 2 trials failed\n");
    assert_contains(ascii, "by +-13.0 %");
    assert_contains(colored, PROSE_YELLOW "! noise");
    assert_contains(colored, PROSE_BOLD PROSE_RED "! failed");
    findings_clear(&limits);
}

static void where_all_is_well_there_is_nothing_to_mind(void **state)
{
    (void)state;
    struct findings limits = {0};
    cleanup_free char *nothing = limits_printed(&limits, false, false);
    assert_string_equal(nothing, "");
    findings_ok(&limits, "clock", "all is well");
    cleanup_free char *still_nothing = limits_printed(&limits, false, false);
    assert_string_equal(still_nothing, "");
    findings_clear(&limits);
}

static char empty[] = "", against[] = "glibc", price[] = "cpu 1.01 [0.97, 1.01] same",
            why[] = "malloc releasable 42.4 MiB (100 %) of 42.5 MiB held over start";

static struct headline headline_of(enum headline_tone tone, const char *word, char *subject)
{
    static char size[] = "0.62 [0.61, 0.64]";
    return (struct headline){.tone = tone,
                             .word = word,
                             .subject = subject,
                             .size = size,
                             .n = 8,
                             .rest = empty,
                             .price = price,
                             .against = against,
                             .why = why,
                             .workload = empty,
                             .claim = SIZE_MAX};
}

static char *printed(struct headline *items, size_t count, char *tally, unsigned width, bool color)
{
    const struct verdicts none = {0};
    const struct headlines headlines = {.items = items, .count = count, .tally = tally};
    char *text = NULL;
    size_t size = 0;
    struct prose prose = {.out = open_memstream(&text, &size), .width = width, .color = color};
    result_lines_print(&prose, &headlines, &none);
    fclose(prose.out);
    return text;
}

static void a_headline_stands_above_its_price_and_its_cause(void **state)
{
    (void)state;
    static char subject[] = "tcmalloc settled.anon against glibc on app";
    struct headline one = headline_of(HEADLINE_GOOD, "better", subject);
    cleanup_free char *text = printed(&one, 1, empty, 60, false);
    assert_string_equal(text, "\n"
                              "Result\n"
                              "  ✓ better: tcmalloc settled.anon against glibc on app: 0.62\n"
                              "    [0.61, 0.64], n = 8\n"
                              "      price: cpu 1.01 [0.97, 1.01] same, against glibc\n"
                              "      why: malloc releasable 42.4 MiB (100 %) of 42.5 MiB\n"
                              "        held over start\n");
}

static void what_is_not_known_is_left_out(void **state)
{
    (void)state;
    static char subject[] = "settled.anon on app";
    struct headline one = headline_of(HEADLINE_BROKEN, "not measured", subject);
    one.size = one.price = one.why = empty;
    one.n = 0;
    cleanup_free char *text = printed(&one, 1, empty, 80, false);
    assert_string_equal(text, "\nResult\n  ! not measured: settled.anon on app\n");
}

static void several_are_counted_first_and_nothing_is_said_twice(void **state)
{
    (void)state;
    static char one[] = "a", other[] = "b", third[] = "c", tally[] = "1 refuted, 2 confirmed";
    static char peak[] = "peak rss 1.10 [1.09, 1.11] worse";
    struct headline items[] = {headline_of(HEADLINE_BAD, "refuted", one),
                               headline_of(HEADLINE_GOOD, "confirmed", other),
                               headline_of(HEADLINE_GOOD, "confirmed", third)};
    items[2].price = peak;
    cleanup_free char *text = printed(items, 3, tally, 100, false);
    assert_string_equal(
        text, "\n"
              "Result: 1 refuted, 2 confirmed\n"
              "  ✗ refuted: a: 0.62 [0.61, 0.64], n = 8\n"
              "      price: cpu 1.01 [0.97, 1.01] same, against glibc\n"
              "      why: malloc releasable 42.4 MiB (100 %) of 42.5 MiB held over start\n"
              "  ✓ confirmed: b: 0.62 [0.61, 0.64], n = 8\n"
              "      price, why: as above\n"
              "  ✓ confirmed: c: 0.62 [0.61, 0.64], n = 8\n"
              "      price: peak rss 1.10 [1.09, 1.11] worse, against glibc\n"
              "      why: malloc releasable 42.4 MiB (100 %) of 42.5 MiB held over start\n");
}

static void colour_follows_the_tone_beside_a_sign_and_a_word(void **state)
{
    (void)state;
    static char subject[] = "a";
    static const char *const wanted[HEADLINE_TONES] = {
        PROSE_BOLD PROSE_RED "! w: a", PROSE_BOLD PROSE_RED "✗ w: a",
        PROSE_BOLD PROSE_YELLOW "? w: a", PROSE_BOLD "= w: a", PROSE_BOLD PROSE_GREEN "✓ w: a"};
    for (int tone = 0; tone < HEADLINE_TONES; tone++) {
        struct headline one = headline_of((enum headline_tone)tone, "w", subject);
        cleanup_free char *colored = printed(&one, 1, empty, 80, true);
        cleanup_free char *plain = printed(&one, 1, empty, 80, false);
        assert_contains(colored, wanted[tone]);
        assert_lacks(plain, "\033");
    }
}

static void without_headlines_nothing_is_printed(void **state)
{
    (void)state;
    cleanup_free char *text = printed(NULL, 0, empty, 80, false);
    assert_string_equal(text, "");
}

int main(void)
{
    if (!setlocale(LC_CTYPE, "C.UTF-8")) {
        print_error("the locale C.UTF-8 is missing\n");
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_name_their_subject_and_what_to_do),
        cmocka_unit_test(where_all_is_well_there_is_nothing_to_mind),
        cmocka_unit_test(a_headline_stands_above_its_price_and_its_cause),
        cmocka_unit_test(what_is_not_known_is_left_out),
        cmocka_unit_test(several_are_counted_first_and_nothing_is_said_twice),
        cmocka_unit_test(colour_follows_the_tone_beside_a_sign_and_a_word),
        cmocka_unit_test(without_headlines_nothing_is_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
