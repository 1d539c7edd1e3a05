#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/ratios.h"
#include "report/verdict_words.h"
#include "tests/support/contains.h"
#include "tests/support/elements.h"
#include "tests/support/judged.h"
#include "tests/support/labels.h"

static const char *const no_claims[] = {NULL};

/* The comparisons of two allocators with glibc, as in judged.h. */
static struct verdicts_group *group_of(struct judged *judged)
{
    assert_int_equal(judged->verdicts.group_count, 1);
    return &judged->verdicts.groups[0];
}

static struct forest_group *find_group(const struct forest *forest, const char *name)
{
    for (size_t i = 0; i < forest->count; i++) {
        if (strcmp(forest->groups[i].name, name) == 0) {
            return &forest->groups[i];
        }
    }
    fail_msg("there is no '%s'", name);
    return NULL;
}

static void check_picture(struct forest *forest)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    forest->frame.id = "forest";
    forest_print(forest, out);
    fclose(out);
    elements_check(text);
    labels_check(text);
    free(text);
}

static void each_figure_is_a_group_with_the_least_ratio_first(void **state)
{
    (void)state;
    struct judged judged;
    struct forest forest;
    judged_make(&judged, 8, no_claims);
    ratios_of_group(&forest, group_of(&judged));
    const struct forest_group *end = find_group(&forest, "end.anon");
    assert_int_equal(end->count, 2);
    assert_string_equal(end->rows[0].name, "tcmalloc");
    assert_string_equal(end->rows[1].name, "jemalloc");
    assert_true(end->rows[0].estimate < 0.63 && end->rows[1].estimate > 1);
    find_group(&forest, "settled.anon");
    find_group(&forest, "peak_rss");
    find_group(&forest, "end.cpu_seconds");
    assert_string_equal(forest.unit,
                        "ratio to glibc with its 95 % interval; a band is too little to matter");
    check_picture(&forest);
    forest_clear(&forest);
    judged_clear(&judged);
}

static void a_row_has_the_figures_and_words_of_its_verdict(void **state)
{
    (void)state;
    struct judged judged;
    struct forest forest;
    judged_make(&judged, 8, no_claims);
    ratios_of_group(&forest, group_of(&judged));
    const struct forest_row *row = &find_group(&forest, "end.anon")->rows[0];
    const struct verdicts_comparison *comparison = &group_of(&judged)->comparisons[0];
    assert_string_equal(comparison->candidate, "tcmalloc");
    struct effect_words effect = verdict_words_of_comparison(comparison);
    cleanup_free char *words = text_format("%s %s ↓ better", effect.estimate, effect.interval);
    assert_string_equal(row->words, words);
    assert_true(row->is_drawn && !row->is_exact);
    assert_true(row->estimate == comparison->result.effect.estimate);
    assert_true(row->low == comparison->result.effect.lower);
    assert_true(row->high == comparison->result.effect.upper);
    assert_true(row->low_edge == comparison->result.low_edge && row->low_edge < 1);
    assert_true(row->high_edge == comparison->result.high_edge && row->high_edge > 1);
    assert_int_equal(row->tone, FOREST_LESS);
    assert_contains(forest.description, words);
    forest_clear(&forest);
    judged_clear(&judged);
}

static void bands_of_time_are_wider_than_those_of_memory(void **state)
{
    (void)state;
    struct judged judged;
    struct forest forest;
    judged_make(&judged, 8, no_claims);
    ratios_of_group(&forest, group_of(&judged));
    double memory = find_group(&forest, "peak_rss")->rows[0].high_edge;
    assert_true(find_group(&forest, "end.cpu_seconds")->rows[0].high_edge > memory + 0.05);
    forest_clear(&forest);
    judged_clear(&judged);
}

static void a_difference_has_words_only(void **state)
{
    (void)state;
    struct judged judged;
    struct forest forest;
    judged_make(&judged, 8, no_claims);
    struct verdicts_comparison *comparison = &group_of(&judged)->comparisons[0];
    comparison->result.scale = EFFECT_DIFFERENCE;
    comparison->result.effect = (struct interval){-0x1p20, -0x1p21, -0x1p19};
    ratios_of_group(&forest, group_of(&judged));
    const struct forest_group *end = find_group(&forest, "end.anon");
    assert_false(end->rows[1].is_drawn); /* behind what has a ratio */
    assert_string_equal(end->rows[1].words, "-1.00 MiB [-2.00, -0.50] (difference) ↓ better");
    check_picture(&forest);
    forest_clear(&forest);
    judged_clear(&judged);
}

static void what_a_gate_asked_for_and_was_not_measured_says_why(void **state)
{
    (void)state;
    struct judged judged;
    struct forest forest;
    judged_make(&judged, 8, no_claims);
    records_set(&group_of(&judged)->comparisons[0].missing, "no trial was ok");
    ratios_of_group(&forest, group_of(&judged));
    const struct forest_group *end = find_group(&forest, "end.anon");
    assert_string_equal(end->rows[1].name, "tcmalloc");
    assert_string_equal(end->rows[1].words, "! not measured: no trial was ok");
    assert_false(end->rows[1].is_drawn);
    for (size_t i = 0; i < forest.count; i++) { /* which no run of judged.h has, nor a gate names */
        assert_string_not_equal(forest.groups[i].name, "released.anon");
    }
    forest_clear(&forest);
    judged_clear(&judged);
}

static void without_a_ratio_there_is_no_picture(void **state)
{
    (void)state;
    struct judged judged;
    struct forest forest;
    judged_make(&judged, 8, no_claims);
    struct verdicts_group *group = group_of(&judged);
    for (size_t i = 0; i < group->comparison_count; i++) {
        records_set(&group->comparisons[i].missing, "no trial was ok");
    }
    ratios_of_group(&forest, group);
    assert_int_equal(forest.count, 0);
    forest_clear(&forest);
    ratios_of_figure(&forest, &judged.verdicts, PHASE_END, METRIC_ANON);
    assert_int_equal(forest.count, 0);
    forest_clear(&forest);
    for (size_t i = 0; i < group->comparison_count; i++) {
        free(group->comparisons[i].missing);
        group->comparisons[i].missing = NULL;
        group->comparisons[i].result.scale = EFFECT_DIFFERENCE;
    }
    ratios_of_group(&forest, group);
    assert_int_equal(forest.count, 0);
    forest_clear(&forest);
    judged_clear(&judged);
}

static void too_few_runs_have_an_estimate_and_no_bounds(void **state)
{
    (void)state;
    struct judged judged;
    struct forest forest;
    judged_make(&judged, 2, no_claims);
    ratios_of_group(&forest, group_of(&judged));
    const struct forest_row *row = &find_group(&forest, "end.anon")->rows[0];
    assert_true(row->is_drawn && row->low == 0 && isinf(row->high));
    assert_int_equal(row->tone, FOREST_OPEN);
    check_picture(&forest);
    forest_clear(&forest);
    judged_clear(&judged);
}

static void several_baselines_stand_in_the_names(void **state)
{
    (void)state;
    struct judged judged;
    struct forest forest;
    judged_make(&judged, 8, no_claims);
    records_set(&group_of(&judged)->comparisons[1].baseline, "mimalloc");
    ratios_of_group(&forest, group_of(&judged));
    const struct forest_group *end = find_group(&forest, "end.anon");
    assert_string_equal(end->rows[0].name, "tcmalloc to glibc");
    assert_string_equal(end->rows[1].name, "jemalloc to mimalloc");
    assert_contains(forest.unit, "ratio to the baseline");
    forest_clear(&forest);
    judged_clear(&judged);
}

/* `count` workloads, of which number i has settled.anon at 1 + i % of glibc's. */
static void make_workloads(struct verdicts *verdicts, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        double baseline[8], candidate[8];
        for (unsigned j = 0; j < 8; j++) {
            baseline[j] = 100 * 0x1p20 * (1 + 0.0001 * j);
            candidate[j] = baseline[j] * (1 + 0.01 * i) * (1 + 0.0001 * (j * 5 % 8));
        }
        struct comparison_question question = {.baseline = baseline,
                                               .candidate = candidate,
                                               .baseline_count = 8,
                                               .candidate_count = 8,
                                               .better = BETTER_LESS,
                                               .threshold = {0.03, 0x1p16},
                                               .looks = 1,
                                               .seed = 1};
        struct verdicts_added added = {.baseline = "glibc",
                                       .candidate = "tcmalloc",
                                       .phase = PHASE_SETTLED,
                                       .metric = METRIC_ANON,
                                       .question = &question};
        cleanup_free char *name = text_format("load%u", i);
        verdicts_add(verdicts_add_group(verdicts, name, i == 1 ? "n=3" : "",
                                        i == 2 ? OBJECT_MALLOC : OBJECT_PYMALLOC),
                     &added);
    }
}

static void one_figure_of_several_workloads_has_them_for_headings(void **state)
{
    (void)state;
    struct verdicts verdicts = {0};
    struct forest forest;
    make_workloads(&verdicts, 3);
    ratios_of_figure(&forest, &verdicts, PHASE_SETTLED, METRIC_ANON);
    assert_int_equal(forest.count, 3);
    assert_int_equal(forest.groups[0].count, 1);
    assert_string_equal(forest.groups[0].name, "load0");
    assert_string_equal(forest.groups[0].rows[0].name, "tcmalloc");
    assert_string_equal(forest.groups[1].name, "load1");
    assert_string_equal(forest.groups[2].name, "load2, without pymalloc");
    assert_string_equal(forest.title, "settled.anon: ratio to glibc");
    assert_string_equal(forest.note, "");
    check_picture(&forest);
    forest_clear(&forest);
    verdicts_clear(&verdicts);
}

static void one_figure_of_one_workload_has_no_heading(void **state)
{
    (void)state;
    struct verdicts verdicts = {0};
    struct forest forest;
    make_workloads(&verdicts, 1);
    ratios_of_figure(&forest, &verdicts, PHASE_SETTLED, METRIC_ANON);
    assert_int_equal(forest.count, 1);
    assert_string_equal(forest.groups[0].name, "");
    assert_string_equal(forest.groups[0].rows[0].name, "tcmalloc");
    assert_string_equal(forest.title, "settled.anon on load0: ratio to glibc");
    forest_clear(&forest);
    verdicts_clear(&verdicts);
}

static void of_many_rows_those_farthest_from_1_are_kept_and_the_others_counted(void **state)
{
    (void)state;
    struct verdicts verdicts = {0};
    struct forest forest;
    make_workloads(&verdicts, 30);
    ratios_of_figure(&forest, &verdicts, PHASE_SETTLED, METRIC_ANON);
    assert_int_equal(forest.count, RATIOS_MOST);
    assert_string_equal(forest.groups[0].name, "load6");
    assert_string_equal(forest.groups[RATIOS_MOST - 1].name, "load29");
    assert_string_equal(forest.note, "6 more, nearer to 1 or not measured, are left out.");
    check_picture(&forest);
    forest_clear(&forest);
    verdicts_clear(&verdicts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_figure_is_a_group_with_the_least_ratio_first),
        cmocka_unit_test(a_row_has_the_figures_and_words_of_its_verdict),
        cmocka_unit_test(bands_of_time_are_wider_than_those_of_memory),
        cmocka_unit_test(a_difference_has_words_only),
        cmocka_unit_test(what_a_gate_asked_for_and_was_not_measured_says_why),
        cmocka_unit_test(without_a_ratio_there_is_no_picture),
        cmocka_unit_test(too_few_runs_have_an_estimate_and_no_bounds),
        cmocka_unit_test(several_baselines_stand_in_the_names),
        cmocka_unit_test(one_figure_of_several_workloads_has_them_for_headings),
        cmocka_unit_test(one_figure_of_one_workload_has_no_heading),
        cmocka_unit_test(of_many_rows_those_farthest_from_1_are_kept_and_the_others_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
