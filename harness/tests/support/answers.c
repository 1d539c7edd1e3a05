#include "tests/support/answers.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "tests/support/accounting.h"

static const double mebibyte = 0x1p20;

/* Whose memory a reason's size is: exactly one kind's, but for `pinned`, whose gaps need live
 * blocks between them. Headers, ends of pools and the interpreter's own are in the tolerance. */
static const struct answer {
    const char *reason;
    enum cause_kind kind;
    double part, live_part;
    bool is_malloc;  /* held in malloc's blocks */
    bool needs_told; /* known only where malloc tells live blocks from free ones */
} answers[] = {
    {"objects", CAUSE_LIVE, 1, 0, false, false},
    {"blocks", CAUSE_LIVE, 1, 0, true, false},
    {"one_block", CAUSE_LIVE, 1, 0, true, false},
    {"garbage", CAUSE_UNCOLLECTED, 1, 0, false, false},
    {"garbage_blocks", CAUSE_UNCOLLECTED, 1, 0, true, true},
    {"uncollectable", CAUSE_UNCOLLECTABLE, 1, 0, false, false},
    {"uncollectable_blocks", CAUSE_UNCOLLECTABLE, 1, 0, true, true},
    {"arenas", CAUSE_PYMALLOC, 1, 0, false, false},
    {"releasable", CAUSE_MALLOC_RELEASABLE, 1, 0, true, false},
    {"pinned", CAUSE_MALLOC_PINNED, 1, 1.0 / 3, true, false},
    {"lazyfree", CAUSE_LAZYFREE, 1, 0, false, false},
    {"huge_pages", CAUSE_HUGE_PAGES, 511.0 / 512, 0, false, false},
    {"stacks", CAUSE_STACKS, 1, 0, false, false},
};
enum { ANSWERS = sizeof answers / sizeof *answers };

const char *answers_reason(unsigned index)
{
    return index < ANSWERS ? answers[index].reason : NULL;
}

static const struct answer *find(const char *reason)
{
    for (size_t i = 0; i < ANSWERS; i++) {
        if (strcmp(answers[i].reason, reason) == 0) {
            return &answers[i];
        }
    }
    fail_msg("there is no reason '%s'", reason);
    return NULL;
}

static bool is(const char *text, const char *other)
{
    return text && strcmp(text, other) == 0;
}

/* Which families tell live blocks from free ones. */
static bool is_told(const char *family)
{
    return is(family, "glibc") || is(family, "tcmalloc") || is(family, "jemalloc");
}

/* The kernel makes none where it was told so. */
static bool has_huge_pages(void)
{
    char text[128] = "";
    FILE *file = fopen("/sys/kernel/mm/transparent_hugepage/enabled", "re");
    if (file) {
        text[fread(text, 1, sizeof text - 1, file)] = '\0';
        fclose(file);
    }
    return strstr(text, "[always]") || strstr(text, "[madvise]");
}

bool answers_is_known(const char *reason, const char *family)
{
    if (is(reason, "huge_pages")) { /* other families write what calloc returns */
        return is(family, "glibc") && has_huge_pages();
    }
    return !find(reason)->needs_told || is_told(family);
}

static bool has_both(const char *reason, const char *also, const char *one, const char *other)
{
    return (is(reason, one) && is(also, other)) || (is(reason, other) && is(also, one));
}

bool answers_can_mix(const char *reason, const char *also, const char *family)
{
    if (strcmp(reason, also) == 0 || !answers_is_known(reason, family) ||
        !answers_is_known(also, family)) {
        return false;
    }
    bool has_lazyfree = is(reason, "lazyfree") || is(also, "lazyfree");
    bool is_released_too = has_both(reason, also, "releasable", "garbage_blocks");
    return is(family, "glibc") || !(has_lazyfree || is_released_too);
}

/* ---- running ---- */

void answers_run(struct membench *run, const char *allocators, const struct mixture *mixture)
{
    cleanup_free char *kind = text_format("kind=%s", mixture->reason);
    cleanup_free char *mib = text_format("mib=%u", mixture->mib);
    cleanup_free char *also = text_format("also=%s", mixture->also ? mixture->also : "");
    cleanup_free char *also_mib = text_format("also_mib=%u", mixture->also_mib);
    bool is_huge = is(mixture->reason, "huge_pages") || is(mixture->also, "huge_pages");
    membench_run(run, "-n", "1", "--settle", "0", "--thp", is_huge ? "host" : "off", "-a",
                 allocators, "-p", kind, "-p", mib, "-p", also, "-p", also_mib,
                 membench_fixture("holds.py"));
    membench_expect(run, 0);
    accounting_expect_complete(run);
}

/* ---- expecting ---- */

static void add(double expected[CAUSE_KINDS], const struct answer *answer, const char *family,
                double size)
{
    bool is_hidden = answer->is_malloc && !is_told(family);
    expected[is_hidden ? CAUSE_MALLOC_UNSPLIT : answer->kind] += answer->part * size;
    expected[is_hidden ? CAUSE_MALLOC_UNSPLIT : CAUSE_LIVE] += answer->live_part * size;
}

/* How much of its free memory a malloc keeps in caches (tcmalloc), or has given back by itself as
 * time went by (jemalloc), is its own affair; but what it gives at 'released' is known when it has
 * given it. glibc gives all whole pages. */
static void judge_by_release(double expected[CAUSE_KINDS], const char *family, double released)
{
    double *releasable = &expected[CAUSE_MALLOC_RELEASABLE];
    if (is(family, "tcmalloc") && *releasable > 0) {
        expected[CAUSE_MALLOC_PINNED] += *releasable - released;
        *releasable = released;
    }
    if (is(family, "jemalloc") && *releasable > 0) {
        assert_true(released >= 0.5 * *releasable && released <= 1.01 * *releasable + mebibyte);
        *releasable = released;
    }
}

static double grown(struct membench *run, const char *family, const char *metric)
{
    return membench_value(run, "settled", metric, .allocator = family) -
           membench_value(run, "start", metric, .allocator = family);
}

/* A malloc that does not tell rounds blocks up (2040 bytes to 2560 under scudo, to a sixth of 16
 * KiB under tbbmalloc), needs memory for itself, and may give free memory back at once: what it
 * holds is what the kernel counts beyond that of all others. */
static void judge_by_kernel(struct membench *run, double expected[CAUSE_KINDS], const char *family,
                            double released)
{
    double asked = expected[CAUSE_MALLOC_UNSPLIT];
    if (is_told(family) || asked == 0) {
        return;
    }
    double held = grown(run, family, "anon");
    for (enum cause_kind kind = 0; kind < CAUSE_KINDS; kind++) {
        bool is_other = kind != CAUSE_MALLOC_UNSPLIT && kind != CAUSE_LAZYFREE;
        held -= is_other ? expected[kind] : 0;
    }
    assert_true(held <= 1.45 * asked + mebibyte);
    expected[CAUSE_MALLOC_UNSPLIT] = held - released;
    expected[CAUSE_MALLOC_RELEASABLE] = released;
}

static double expect(struct membench *run, const char *family, const struct mixture *mixture,
                     double expected[CAUSE_KINDS])
{
    double size = mixture->mib * mebibyte + (mixture->also ? mixture->also_mib * mebibyte : 0);
    add(expected, find(mixture->reason), family, mixture->mib * mebibyte);
    if (mixture->also) {
        add(expected, find(mixture->also), family, mixture->also_mib * mebibyte);
    }
    double released = membench_value(run, "released", "released_bytes", .allocator = family);
    judge_by_release(expected, family, released);
    judge_by_kernel(run, expected, family, released);
    return size;
}

static enum cause_kind largest(const double bytes[CAUSE_KINDS])
{
    enum cause_kind found = 0;
    for (enum cause_kind i = 1; i < CAUSE_KINDS; i++) {
        found = bytes[i] > bytes[found] ? i : found;
    }
    return found;
}

/* Of two that are nearly alike either may come first. */
static void expect_first(const char *what, const struct cause *cause,
                         const double expected[CAUSE_KINDS], double tolerance)
{
    enum cause_kind kind = largest(expected), first = cause->shares[0].kind;
    if (cause->share_count == 0 || expected[first] + 2 * tolerance < expected[kind]) {
        cleanup_free char *sentence = cause_sentence(cause);
        fail_msg("%s is not blamed on %s: %s", what, cause_name(kind), sentence);
    }
}

void answers_expect(struct membench *run, const char *family, const struct mixture *mixture,
                    double share, double bytes)
{
    cleanup_free char *what =
        text_format("%s: %u MiB %s, %u MiB %s", family, mixture->mib, mixture->reason,
                    mixture->also_mib, mixture->also ? mixture->also : "more");
    double expected[CAUSE_KINDS] = {0};
    double size = expect(run, family, mixture, expected);
    struct cause cause;
    accounting_cause(run, (struct membench_where){.allocator = family}, &cause);
    assert_false(cause.is_growing);
    if (expected[largest(expected)] <= 2 * mebibyte) {
        return; /* tbbmalloc has given all of it back: noise */
    }
    assert_true(cause.is_grown);
    expect_first(what, &cause, expected, share * size + bytes);
    accounting_expect_line(run, family, cause.shares[0].kind);
    for (enum cause_kind kind = 0; kind < CAUSE_KINDS; kind++) {
        /* jemalloc needs 44 bytes of its own for each block of 2 KiB: real, and not judged here. */
        if (kind != CAUSE_OTHER || is(family, "glibc")) {
            bool is_judged_alone = expected[kind] > 0 && is_told(family);
            double of = is_judged_alone ? expected[kind] : size;
            accounting_expect_share(what, &cause, kind, expected[kind], 0, share * of + bytes);
        }
    }
    if (is(family, "glibc")) {
        accounting_expect_forecast(run, (struct membench_where){.allocator = family});
    }
}
