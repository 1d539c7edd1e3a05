#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "measure/procfs.h"
#include "measure/specimen.h"

static uint64_t anonymous(int process)
{
    struct procfs_rollup rollup;
    assert_int_equal(procfs_rollup(process, &rollup), 0);
    return rollup.anonymous;
}

static void it_holds_and_drops_what_it_is_told_to(void **state)
{
    (void)state;
    struct specimen specimen;
    struct error err;
    assert_int_equal(specimen_start(&specimen, &err), 0);
    cleanup_close int process = procfs_open(specimen.pid);
    uint64_t before = anonymous(process);
    assert_true(specimen_hold(&specimen));
    assert_in_range(anonymous(process) - before, SPECIMEN_BYTES, SPECIMEN_BYTES + (64 << 10));
    assert_true(specimen_drop(&specimen));
    assert_in_range(anonymous(process), 0, before + (64 << 10));
    specimen_end(&specimen);
}

static void nothing_is_left_of_it(void **state)
{
    (void)state;
    struct specimen specimen;
    struct error err;
    assert_int_equal(specimen_start(&specimen, &err), 0);
    specimen_end(&specimen);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    specimen_end(&specimen);
}

static void one_that_has_died_obeys_no_more(void **state)
{
    (void)state;
    struct specimen specimen;
    struct error err;
    assert_int_equal(specimen_start(&specimen, &err), 0);
    kill(specimen.pid, SIGKILL);
    assert_false(specimen_hold(&specimen) && specimen_hold(&specimen));
    specimen_end(&specimen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_holds_and_drops_what_it_is_told_to),
        cmocka_unit_test(nothing_is_left_of_it),
        cmocka_unit_test(one_that_has_died_obeys_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
