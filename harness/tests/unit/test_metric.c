#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "measure/metric.h"

static void every_metric_has_a_row_that_is_filled(void **state)
{
    (void)state;
    for (int i = 0; i < METRIC_COUNT; i++) {
        const struct metric_info *info = &metric_table[i];
        assert_non_null(info->name);
        assert_non_null(info->meaning);
        assert_in_range(strlen(info->meaning), 10, 200);
        assert_true(info->meaning[strlen(info->meaning) - 1] != '.');
        assert_null(strchr(info->meaning, '\n'));
    }
}

static void metric_names_are_lower_case_words(void **state)
{
    (void)state;
    for (int i = 0; i < METRIC_COUNT; i++) {
        const char *name = metric_table[i].name;
        assert_in_range(strlen(name), 1, 32);
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_"), strlen(name));
    }
}

static void metric_names_are_unique(void **state)
{
    (void)state;
    for (int i = 0; i < METRIC_COUNT; i++) {
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(metric_table[i].name, metric_table[j].name);
        }
    }
}

/* The columns that the contract names; a run that is stored has them for ever. */
static void metric_table_holds_what_was_promised(void **state)
{
    (void)state;
    static const char *const promised[] = {"rss",
                                           "anon",
                                           "phase_peak_rss",
                                           "peak_rss",
                                           "pss",
                                           "private_dirty",
                                           "lazyfree",
                                           "anon_huge",
                                           "swap",
                                           "vsz",
                                           "tree_pss",
                                           "peak_tree_private",
                                           "processes",
                                           "minor_faults",
                                           "cpu_seconds",
                                           "wall_seconds",
                                           "tracked_objects",
                                           "allocated_blocks",
                                           "garbage_objects",
                                           "collected_objects"};
    for (size_t i = 0; i < sizeof promised / sizeof *promised; i++) {
        int found = 0;
        for (int j = 0; j < METRIC_COUNT; j++) {
            found += strcmp(metric_table[j].name, promised[i]) == 0;
        }
        assert_int_equal(found, 1);
    }
}

static void metrics_in_seconds_say_so_in_their_name(void **state)
{
    (void)state;
    for (int i = 0; i < METRIC_COUNT; i++) {
        assert_int_equal(metric_table[i].unit == UNIT_SECONDS,
                         strstr(metric_table[i].name, "_seconds") != NULL);
    }
}

static void metric_unit_name_names_each_unit(void **state)
{
    (void)state;
    assert_string_equal(metric_unit_name(UNIT_BYTES), "bytes");
    assert_string_equal(metric_unit_name(UNIT_SECONDS), "seconds");
    assert_string_equal(metric_unit_name(UNIT_OBJECTS), "count");
    assert_string_equal(metric_unit_name(UNIT_RATIO), "ratio");
}

static void absent_is_not_zero(void **state)
{
    (void)state;
    assert_true(metric_is_absent(METRIC_ABSENT));
    assert_false(metric_is_absent(0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_metric_has_a_row_that_is_filled),
        cmocka_unit_test(metric_names_are_lower_case_words),
        cmocka_unit_test(metric_names_are_unique),
        cmocka_unit_test(metric_table_holds_what_was_promised),
        cmocka_unit_test(metrics_in_seconds_say_so_in_their_name),
        cmocka_unit_test(metric_unit_name_names_each_unit),
        cmocka_unit_test(absent_is_not_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
