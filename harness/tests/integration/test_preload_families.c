/* Every listed allocator, one by one: it serves the worker and proves it, tells its version and
 * what it makes of its settings, weighs what is known beforehand, and gives back when it is told
 * to. */
#include "tests/support/membench.h"

#include <math.h>
#include <string.h>

#define ONE_TRIAL "-n", "1", "--settle", "0", "--thp", "off", "-a"

static const double mebibyte = 0x1p20;

static const char every[] = "glibc,glibc-arena1,glibc-tuned,tcmalloc,tcmalloc-minimal,"
                            "tcmalloc-aggressive,jemalloc,jemalloc-background,mimalloc,tbbmalloc,"
                            "scudo";

static const struct expected {
    const char *allocator, *library, *version, *settings;
} expected[] = {
    {"glibc", "/libc.so.6", "2.", ""},
    {"glibc-arena1", "/libc.so.6", "2.", "arena_max=1"},
    {"glibc-tuned", "/libc.so.6", "2.", "arena_max=2 mmap_threshold=65536 trim_threshold=65536"},
    {"tcmalloc", "/libtcmalloc.so.4", "gperftools ", "aggressive_memory_decommit=0"},
    {"tcmalloc-minimal", "/libtcmalloc_minimal.so.4", "gperftools ",
     "aggressive_memory_decommit=0"},
    {"tcmalloc-aggressive", "/libtcmalloc.so.4", "gperftools ", "aggressive_memory_decommit=1"},
    {"jemalloc", "/libjemalloc.so.2", "5.", "dirty_decay_ms=10000"},
    {"jemalloc-background", "/libjemalloc.so.2", "5.", "background_thread=1"},
    {"mimalloc", "/libmimalloc.so.2", "2.", "decommit_delay="},
    {"tbbmalloc", "/libtbbmalloc_proxy.so.2", "202", ""},
    {"scudo", "/libclang_rt.scudo_standalone", "LLVM ", ""},
};
enum { ALLOCATORS = sizeof expected / sizeof *expected };

static void each_allocator_is_proved_with_its_version_and_settings(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, every, membench_fixture("idle.py"));
    membench_expect(run, 0);
    for (int i = 0; i < ALLOCATORS; i++) {
        const char *name = expected[i].allocator;
        const char *library = membench_field(run, "library", .allocator = name);
        assert_int_equal(library[0], '/');
        membench_expect_text(library, expected[i].library);
        const char *version = membench_field(run, "version", .allocator = name);
        assert_ptr_equal(strstr(version, expected[i].version), version);
        membench_expect_text(membench_field(run, "settings", .allocator = name),
                             expected[i].settings);
        assert_true(strlen(membench_field(run, "build_id", .allocator = name)) >= 16);
        assert_string_equal(membench_field(run, "warnings", .allocator = name), "");
    }
}

static double over_start(struct membench *run, const char *phase, const char *allocator)
{
    return membench_value(run, phase, "anon", .allocator = allocator) -
           membench_value(run, "start", "anon", .allocator = allocator);
}

/* What a family adds to one large block (its header, its class of sizes) is within 1 %. */
static void kept_memory_is_anon_over_start(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, every, membench_fixture("keeps.py"));
    membench_expect(run, 0);
    for (int i = 0; i < ALLOCATORS; i++) {
        double grown = over_start(run, "end", expected[i].allocator);
        if (!(fabs(grown - 64 * mebibyte) <= 0.64 * mebibyte)) {
            fail_msg("%s: 64 MiB weigh %.0f KiB", expected[i].allocator, grown / 1024);
        }
    }
}

/* mimalloc's mi_collect and tbbmalloc's command take nothing from a live heap whose pages all hold
 * a survivor; the others give back what lies between them. */
static bool gives_back(const char *allocator)
{
    return strcmp(allocator, "mimalloc") != 0 && strcmp(allocator, "tbbmalloc") != 0;
}

static void what_is_freed_is_given_back_when_it_is_told_to(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, every, "--object-allocator", "malloc",
                 membench_fixture("frees.py"));
    membench_expect(run, 0);
    for (int i = 0; i < ALLOCATORS; i++) {
        const char *name = expected[i].allocator;
        double loaded = over_start(run, "loaded", name), end = over_start(run, "end", name);
        double released = over_start(run, "released", name);
        if (loaded < 62 * mebibyte || released > end + mebibyte ||
            (gives_back(name) && released > 16 * mebibyte)) {
            fail_msg("%s: loaded %.1f, end %.1f, released %.1f MiB", name, loaded / mebibyte,
                     end / mebibyte, released / mebibyte);
        }
    }
}

/* ---- knobs ---- */

static const struct {
    const char *definition, *message, *hint;
} misspelt[] = {
    {"x=glibc;MALLOC_ARENA_MX=1", "'MALLOC_ARENA_MX'", "'MALLOC_ARENA_MAX'"},
    {"x=glibc;GLIBC_TUNABLES=glibc.malloc.arena_mx=1", "'glibc.malloc.arena_mx'",
     "'glibc.malloc.arena_max'"},
    {"x=tcmalloc;TCMALLOC_RELASE_RATE=1", "'TCMALLOC_RELASE_RATE'", "'TCMALLOC_RELEASE_RATE'"},
    {"x=jemalloc;MALLOC_CONF=dirty_decay:1", "dirty_decay:1", "'dirty_decay_ms'"},
    {"x=mimalloc;MIMALLOC_PAGE_RSET=1", "'MIMALLOC_PAGE_RSET'", "'MIMALLOC_PAGE_RESET'"},
    {"x=tbbmalloc;TBB_MALLOC_USE_HUGEPAGES=1", "'TBB_MALLOC_USE_HUGEPAGES'",
     "'TBB_MALLOC_USE_HUGE_PAGES'"},
    {"x=scudo;SCUDO_OPTIONS=zero_content=1", "zero_content=1", "'zero_contents'"},
};

static void a_misspelt_knob_ends_it_before_anything_is_measured(void **state)
{
    struct membench *run = *state;
    for (size_t i = 0; i < sizeof misspelt / sizeof *misspelt; i++) {
        membench_run(run, ONE_TRIAL, misspelt[i].definition, membench_fixture("idle.py"));
        membench_expect(run, 2);
        membench_expect_text(run->err, misspelt[i].message);
        membench_expect_text(run->err, "\nhint: did you mean ");
        membench_expect_text(run->err, misspelt[i].hint);
        assert_null(run->directory);
    }
}

static void a_knob_of_every_family_is_taken(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "g=glibc;GLIBC_TUNABLES=glibc.malloc.tcache_count=0", "-a",
                 "t=tcmalloc;TCMALLOC_MAX_TOTAL_THREAD_CACHE_BYTES=1048576", "-a",
                 "j=jemalloc;MALLOC_CONF=narenas:2", "-a", "m=mimalloc;MIMALLOC_DECOMMIT_DELAY=7",
                 "-a", "s=scudo;SCUDO_OPTIONS=release_to_os_interval_ms=0",
                 membench_fixture("idle.py"));
    membench_expect(run, 0);
    static const struct {
        const char *allocator, *settings;
    } taken[] = {
        {"g", "tcache_count=0"},
        {"t", "max_total_thread_cache_bytes=1048576"},
        {"j", "narenas=2"},
        {"m", "decommit_delay=7"},
        {"s", ""},
    };
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        const char *name = taken[i].allocator;
        membench_expect_text(membench_field(run, "settings", .allocator = name), taken[i].settings);
        assert_string_equal(membench_field(run, "warnings", .allocator = name), "");
    }
}

static void a_knob_that_cannot_be_read_back_is_a_warning(void **state)
{
    struct membench *run = *state;
    membench_run(run, ONE_TRIAL, "t=tcmalloc;TCMALLOC_RELEASE_RATE=5", "-a",
                 "b=tbbmalloc;TBB_MALLOC_USE_HUGE_PAGES=1", membench_fixture("idle.py"));
    membench_expect(run, 0);
    assert_string_equal(membench_field(run, "warnings", .allocator = "t"),
                        "TCMALLOC_RELEASE_RATE cannot be read back");
    assert_string_equal(membench_field(run, "warnings", .allocator = "b"),
                        "TBB_MALLOC_USE_HUGE_PAGES cannot be read back");
    membench_expect_text(run->out, "TCMALLOC_RELEASE_RATE cannot be read back");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(each_allocator_is_proved_with_its_version_and_settings),
        membench_test(kept_memory_is_anon_over_start),
        membench_test(what_is_freed_is_given_back_when_it_is_told_to),
        membench_test(a_misspelt_knob_ends_it_before_anything_is_measured),
        membench_test(a_knob_of_every_family_is_taken),
        membench_test(a_knob_that_cannot_be_read_back_is_a_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
