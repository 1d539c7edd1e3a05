#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "plan/parts.h"
#include "tests/support/contains.h"
#include "tests/support/fake_worker.h"

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

static void a_missing_library_is_a_warning_that_names_its_package(void **state)
{
    (void)state;
    struct error err;
    cleanup_free char *directory = file_program_directory(&err);
    cleanup_free char *path = text_format("%s/without-jemalloc", directory);
    struct findings findings = {0};
    assert_int_equal(file_write(path, "", 0, &err), 0);
    parts_judge(&findings);
    unlink(path);
    const struct finding *finding = find(&findings, "jemalloc");
    assert_int_equal(finding->grade, FINDING_WARN);
    assert_string_equal(finding->hint, "apt-get install libjemalloc2");
    assert_int_equal(find(&findings, "glibc")->grade, FINDING_OK);
    assert_int_equal(find(&findings, "tcmalloc")->grade, FINDING_OK);
    findings_clear(&findings);
}

static void without_a_worker_the_first_part_fails(void **state)
{
    (void)state;
    struct error err;
    cleanup_free char *directory = file_program_directory(&err);
    cleanup_free char *worker = text_format("%s/membench-worker", directory);
    cleanup_free char *away = text_format("%s/away", directory);
    struct findings findings = {0};
    assert_int_equal(rename(worker, away), 0);
    parts_judge(&findings);
    assert_int_equal(rename(away, worker), 0);
    assert_int_equal(findings.count, 1);
    assert_int_equal(findings.items[0].grade, FINDING_FAIL);
    assert_contains(findings.items[0].text, "membench-worker");
    assert_contains(findings.items[0].hint, "same directory");
    findings_clear(&findings);
}

static void judge(struct findings *findings, const char *name, const char *library)
{
    struct setting setting = {.name = text_copy(name),
                              .allocator = allocator_find(name),
                              .library = library ? text_copy(library) : NULL,
                              .reason = text_copy("free is another's"),
                              .hint = text_copy("look")};
    parts_judge_setting(&setting, findings);
    setting_clear(&setting);
}

static void what_is_there_and_cannot_be_proved_fails(void **state)
{
    (void)state;
    struct findings findings = {0};
    judge(&findings, "scudo", "/lib/libx.so");
    judge(&findings, "tbbmalloc", NULL);
    judge(&findings, "glibc", NULL);
    assert_int_equal(find(&findings, "scudo")->grade, FINDING_FAIL);
    assert_int_equal(find(&findings, "tbbmalloc")->grade, FINDING_WARN);
    assert_int_equal(find(&findings, "glibc")->grade, FINDING_FAIL);
    assert_string_equal(findings.items[0].text, "free is another's");
    assert_string_equal(findings.items[0].hint, "look");
    findings_clear(&findings);
}

int main(int argc, char **argv)
{
    fake_worker_begin(argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_library_is_a_warning_that_names_its_package),
        cmocka_unit_test(without_a_worker_the_first_part_fails),
        cmocka_unit_test(what_is_there_and_cannot_be_proved_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
