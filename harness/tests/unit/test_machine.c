#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "measure/machine.h"
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

static const struct machine good = {
    .kernel_major = 6,
    .kernel_minor = 1,
    .kernel = "6.1.0-18-amd64",
    .name = "x86_64",
    .huge_pages = "madvise",
    .randomisation = 2,
    .ptrace_scope = 1,
    .memory = 8ULL << 30,
    .processors = 4,
    .online = 4,
};

static void assert_judged(struct machine machine, const char *subject, enum finding_grade grade,
                          const char *text, const char *hint)
{
    struct findings findings = {0};
    machine_judge(&machine, &findings);
    const struct finding *finding = find(&findings, subject);
    assert_int_equal(finding->grade, grade);
    assert_contains(finding->text, text);
    if (hint) {
        assert_contains(finding->hint, hint);
    } else {
        assert_null(finding->hint);
    }
    findings_clear(&findings);
}

static void a_machine_without_peculiarities_is_ok(void **state)
{
    (void)state;
    struct findings findings = {0};
    machine_judge(&good, &findings);
    assert_int_equal(findings.count, 7);
    assert_int_equal(findings_count(&findings, FINDING_OK), 7);
    findings_clear(&findings);
}

static void huge_pages_for_everyone_are_a_warning(void **state)
{
    (void)state;
    struct machine machine = good;
    strcpy(machine.huge_pages, "always");
    assert_judged(machine, "huge pages", FINDING_WARN, "2 MiB", "--thp off");
    machine.huge_pages[0] = '\0';
    assert_judged(machine, "huge pages", FINDING_OK, "none in this kernel", NULL);
}

static void an_old_kernel_fails(void **state)
{
    (void)state;
    struct machine machine = good;
    machine.kernel_major = 5;
    machine.kernel_minor = 3;
    assert_judged(machine, "kernel", FINDING_OK, "Linux 6.1.0-18-amd64, x86_64", NULL);
    machine.kernel_minor = 2;
    assert_judged(machine, "kernel", FINDING_FAIL, "too old", "5.3");
    machine.kernel_major = 4;
    machine.kernel_minor = 19;
    assert_judged(machine, "kernel", FINDING_FAIL, "too old", "5.3");
}

static void swap_is_a_warning_only_in_use(void **state)
{
    (void)state;
    struct machine machine = good;
    assert_judged(machine, "swap", FINDING_OK, "none", NULL);
    machine.swap = 2ULL << 30;
    assert_judged(machine, "swap", FINDING_OK, "2048 MiB, none in use", NULL);
    machine.swap_used = 3 << 20;
    assert_judged(machine, "swap", FINDING_WARN, "3 of 2048 MiB in use", "swapoff -a");
}

static void a_limit_below_what_is_available_is_a_warning(void **state)
{
    (void)state;
    struct machine machine = good;
    assert_judged(machine, "memory", FINDING_OK, "8192 MiB available, no limit", NULL);
    machine.group_limit = 16ULL << 30;
    assert_judged(machine, "memory", FINDING_OK, "less than the limit", NULL);
    machine.group_limit = 1000 << 20;
    assert_judged(machine, "memory", FINDING_WARN, "allows 1000 MiB", "--memory-limit 800MiB");
    machine.memory = 500 << 20;
    assert_judged(machine, "memory", FINDING_WARN, "500 MiB available", "small workloads");
}

static void a_single_processor_is_a_warning(void **state)
{
    (void)state;
    struct machine machine = good;
    machine.processors = 2;
    assert_judged(machine, "processors", FINDING_OK, "2 of 4", NULL);
    machine.processors = 1;
    assert_judged(machine, "processors", FINDING_WARN, "1 of 4", "do not judge times");
}

static void restrictions_are_warnings(void **state)
{
    (void)state;
    struct machine machine = good;
    machine.ptrace_scope = 2;
    assert_judged(machine, "ptrace", FINDING_WARN, "only root", "ptrace_scope=1");
    machine.ptrace_scope = 3;
    assert_judged(machine, "ptrace", FINDING_WARN, "nobody", "ptrace_scope=1");
    machine.ptrace_scope = -1;
    assert_judged(machine, "ptrace", FINDING_OK, "not restricted", NULL);
    machine.randomisation = 0;
    assert_judged(machine, "random layout", FINDING_WARN, "not randomised", "randomize_va_space=2");
}

static void machine_read_tells_what_every_linux_has(void **state)
{
    (void)state;
    struct machine machine;
    machine_read(&machine);
    assert_true(machine.kernel_major >= 4);
    assert_true(machine.memory > 0);
    assert_in_range(machine.processors, 1, machine.online);
    assert_true(machine.swap_used <= machine.swap);
    assert_true(machine.kernel[0] && machine.name[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_machine_without_peculiarities_is_ok),
        cmocka_unit_test(huge_pages_for_everyone_are_a_warning),
        cmocka_unit_test(an_old_kernel_fails),
        cmocka_unit_test(swap_is_a_warning_only_in_use),
        cmocka_unit_test(a_limit_below_what_is_available_is_a_warning),
        cmocka_unit_test(a_single_processor_is_a_warning),
        cmocka_unit_test(restrictions_are_warnings),
        cmocka_unit_test(machine_read_tells_what_every_linux_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
