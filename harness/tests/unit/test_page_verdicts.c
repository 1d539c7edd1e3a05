#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "page/page_verdicts.h"
#include "tests/support/contains.h"
#include "tests/support/elements.h"
#include "tests/support/judged.h"

static const char *const claims[] = {"tcmalloc end.anon <= 0.80 * glibc", "end.anon <= 90MiB",
                                     "tcmalloc loaded.anon <= 1MiB", NULL};

static char *claims_printed(const struct verdicts *verdicts)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    page_verdicts_print_claims(out, verdicts);
    fclose(out);
    elements_check(text);
    return text;
}

static void each_claim_is_a_banner_with_its_sign_and_source(void **state)
{
    (void)state;
    struct judged judged;
    judged_make(&judged, 8, claims);
    char *text = claims_printed(&judged.verdicts);
    assert_int_equal(elements_count(text, "<div class=\"claim "), 3);
    assert_contains(text, "<div class=\"claim confirmed\">\n<p><strong>✓ confirmed</strong>: ");
    assert_contains(text, "<strong>✗ refuted</strong>");
    assert_contains(text, "<strong>! not measured</strong>");
    assert_contains(text, "tcmalloc end.anon &lt;= 0.8 * glibc on bursts: 0.6");
    assert_contains(text, "✗ refuted on bursts, glibc: ");
    assert_contains(text, "https://example.org/post");
    assert_lacks(text, "href");
    free(text);
    judged_clear(&judged);
}

static void without_claims_there_is_no_banner(void **state)
{
    (void)state;
    char *text = claims_printed(&(struct verdicts){0});
    assert_string_equal(text, "");
    free(text);
}

/* Titles, sources and names are of strangers. */
static void nothing_of_a_claim_can_act(void **state)
{
    (void)state;
    struct judged judged;
    judged_make(&judged, 8, claims);
    struct verdicts_claim *claim = &judged.verdicts.claims[0];
    records_set(&claim->claim.title, "<script>alert(1)</script>");
    records_set(&claim->claim.source, "\"><img src=x>");
    records_set(&claim->judgements[0].workload, "<b>bold</b>");
    char *text = claims_printed(&judged.verdicts);
    assert_lacks(text, "<script");
    assert_lacks(text, "<img");
    assert_lacks(text, "<b>");
    free(text);
    judged_clear(&judged);
}

static void comparisons_are_a_table_with_exact_values(void **state)
{
    (void)state;
    struct judged judged;
    char *text = NULL;
    size_t size = 0;
    judged_make(&judged, 8, claims);
    FILE *out = open_memstream(&text, &size);
    page_verdicts_print_group(out, &judged.verdicts, "bursts", "", OBJECT_PYMALLOC);
    fclose(out);
    elements_check(text);
    assert_int_equal(elements_count(text, "<table"), 1);
    assert_contains(text, "Against glibc: ratio, its 95 % interval, verdict");
    assert_contains(text, "<small>gated</small>");
    assert_contains(text, "<small class=\"less\">↓ better</small>");
    assert_contains(text, "<small class=\"absent\">? unknown</small>");
    assert_contains(text, "<td data-value=\"0.6");
    assert_contains(text, "two modes");
    assert_lacks(text, "released.anon"); /* nobody has it */
    free(text);
    judged_clear(&judged);
}

static void another_workload_has_no_table(void **state)
{
    (void)state;
    struct judged judged;
    char *text = NULL;
    size_t size = 0;
    judged_make(&judged, 8, claims);
    FILE *out = open_memstream(&text, &size);
    page_verdicts_print_group(out, &judged.verdicts, "elsewhere", "", OBJECT_PYMALLOC);
    page_verdicts_print_group(out, &judged.verdicts, "bursts", "n=2", OBJECT_PYMALLOC);
    page_verdicts_print_group(out, &judged.verdicts, "bursts", "", OBJECT_MALLOC);
    fclose(out);
    assert_int_equal(size, 0);
    free(text);
    judged_clear(&judged);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_claim_is_a_banner_with_its_sign_and_source),
        cmocka_unit_test(without_claims_there_is_no_banner),
        cmocka_unit_test(nothing_of_a_claim_can_act),
        cmocka_unit_test(comparisons_are_a_table_with_exact_values),
        cmocka_unit_test(another_workload_has_no_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
