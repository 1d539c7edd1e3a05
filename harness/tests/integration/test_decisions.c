/* The plans of results/decisions are such that membench takes them. */
#include "tests/support/membench.h"

#include <glob.h>

#define PLANS MEMBENCH_FIXTURES "/../../../results/decisions/plans/*.toml"

static void every_plan_can_be_run(void **state)
{
    struct membench *run = *state;
    glob_t plans;
    assert_int_equal(glob(PLANS, 0, NULL, &plans), 0);
    assert_true(plans.gl_pathc >= 8);
    for (size_t i = 0; i < plans.gl_pathc; i++) {
        membench_run(run, "--dry-run", "--plan", plans.gl_pathv[i]);
        membench_expect(run, 0);
        membench_expect_text(run->out, "\nclaim "); /* a sentence that can be false */
    }
    globfree(&plans);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(every_plan_can_be_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
