#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "report/document.h"
#include "tests/support/contains.h"
#include "tests/support/expected.h"
#include "tests/support/reported.h"
#include "tests/support/scratch.h"

/* Parsed again; a key that comes twice is an error. And clears the run. */
static json_t *read_back(struct reported *reported)
{
    json_error_t problem;
    reported_make(reported);
    cleanup_free char *text = reported_print(reported, document_print);
    reported_clear(reported);
    json_t *document = json_loads(text, JSON_REJECT_DUPLICATES, &problem);
    if (!document) {
        fail_msg("line %d: %s", problem.line, problem.text);
    }
    return document;
}

static json_t *at(json_t *value, const char *path)
{
    struct text_list steps = {0};
    text_list_split(&steps, path, '/');
    for (size_t i = 0; i < steps.count; i++) {
        value = json_is_array(value) ? json_array_get(value, (size_t)atoi(steps.items[i]))
                                     : json_object_get(value, steps.items[i]);
    }
    text_list_clear(&steps);
    assert_non_null(value);
    return value;
}

static void a_small_run_is_as_expected(void **state)
{
    (void)state;
    struct reported reported;
    reported_init(&reported);
    reported.count = 2; /* glibc, tcmalloc */
    for (size_t i = 0; i < 2; i++) {
        reported.records.items[i].sample_count = 2; /* the rest stays to be freed */
    }
    reported.records.plan.setting_count = 2;
    reported_make(&reported);
    cleanup_free char *text = reported_print(&reported, document_print);
    reported_clear(&reported);
    expected_check(text, "report.json");
}

static void figures_have_the_names_and_values_of_the_csv_file(void **state)
{
    (void)state;
    struct reported reported;
    reported_init(&reported);
    json_t *document = read_back(&reported);
    json_t *figures = at(document, "workloads/0/groups/0/allocators/1/figures");
    assert_string_equal(json_string_value(at(figures, "end.anon/unit")), "bytes");
    assert_int_equal(json_integer_value(at(figures, "end.anon/count")), 8);
    assert_true(json_is_null(at(figures, "end.anon/trial")));
    assert_true(json_is_integer(at(figures, "settled.layer.pymalloc_free/median")));
    assert_true(json_integer_value(at(figures, "settled.layer.pymalloc_free/trial")) > 0);
    assert_string_equal(json_string_value(at(document, "schema")), "membench.report/1");
    assert_int_equal(json_array_size(at(document, "claims")), 4);
    assert_int_equal(json_array_size(at(document, "trials")), 25);
    json_decref(document);
}

static void what_is_absent_or_endless_is_null(void **state)
{
    (void)state;
    struct reported reported;
    reported_init(&reported);
    json_t *document = read_back(&reported);
    assert_true(json_is_null(at(document, "trials/0/samples/0/values/swap")) ||
                json_is_integer(at(document, "trials/0/samples/0/values/swap")));
    assert_true(json_is_null(at(document, "trials/0/samples/0/values/vsz")));
    assert_true(json_is_null(at(document, "trials/0/repeats")));
    assert_true(json_is_null(at(document, "run/repeats")));
    json_t *comparisons = at(document, "workloads/0/groups/0/comparisons");
    assert_true(json_array_size(comparisons) > 0);
    json_decref(document);
}

/* Too few runs for an interval: its bounds are endless. */
static void an_endless_bound_is_null(void **state)
{
    (void)state;
    struct reported reported;
    reported_init(&reported);
    reported.count = 6; /* two blocks */
    json_t *document = read_back(&reported);
    json_t *comparison = at(document, "workloads/0/groups/0/comparisons/0");
    assert_string_equal(json_string_value(at(comparison, "reason")), "too_few");
    assert_true(json_is_null(at(comparison, "upper")));
    assert_true(json_is_number(at(comparison, "estimate")));
    json_decref(document);
}

static void text_of_others_is_valid_whatever_it_is(void **state)
{
    (void)state;
    struct reported reported;
    reported_init(&reported);
    records_set(&reported.records.workload.summary, "a\xFF\x1b\n\"\\</script>");
    records_set(&reported.records.settings[0].name, "\xC3");
    json_t *document = read_back(&reported);
    assert_string_equal(json_string_value(at(document, "workloads/0/summary")),
                        "a\xEF\xBF\xBD\x1b\n\"\\</script>");
    assert_string_equal(json_string_value(at(document, "allocators/0/name")), "\xEF\xBF\xBD");
    json_decref(document);
}

static void numbers_have_no_more_digits_than_they_mean(void **state)
{
    (void)state;
    struct reported reported;
    reported_init(&reported);
    reported.records.options.settle = 0.1;
    reported.records.items[0].seconds = 1.0 / 3;
    reported_make(&reported);
    cleanup_free char *text = reported_print(&reported, document_print);
    reported_clear(&reported);
    assert_contains(text, "\"settle\": 0.1\n");
    assert_contains(text, "\"seconds\": 0.333333333,");
}

static void a_place_that_cannot_be_written_is_an_error(void **state)
{
    struct reported reported;
    struct error err = {0};
    cleanup_free char *path = scratch_path(state, "missing/report.json");
    reported_init(&reported);
    reported_make(&reported);
    assert_int_equal(document_write(&reported.report, path, &err), -1);
    assert_contains(err.message, "cannot write '");
    reported_clear(&reported);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_run_is_as_expected),
        cmocka_unit_test(figures_have_the_names_and_values_of_the_csv_file),
        cmocka_unit_test(what_is_absent_or_endless_is_null),
        cmocka_unit_test(an_endless_bound_is_null),
        cmocka_unit_test(text_of_others_is_valid_whatever_it_is),
        cmocka_unit_test(numbers_have_no_more_digits_than_they_mean),
        scratch_test(a_place_that_cannot_be_written_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
