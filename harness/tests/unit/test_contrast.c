#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "stats/contrast.h"
#include "tests/support/baselines.h"
#include "tests/support/contains.h"

enum { GLIBC, TCMALLOC };

/* Two baselines that are the same: 100 and 120 MiB of anon, 5000 objects, a second of time. */
struct fixture {
    struct baseline before, now;
    struct gate gates[3];
    struct gated gated;
    struct contrast contrast;
    const char *control;
    bool is_lenient;
};

static const double mib = 0x1p20;

static void fill(struct baseline *baseline)
{
    baselines_init(baseline);
    baselines_put_same(baseline, GLIBC, "end", METRIC_ANON, 100 * mib);
    baselines_put_same(baseline, TCMALLOC, "end", METRIC_ANON, 120 * mib);
    baselines_put_same(baseline, GLIBC, "end", METRIC_TRACKED_OBJECTS, 5000);
    baselines_put_same(baseline, TCMALLOC, "end", METRIC_TRACKED_OBJECTS, 5000);
    baselines_put_same(baseline, GLIBC, "end", METRIC_CPU_SECONDS, 1);
    baselines_put_same(baseline, TCMALLOC, "end", METRIC_CPU_SECONDS, 1);
}

static int setup(void **state)
{
    static struct fixture fixture;
    struct error err = {0};
    fixture = (struct fixture){.control = ""};
    fill(&fixture.before);
    fill(&fixture.now);
    static const char *const names[] = {"end.anon", "end.tracked_objects", "end.cpu_seconds"};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(gate_parse(&fixture.gates[i], names[i], &err), 0);
    }
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    contrast_clear(&fixture->contrast);
    gated_clear(&fixture->gated);
    baseline_clear(&fixture->before);
    baseline_clear(&fixture->now);
    for (int i = 0; i < 3; i++) {
        gate_clear(&fixture->gates[i]);
    }
    return 0;
}

static void make(struct fixture *fixture)
{
    gated_clear(&fixture->gated);
    gated_init(&fixture->gated, fixture->gates, 3);
    struct contrast_question question = {.baseline = &fixture->before,
                                         .candidate = &fixture->now,
                                         .baseline_name = "b.txt",
                                         .candidate_name = "run-2",
                                         .gated = &fixture->gated,
                                         .control = fixture->control,
                                         .looks = 1,
                                         .is_strict = !fixture->is_lenient};
    contrast_make(&fixture->contrast, &question);
}

static void put(struct baseline *baseline, size_t series, double value)
{
    for (size_t i = 0; i < baseline->series[series].count; i++) {
        baseline->series[series].values[i] = value;
    }
}

/* The row of the first group, or NULL. */
static const struct verdicts_comparison *row(const struct fixture *fixture, const char *allocator,
                                             enum metric metric)
{
    const struct verdicts_group *group = &fixture->contrast.verdicts.groups[0];
    for (size_t i = 0; i < group->comparison_count; i++) {
        if (group->comparisons[i].metric == metric &&
            strcmp(group->comparisons[i].candidate, allocator) == 0) {
            return &group->comparisons[i];
        }
    }
    return NULL;
}

static bool has_note(const struct fixture *fixture, const char *part)
{
    for (size_t i = 0; i < fixture->contrast.notes.count; i++) {
        if (strstr(fixture->contrast.notes.items[i], part)) {
            return true;
        }
    }
    return false;
}

static enum verdicts_conclusion conclusion(const struct fixture *fixture)
{
    return verdicts_conclude(&fixture->contrast.verdicts);
}

/* The series of fill(), by their places. */
enum { ANON_GLIBC, ANON_TCMALLOC, OBJECTS_GLIBC, OBJECTS_TCMALLOC, CPU_GLIBC, CPU_TCMALLOC };

static void with_nothing_changed_all_is_the_same(void **state)
{
    struct fixture *fixture = *state;
    make(fixture);
    assert_null(fixture->contrast.difference);
    assert_int_equal(fixture->contrast.compared, 6);
    assert_int_equal(fixture->contrast.notes.count, 0);
    assert_int_equal(row(fixture, "glibc", METRIC_ANON)->result.verdict, VERDICT_SAME);
    assert_int_equal(conclusion(fixture), VERDICTS_HOLD);
}

static void ten_per_cent_more_is_worse_by_both_kinds_of_gate(void **state)
{
    struct fixture *fixture = *state;
    put(&fixture->now, ANON_GLIBC, 110 * mib);
    put(&fixture->now, OBJECTS_GLIBC, 5500);
    make(fixture);
    assert_int_equal(row(fixture, "glibc", METRIC_ANON)->result.verdict, VERDICT_WORSE);
    assert_int_equal(row(fixture, "glibc", METRIC_TRACKED_OBJECTS)->result.verdict, VERDICT_WORSE);
    assert_int_equal(row(fixture, "tcmalloc", METRIC_ANON)->result.verdict, VERDICT_SAME);
    assert_string_equal(row(fixture, "glibc", METRIC_ANON)->control, "");
    assert_string_equal(row(fixture, "glibc", METRIC_ANON)->baseline, "b.txt");
    assert_int_equal(conclusion(fixture), VERDICTS_FAIL);
}

static void less_is_better_and_holds(void **state)
{
    struct fixture *fixture = *state;
    put(&fixture->now, ANON_GLIBC, 90 * mib);
    make(fixture);
    assert_int_equal(row(fixture, "glibc", METRIC_ANON)->result.verdict, VERDICT_BETTER);
    assert_int_equal(conclusion(fixture), VERDICTS_HOLD);
}

static void a_slower_program_is_a_warning_only(void **state)
{
    struct fixture *fixture = *state;
    put(&fixture->now, CPU_GLIBC, 2);
    make(fixture);
    assert_int_equal(row(fixture, "glibc", METRIC_CPU_SECONDS)->result.verdict, VERDICT_WORSE);
    assert_int_equal(row(fixture, "glibc", METRIC_CPU_SECONDS)->level, GATE_WARN);
    assert_int_equal(conclusion(fixture), VERDICTS_HOLD);
}

static void too_few_values_are_inconclusive(void **state)
{
    struct fixture *fixture = *state;
    fixture->now.series[ANON_GLIBC].values[0] *= 1.001;
    make(fixture);
    assert_int_equal(row(fixture, "glibc", METRIC_ANON)->result.verdict, VERDICT_UNKNOWN);
    assert_int_equal(conclusion(fixture), VERDICTS_INCONCLUSIVE);
}

/* Twice the memory on a kernel that counts twice: the ratio to the control is what it was. */
/* Six against six have no p below 0.002: one such comparison is decided, forty are not. */
static void gates_share_one_chance_of_error(void **state)
{
    struct fixture *fixture = *state;
    static const double before[] = {100, 101, 102, 103, 104, 105};
    static const double now[] = {200, 201, 202, 203, 204, 205};
    for (size_t i = 0; i < 40; i++) {
        cleanup_free char *phase = text_format("step-%zu", i);
        baselines_put(&fixture->before, GLIBC, phase, METRIC_TRACKED_OBJECTS, before, 6);
        baselines_put(&fixture->now, GLIBC, phase, METRIC_TRACKED_OBJECTS, now, 6);
    }
    struct gate gates[40];
    for (size_t i = 0; i < 40; i++) {
        struct error err = {0};
        cleanup_free char *name = text_format("step-%zu.tracked_objects", i);
        assert_int_equal(gate_parse(&gates[i], name, &err), 0);
    }
    for (size_t count = 1; count <= 40; count += 39) {
        struct gated gated;
        struct contrast contrast;
        gated_init(&gated, gates, count);
        struct contrast_question question = {.baseline = &fixture->before,
                                             .candidate = &fixture->now,
                                             .baseline_name = "b.txt",
                                             .candidate_name = "run-2",
                                             .gated = &gated,
                                             .control = "",
                                             .looks = 1};
        contrast_make(&contrast, &question);
        const struct comparison *result = &contrast.verdicts.groups[0].comparisons[0].result;
        assert_int_equal(result->verdict, count == 1 ? VERDICT_WORSE : VERDICT_UNKNOWN);
        assert_int_equal(result->reason, count == 1 ? REASON_NONE : REASON_AFTER_HOLM);
        contrast_clear(&contrast);
        gated_clear(&gated);
    }
    for (size_t i = 0; i < 40; i++) {
        gate_clear(&gates[i]);
    }
}

static void another_class_of_host_is_compared_by_the_ratio_to_the_control(void **state)
{
    struct fixture *fixture = *state;
    baselines_set_host(&fixture->now, "kernel", "5.10");
    put(&fixture->now, ANON_GLIBC, 200 * mib);
    put(&fixture->now, ANON_TCMALLOC, 240 * mib);
    make(fixture);
    assert_string_equal(fixture->contrast.difference, "kernel 6.18, not 5.10");
    assert_null(row(fixture, "glibc", METRIC_ANON));
    assert_true(has_note(fixture, "glibc is the control"));
    const struct verdicts_comparison *ratio = row(fixture, "tcmalloc", METRIC_ANON);
    assert_string_equal(ratio->control, "glibc");
    assert_int_equal(ratio->result.verdict, VERDICT_SAME);
    assert_true(fabs(ratio->result.candidate.median - 1.2) < 1e-12);
    assert_string_equal(row(fixture, "tcmalloc", METRIC_TRACKED_OBJECTS)->control, "");
    assert_int_equal(conclusion(fixture), VERDICTS_HOLD);
}

static void a_ratio_that_rose_is_worse(void **state)
{
    struct fixture *fixture = *state;
    baselines_set_host(&fixture->now, "processors", "64");
    put(&fixture->now, ANON_TCMALLOC, 132 * mib);
    make(fixture);
    assert_int_equal(row(fixture, "tcmalloc", METRIC_ANON)->result.verdict, VERDICT_WORSE);
    assert_int_equal(conclusion(fixture), VERDICTS_FAIL);
}

static void objects_are_compared_as_they_are_on_any_host(void **state)
{
    struct fixture *fixture = *state;
    baselines_set_host(&fixture->now, "kernel", "5.10");
    put(&fixture->now, OBJECTS_GLIBC, 5500);
    make(fixture);
    assert_int_equal(row(fixture, "glibc", METRIC_TRACKED_OBJECTS)->result.verdict, VERDICT_WORSE);
}

/* Block 2 of glibc is missing in one, block 1 of tcmalloc too: only block 3 has both. */
static void a_ratio_is_taken_within_a_block(void **state)
{
    struct fixture *fixture = *state;
    baselines_set_host(&fixture->now, "kernel", "5.10");
    const double glibc[] = {1, METRIC_ABSENT, 100}, tcmalloc[] = {METRIC_ABSENT, 50, 120};
    memcpy(fixture->now.series[ANON_GLIBC].values, glibc, sizeof glibc);
    memcpy(fixture->now.series[ANON_TCMALLOC].values, tcmalloc, sizeof tcmalloc);
    make(fixture);
    const struct comparison *result = &row(fixture, "tcmalloc", METRIC_ANON)->result;
    assert_int_equal(result->candidate.count, 1);
    assert_true(fabs(result->candidate.median - 1.2) < 1e-12);
}

static void the_gate_names_the_control(void **state)
{
    struct fixture *fixture = *state;
    baselines_set_host(&fixture->now, "kernel", "5.10");
    baselines_set(&fixture->gates[0].control, "tcmalloc");
    make(fixture);
    assert_string_equal(row(fixture, "glibc", METRIC_ANON)->control, "tcmalloc");
    assert_null(row(fixture, "tcmalloc", METRIC_ANON));
    assert_string_equal(row(fixture, "tcmalloc", METRIC_CPU_SECONDS)->control, "glibc");
}

static void without_the_control_on_both_sides_it_is_not_comparable(void **state)
{
    struct fixture *fixture = *state;
    baselines_set_host(&fixture->now, "kernel", "5.10");
    baselines_set(&fixture->gates[0].control, "mimalloc");
    make(fixture);
    assert_contains(row(fixture, "glibc", METRIC_ANON)->missing,
                    "mimalloc, the control, is not in b.txt");
    assert_int_equal(conclusion(fixture), VERDICTS_NOT_MEASURED);
}

static void alone_on_another_class_of_host_an_allocator_is_not_comparable(void **state)
{
    struct fixture *fixture = *state;
    baselines_set_host(&fixture->now, "kernel", "5.10");
    fixture->before.allocator_count = fixture->now.allocator_count = 1;
    fixture->before.series_count = fixture->now.series_count = 1;
    make(fixture);
    assert_contains(row(fixture, "glibc", METRIC_ANON)->missing,
                    "another class of host (kernel 6.18, not 5.10), and there is no other");
    assert_int_equal(conclusion(fixture), VERDICTS_NOT_MEASURED);
    fixture->before.allocator_count = fixture->now.allocator_count = 2; /* to be freed */
    fixture->before.series_count = fixture->now.series_count = 6;
}

static void another_python_has_other_objects(void **state)
{
    struct fixture *fixture = *state;
    baselines_set(&fixture->now.python, "3.12.1");
    make(fixture);
    assert_string_equal(row(fixture, "glibc", METRIC_TRACKED_OBJECTS)->missing,
                        "Python 3.11.2, not 3.12.1");
    assert_string_equal(row(fixture, "tcmalloc", METRIC_ANON)->control, "glibc");
    assert_int_equal(conclusion(fixture), VERDICTS_NOT_MEASURED);
}

static void another_build_of_an_allocator_is_compared_by_the_ratio(void **state)
{
    struct fixture *fixture = *state;
    baselines_set(&fixture->now.allocators[TCMALLOC].build_id, "cc33");
    make(fixture);
    assert_string_equal(row(fixture, "tcmalloc", METRIC_ANON)->control, "glibc");
    assert_string_equal(row(fixture, "glibc", METRIC_ANON)->control, "");
}

static void other_conditions_are_not_comparable(void **state)
{
    struct fixture *fixture = *state;
    fixture->now.cycles = 5;
    fixture->now.settle = 2;
    fixture->now.layout = LAYOUT_FIXED;
    make(fixture);
    assert_string_equal(row(fixture, "glibc", METRIC_ANON)->missing,
                        "cycles 1, not 5; settle 1 s, not 2 s; layout random, not fixed");
    assert_int_equal(fixture->contrast.compared, 0);
}

static void other_parameters_are_no_pair(void **state)
{
    struct fixture *fixture = *state;
    baselines_set(&fixture->now.workloads[0].parameters, "articles=10");
    make(fixture);
    assert_string_equal(row(fixture, "glibc", METRIC_ANON)->missing,
                        "other parameters: articles=9 in b.txt, articles=10 in run-2");
    assert_int_equal(conclusion(fixture), VERDICTS_NOT_MEASURED);
}

static void another_file_of_the_workload_is_noted_and_compared(void **state)
{
    struct fixture *fixture = *state;
    baselines_set(&fixture->now.workloads[0].sha256, "cafe");
    make(fixture);
    assert_true(has_note(fixture, "shop: the file is not the one of b.txt"));
    assert_int_equal(fixture->contrast.compared, 6);
}

static void what_has_no_partner_is_said(void **state)
{
    struct fixture *fixture = *state;
    baselines_set(&fixture->now.allocators[TCMALLOC].name, "scudo");
    make(fixture);
    assert_string_equal(row(fixture, "tcmalloc", METRIC_ANON)->missing,
                        "there is no tcmalloc in run-2");
    assert_string_equal(row(fixture, "scudo", METRIC_ANON)->missing, "there is no scudo in b.txt");
    assert_int_equal(conclusion(fixture), VERDICTS_NOT_MEASURED);
}

static void without_gates_of_a_plan_what_has_no_partner_is_a_note(void **state)
{
    struct fixture *fixture = *state;
    fixture->is_lenient = true;
    baselines_set(&fixture->now.allocators[TCMALLOC].name, "scudo");
    make(fixture);
    assert_null(row(fixture, "scudo", METRIC_ANON));
    assert_true(has_note(fixture, "there is no scudo in b.txt"));
    assert_true(has_note(fixture, "there is no tcmalloc in run-2"));
    assert_int_equal(conclusion(fixture), VERDICTS_HOLD);
}

static void a_workload_of_one_side_only_is_said(void **state)
{
    struct fixture *fixture = *state;
    baselines_set(&fixture->now.workloads[0].name, "store");
    make(fixture);
    assert_int_equal(fixture->contrast.verdicts.group_count, 2);
    assert_string_equal(row(fixture, "glibc", METRIC_ANON)->missing,
                        "there is no shop with pymalloc in run-2");
    assert_string_equal(fixture->contrast.verdicts.groups[1].comparisons[0].missing,
                        "there is no store with pymalloc in b.txt");
}

/* A gate that was added after the baseline was saved. */
static void a_figure_that_the_baseline_lacks_is_said(void **state)
{
    struct fixture *fixture = *state;
    baselines_set(&fixture->before.series[ANON_GLIBC].phase, "start");
    make(fixture);
    assert_string_equal(row(fixture, "glibc", METRIC_ANON)->missing,
                        "there is no end.anon in b.txt");
}

static void a_figure_that_nobody_measured_is_said(void **state)
{
    struct fixture *fixture = *state;
    baselines_set(&fixture->before.series[ANON_GLIBC].phase, "start");
    baselines_set(&fixture->now.series[ANON_GLIBC].phase, "start");
    make(fixture);
    assert_contains(row(fixture, "glibc", METRIC_ANON)->missing, "there is no end.anon in b.txt");
}

int main(void)
{
#define fixture_test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
    const struct CMUnitTest tests[] = {
        fixture_test(with_nothing_changed_all_is_the_same),
        fixture_test(ten_per_cent_more_is_worse_by_both_kinds_of_gate),
        fixture_test(less_is_better_and_holds),
        fixture_test(a_slower_program_is_a_warning_only),
        fixture_test(too_few_values_are_inconclusive),
        fixture_test(gates_share_one_chance_of_error),
        fixture_test(another_class_of_host_is_compared_by_the_ratio_to_the_control),
        fixture_test(a_ratio_that_rose_is_worse),
        fixture_test(objects_are_compared_as_they_are_on_any_host),
        fixture_test(a_ratio_is_taken_within_a_block),
        fixture_test(the_gate_names_the_control),
        fixture_test(without_the_control_on_both_sides_it_is_not_comparable),
        fixture_test(alone_on_another_class_of_host_an_allocator_is_not_comparable),
        fixture_test(another_python_has_other_objects),
        fixture_test(another_build_of_an_allocator_is_compared_by_the_ratio),
        fixture_test(other_conditions_are_not_comparable),
        fixture_test(other_parameters_are_no_pair),
        fixture_test(another_file_of_the_workload_is_noted_and_compared),
        fixture_test(what_has_no_partner_is_said),
        fixture_test(without_gates_of_a_plan_what_has_no_partner_is_a_note),
        fixture_test(a_workload_of_one_side_only_is_said),
        fixture_test(a_figure_that_the_baseline_lacks_is_said),
        fixture_test(a_figure_that_nobody_measured_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
