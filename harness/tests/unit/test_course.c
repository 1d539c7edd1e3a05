#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/course.h"
#include "report/grid.h"
#include "tests/support/contains.h"
#include "tests/support/records.h"

/* What is printed of the records, and whether course_print says that it printed; they are cleared.
 */
static char *printed(struct records *records, unsigned width)
{
    struct summary summary;
    summary_make(&summary, &records->plan, records->items, records->count);
    char *text = NULL;
    size_t size = 0;
    struct prose prose = {.out = open_memstream(&text, &size), .width = width};
    bool is_any =
        course_print(&prose, &summary, &summary.workloads[0], records->items, records->count);
    fclose(prose.out);
    assert_int_equal(is_any, size > 0);
    summary_clear(&summary);
    records_clear(records);
    return text;
}

/* An ok trial with these values of rss in MiB, one a second. */
static struct record *add(struct records *records, size_t setting, const double *sizes,
                          size_t count)
{
    struct record *record = records_add(records, setting, OUTCOME_OK);
    for (size_t i = 0; i < count; i++) {
        const char *phase = i == 0 ? PHASE_START : i + 1 < count ? "loaded" : PHASE_END;
        struct sample *sample = records_add_sample(record, phase, 1);
        sample->elapsed = (double)i;
        sample->values[METRIC_RSS] = sample->values[METRIC_ANON] = sizes[i] * 0x1p20;
    }
    return record;
}

static void allocators_of_a_group_share_both_scales(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add(&records, 0, (const double[]){10, 80, 40, 40, 40}, 5);
    add(&records, 1, (const double[]){10, 40, 20}, 3);
    cleanup_free char *text = printed(&records, 40);
    assert_string_equal(text, "\n"
                              "Resident memory over time, 0 to\n"
                              "  80.0 MiB, 0 to 4.0 s\n"
                              "allocator                  highest  last\n"
                              "glibc      ▃▅▇██▇▆▄▄▄▄▄▄▄     80.0  40.0\n"
                              "tcmalloc   ▂▃▄▄▄▄▃▂           40.0  20.0\n");
}

static void a_peak_between_two_standstills_is_shown(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    struct record *record = add(&records, 0, (const double[]){10, 20}, 2);
    record->curve = text_allocate(sizeof *record->curve);
    record->curve[0] = (struct curve_point){.elapsed = 0.5, .rss = 160 * 0x1p20};
    record->curve_count = 1;
    cleanup_free char *text = printed(&records, 80);
    assert_contains(text, "0 to 160.0 MiB, 0 to 1.0 s");
    assert_contains(text, "█");
    assert_contains(text, "  160.0  20.0\n");
}

static void the_typical_trial_is_shown_and_no_other(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add(&records, 0, (const double[]){10, 99}, 2);
    add(&records, 0, (const double[]){10, 50}, 2);
    add(&records, 0, (const double[]){10, 20}, 2);
    cleanup_free char *text = printed(&records, 80);
    assert_contains(text, "0 to 50.0 MiB");
}

static void a_single_point_is_a_single_mark(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    struct sample *end = records_add_sample(records_add(&records, 0, OUTCOME_OK), PHASE_END, 1);
    end->values[METRIC_ANON] = end->values[METRIC_RSS] = 10 * 0x1p20;
    cleanup_free char *text = printed(&records, 40);
    assert_contains(text, "\nglibc      █                  10.0  10.0\n");
}

static void without_a_point_there_is_no_table(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    records_add_ok(&records, 0, 3, 300); /* no rss */
    records_add(&records, 1, OUTCOME_CRASHED);
    cleanup_free char *text = printed(&records, 80);
    assert_string_equal(text, "");
}

static void no_line_is_wider_than_the_terminal(void **state)
{
    (void)state;
    for (unsigned width = 40; width <= 200; width += 5) {
        struct records records;
        records_init(&records);
        for (size_t i = 0; i < RECORDS_SETTINGS; i++) {
            add(&records, i, (const double[]){10, 400000 + (double)i}, 2);
        }
        records_set(&records.settings[3].name,
                    "a-definition-of-an-allocator-whose-name-is-of-sixty-four-letters");
        cleanup_free char *text = printed(&records, width);
        assert_true(grid_width(text) <= width);
        assert_contains(text, "400011.0  400011.0\n");
        if (width >= 80) {
            assert_contains(text, "\njemalloc-background  ");
        }
    }
}

int main(void)
{
    if (!setlocale(LC_CTYPE, "C.UTF-8")) {
        print_error("the locale C.UTF-8 is missing\n");
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocators_of_a_group_share_both_scales),
        cmocka_unit_test(a_peak_between_two_standstills_is_shown),
        cmocka_unit_test(the_typical_trial_is_shown_and_no_other),
        cmocka_unit_test(a_single_point_is_a_single_mark),
        cmocka_unit_test(without_a_point_there_is_no_table),
        cmocka_unit_test(no_line_is_wider_than_the_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
