/* The known answers again, and the proof of the allocator, under each one that comes by a preload.
 */
#include "tests/support/membench.h"

#include <math.h>
#include <string.h>

static const char families[] = "tcmalloc,jemalloc,mimalloc,tbbmalloc,scudo";
static const char *const family_names[] = {"tcmalloc", "jemalloc", "mimalloc", "tbbmalloc",
                                           "scudo"};
enum { FAMILIES = 5 };

#define ONE_TRIAL_EACH "-n", "1", "--settle", "0", "--thp", "off", "-a"

static const double mebibyte = 0x1p20;

static void expect_near(const char *allocator, double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance)) {
        fail_msg("%s: %.0f is not within %.0f of %.0f", allocator, value, tolerance, expected);
    }
}

static double change(struct membench *run, const char *allocator, const char *from, const char *to,
                     const char *metric)
{
    return membench_value(run, to, metric, .allocator = allocator) -
           membench_value(run, from, metric, .allocator = allocator);
}

static void kept_memory_is_anon_over_start(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL_EACH, families, membench_fixture("keeps.py"));
    membench_expect(run, 0);
    for (int i = 0; i < FAMILIES; i++) {
        expect_near(family_names[i], change(run, family_names[i], "start", "end", "anon"),
                    64 * mebibyte, 0.64 * mebibyte);
    }
}

/* Whether freed memory is given back at once is the allocator's affair: only the peak is known. */
static void transient_memory_from_malloc_is_in_the_peak_of_its_phase(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL_EACH, families, membench_fixture("transient.py"));
    membench_expect(run, 0);
    for (int i = 0; i < FAMILIES; i++) {
        const char *name = family_names[i];
        double before = membench_value(run, "before", "rss", .allocator = name);
        double peak = membench_value(run, "after", "phase_peak_rss", .allocator = name);
        expect_near(name, peak - before, 256 * mebibyte, 2.56 * mebibyte);
    }
}

static void transient_memory_from_the_kernel_is_not_in_rss(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL_EACH, families, "-p", "from_malloc=false",
                 membench_fixture("transient.py"));
    membench_expect(run, 0);
    for (int i = 0; i < FAMILIES; i++) {
        const char *name = family_names[i];
        double before = membench_value(run, "before", "rss", .allocator = name);
        double peak = membench_value(run, "after", "phase_peak_rss", .allocator = name);
        expect_near(name, peak - before, 256 * mebibyte, 2.56 * mebibyte);
        expect_near(name, change(run, name, "before", "after", "rss"), 0, 2 * mebibyte);
    }
}

static void cycles_with_legacy_finalizers_become_garbage(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL_EACH, families, "-p", "legacy=true",
                 membench_fixture("garbage.py"));
    membench_expect(run, 0);
    for (int i = 0; i < FAMILIES; i++) {
        assert_true(membench_value(run, "collected", "garbage_objects",
                                   .allocator = family_names[i]) == 1000);
    }
}

static void cycles_with_modern_finalizers_are_collected(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL_EACH, families, membench_fixture("garbage.py"));
    membench_expect(run, 0);
    for (int i = 0; i < FAMILIES; i++) {
        const char *name = family_names[i];
        assert_true(membench_value(run, "collected", "garbage_objects", .allocator = name) == 0);
        assert_true(change(run, name, "settled", "collected", "collected_objects") >= 1000);
    }
}

static void each_allocator_is_proved(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL_EACH,
                 "glibc,tcmalloc,tcmalloc-aggressive,jemalloc,jemalloc-background,mimalloc",
                 membench_fixture("idle.py"));
    membench_expect(run, 0);
    static const struct {
        const char *allocator, *library, *settings;
    } expected[] = {
        {"glibc", "/libc.so.6", ""},
        {"tcmalloc", "/libtcmalloc.so.4", "aggressive_memory_decommit=0"},
        {"tcmalloc-aggressive", "/libtcmalloc.so.4", "aggressive_memory_decommit=1"},
        {"jemalloc", "/libjemalloc.so.2", "background_thread=0"},
        {"jemalloc", "/libjemalloc.so.2", " dirty_decay_ms=10000"},
        {"jemalloc-background", "/libjemalloc.so.2", "background_thread=1"},
        {"jemalloc-background", "/libjemalloc.so.2", " dirty_decay_ms=2000"},
        {"jemalloc-background", "/libjemalloc.so.2", " muzzy_decay_ms=0"},
        {"mimalloc", "/libmimalloc.so.2", ""},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const char *name = expected[i].allocator;
        const char *library = membench_field(run, "library", .allocator = name);
        assert_int_equal(library[0], '/');
        membench_expect_text(library, expected[i].library);
        membench_expect_text(membench_field(run, "settings", .allocator = name),
                             expected[i].settings);
        assert_true(*membench_field(run, "version", .allocator = name));
        assert_true(strlen(membench_field(run, "build_id", .allocator = name)) >= 16);
    }
}

static void a_setting_of_the_user_is_read_back(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL_EACH, "mine=jemalloc;MALLOC_CONF=dirty_decay_ms:1234,narenas:3",
                 membench_fixture("idle.py"));
    membench_expect(run, 0);
    const char *settings = membench_field(run, "settings", .allocator = "mine");
    membench_expect_text(settings, "dirty_decay_ms=1234");
    membench_expect_text(settings, "narenas=3");
}

static void the_thread_that_jemalloc_starts_is_counted(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL_EACH, "jemalloc,jemalloc-background", membench_fixture("idle.py"));
    membench_expect(run, 0);
    assert_true(membench_value(run, "end", "threads", .allocator = "jemalloc") == 1);
    assert_true(membench_value(run, "end", "threads", .allocator = "jemalloc-background") > 1);
}

static void children_are_measured_under_the_same_allocator(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL_EACH, families, membench_fixture("children.py"));
    membench_expect(run, 0);
    for (int i = 0; i < FAMILIES; i++) {
        const char *name = family_names[i];
        assert_true(membench_value(run, "with-children", "processes", .allocator = name) == 4);
        double more = change(run, name, "before", "with-children", "tree_pss");
        if (!(more >= 60 * mebibyte && more < 80 * mebibyte)) {
            fail_msg("%s: three children of 20 MiB weigh %.0f bytes", name, more);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(kept_memory_is_anon_over_start),
        membench_test(transient_memory_from_malloc_is_in_the_peak_of_its_phase),
        membench_test(transient_memory_from_the_kernel_is_not_in_rss),
        membench_test(cycles_with_legacy_finalizers_become_garbage),
        membench_test(cycles_with_modern_finalizers_are_collected),
        membench_test(each_allocator_is_proved),
        membench_test(a_setting_of_the_user_is_read_back),
        membench_test(the_thread_that_jemalloc_starts_is_counted),
        membench_test(children_are_measured_under_the_same_allocator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
