#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure/kernel.h"
#include "tests/support/contains.h"

/* The finding on a subject; fails if there is not exactly one. */
static const struct finding *find(const struct findings *findings, const char *subject)
{
    const struct finding *found = NULL;
    for (size_t i = 0; i < findings->count; i++) {
        if (strcmp(findings->items[i].subject, subject) == 0) {
            assert_null(found);
            found = &findings->items[i];
        }
    }
    assert_non_null(found);
    return found;
}

static const struct kernel_trial whole = {
    .has_rollup = true,
    .resets_peak = true,
    .has_children = true,
    .has_wait_channel = true,
    .has_memory = true,
    .fixes_layout = true,
};

static void assert_judged(struct kernel_trial trial, const char *subject, enum finding_grade grade,
                          const char *text)
{
    struct findings findings = {0};
    kernel_judge(&trial, &findings);
    const struct finding *finding = find(&findings, subject);
    assert_int_equal(finding->grade, grade);
    assert_contains(finding->text, text);
    assert_int_equal(finding->hint == NULL, grade == FINDING_OK);
    findings_clear(&findings);
}

static void a_kernel_that_does_everything_is_ok(void **state)
{
    (void)state;
    struct findings findings = {0};
    kernel_judge(&whole, &findings);
    assert_int_equal(findings.count, 8);
    assert_int_equal(findings_count(&findings, FINDING_OK), 8);
    findings_clear(&findings);
}

static void nothing_is_measured_without_smaps_rollup(void **state)
{
    (void)state;
    struct kernel_trial trial = whole;
    trial.has_rollup = false;
    assert_judged(trial, "smaps_rollup", FINDING_FAIL, "cannot be read");
    trial = whole;
    trial.rollup_error = -(1 << 20);
    assert_judged(trial, "smaps_rollup", FINDING_FAIL, "off by -1024 KiB");
}

static void statm_may_differ_by_64_kib(void **state)
{
    (void)state;
    struct kernel_trial trial = whole;
    trial.statm_error = 64 << 10;
    assert_judged(trial, "statm", FINDING_OK, "+64 KiB");
    trial.statm_error = -(64 << 10) - 4096;
    assert_judged(trial, "statm", FINDING_WARN, "-68 KiB");
}

static void a_peak_may_differ_by_half_a_mebibyte(void **state)
{
    (void)state;
    struct kernel_trial trial = whole;
    trial.high_water_error = -(300 << 10);
    assert_judged(trial, "VmHWM", FINDING_OK, "-300 KiB");
    trial.high_water_error = -(600 << 10);
    assert_judged(trial, "VmHWM", FINDING_WARN, "-600 KiB");
}

static void what_cannot_be_done_is_a_warning_with_a_hint(void **state)
{
    (void)state;
    struct kernel_trial trial = {.has_rollup = true};
    assert_judged(trial, "peak reset", FINDING_WARN, "sampled only");
    assert_judged(trial, "child processes", FINDING_WARN, "only the worker itself");
    assert_judged(trial, "wait channel", FINDING_WARN, "tells nothing");
    assert_judged(trial, "memory access", FINDING_WARN, "cannot be read");
    assert_judged(trial, "fixed layout", FINDING_WARN, "no --layout fixed");
}

/* What every machine that runs these tests must be able to do. */
static void kernel_try_finds_what_a_child_holds(void **state)
{
    (void)state;
    struct kernel_trial trial;
    struct error err;
    assert_int_equal(kernel_try(&trial, &err), 0);
    assert_true(trial.has_rollup);
    assert_in_range(trial.rollup_error + (64 << 10), 0, 128 << 10);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kernel_that_does_everything_is_ok),
        cmocka_unit_test(nothing_is_measured_without_smaps_rollup),
        cmocka_unit_test(statm_may_differ_by_64_kib),
        cmocka_unit_test(a_peak_may_differ_by_half_a_mebibyte),
        cmocka_unit_test(what_cannot_be_done_is_a_warning_with_a_hint),
        cmocka_unit_test(kernel_try_finds_what_a_child_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
