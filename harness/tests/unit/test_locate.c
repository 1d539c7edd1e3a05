#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "plan/locate.h"
#include "tests/support/contains.h"
#include "tests/support/fake_worker.h"

static void locate_worker_finds_it_beside_the_running_program(void **state)
{
    (void)state;
    struct error err;
    cleanup_free char *directory = file_program_directory(&err);
    cleanup_free char *expected = text_format("%s/membench-worker", directory);
    cleanup_free char *found = locate_worker(&err);
    assert_non_null(found);
    assert_string_equal(found, expected);
    assert_true(found[0] == '/');
}

static void locate_worker_says_where_it_should_be(void **state)
{
    (void)state;
    struct error err;
    cleanup_free char *worker = locate_worker(&err);
    cleanup_free char *away = text_format("%s.away", worker);
    assert_int_equal(rename(worker, away), 0);
    cleanup_free char *found = locate_worker(&err);
    assert_int_equal(rename(away, worker), 0);
    assert_null(found);
    assert_contains(err.message, "/membench-worker': No such file or directory");
    assert_contains(err.hint, "same directory");
}

static void locate_workloads_finds_a_directory_that_can_be_read(void **state)
{
    (void)state;
    struct error err;
    cleanup_free char *found = locate_workloads(&err);
    assert_non_null(found);
    assert_int_equal(access(found, R_OK | X_OK), 0);
}

static void locate_loader_finds_what_started_this_program(void **state)
{
    (void)state;
    struct error err;
    cleanup_free char *found = locate_loader(&err);
    assert_non_null(found);
    assert_int_equal(access(found, X_OK), 0);
    assert_contains(found, "/ld-");
}

int main(int argc, char **argv)
{
    fake_worker_begin(argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(locate_worker_finds_it_beside_the_running_program),
        cmocka_unit_test(locate_worker_says_where_it_should_be),
        cmocka_unit_test(locate_loader_finds_what_started_this_program),
        cmocka_unit_test(locate_workloads_finds_a_directory_that_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
