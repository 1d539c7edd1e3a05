#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan/claim_check.h"
#include "tests/support/contains.h"

struct fixture {
    struct workload workloads[2];
    struct setting settings[2];
    struct plan plan;
};

static void fill(struct fixture *fixture)
{
    static char app[] = "app", tool[] = "tool", glibc[] = "glibc", mine[] = "mine";
    *fixture = (struct fixture){.workloads = {{.name = app}, {.name = tool, .is_script = true}},
                                .settings = {{.name = glibc}, {.name = mine}}};
    fixture->plan = (struct plan){.workloads = fixture->workloads,
                                  .workload_count = 2,
                                  .settings = fixture->settings,
                                  .setting_count = 2};
}

static int check(const struct plan *plan, const char *text, struct error *err)
{
    struct claim claim;
    assert_int_equal(claim_parse(&claim, text, NULL, err), 0);
    int failed = claim_check(&claim, plan, err);
    claim_clear(&claim);
    return failed;
}

static void a_plan_answers_claims_about_what_it_has(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "end.anon <= 3MiB",          "glibc end.anon <= 3MiB on tool",
        "end.anon <= 0.8 * glibc",   "mine end.anon <= 1 * glibc",
        "loaded.anon <= 3MiB",       "loaded.anon <= 3 on app",
        "end.anon <= 2 * start.anon"};
    struct fixture fixture;
    struct error err;
    fill(&fixture);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(check(&fixture.plan, texts[i], &err), 0);
    }
}

static void a_claim_about_what_is_not_in_the_plan_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message, *hint;
        unsigned caret;
    } wrong[] = {
        {"jemalloc end.anon <= 3", "allocator 'jemalloc'", "-a jemalloc", 0},
        {"end.anon <= 1 * tcmalloc", "allocator 'tcmalloc'", "-a tcmalloc", 16},
        {"mime end.anon <= 3", "allocator 'mime'", "did you mean 'mine'", 0},
        {"end.anon <= 3 on ap", "workload 'ap'", "did you mean 'app'", 17},
        {"end.anon <= 3 on qqqqqqqq", "workload 'qqqqqqqq'", "app, tool", 17},
        {"setled.anon <= 3 on tool", "phase 'setled'", "did you mean 'settled'", 0},
        {"end.anon <= 3 * loaded.anon on tool", "phase 'loaded'", "a script has start", 16},
    };
    struct fixture fixture;
    fill(&fixture);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct error err;
        assert_int_equal(check(&fixture.plan, wrong[i].text, &err), -1);
        assert_contains(err.message, wrong[i].message);
        assert_contains(err.hint, wrong[i].hint);
        assert_string_equal(err.excerpt, wrong[i].text);
        assert_int_equal(err.caret, wrong[i].caret);
    }
}

static void every_allocator_needs_another_than_the_one_it_is_held_against(void **state)
{
    (void)state;
    struct fixture fixture;
    struct error err;
    fill(&fixture);
    fixture.plan.setting_count = 1;
    assert_int_equal(check(&fixture.plan, "end.anon <= 0.8 * glibc", &err), -1);
    assert_contains(err.message, "there is no other");
    assert_int_equal(check(&fixture.plan, "end.anon <= 0.8 * start.anon", &err), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_answers_claims_about_what_it_has),
        cmocka_unit_test(a_claim_about_what_is_not_in_the_plan_is_refused),
        cmocka_unit_test(every_allocator_needs_another_than_the_one_it_is_held_against),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
