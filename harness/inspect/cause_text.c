#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "inspect/cause.h"

/* A smaller share is not named: it changes nothing about what to do. */
static const double named_share = 0.05;
/* "other" below it would read 0 % and say nothing. */
static const double told_share = 0.01;
/* A cause that advice is given on: who cures it gets back at least so much of what is held. */
static const double leading_share = 0.2;

static const struct {
    const char *key, *name;
} words[CAUSE_KINDS] = {
    [CAUSE_UNCOLLECTABLE] = {"uncollectable", "uncollectable garbage"},
    [CAUSE_UNCOLLECTED] = {"uncollected", "uncollected garbage"},
    [CAUSE_LIVE] = {"live", "live objects"},
    [CAUSE_PYMALLOC] = {"pymalloc", "pymalloc arenas"},
    [CAUSE_MALLOC_RELEASABLE] = {"malloc_releasable", "malloc releasable"},
    [CAUSE_MALLOC_PINNED] = {"malloc_pinned", "malloc pinned"},
    [CAUSE_MALLOC_UNSPLIT] = {"malloc_unsplit", "malloc, live or free"},
    [CAUSE_LAZYFREE] = {"lazyfree", "lazily freed pages"},
    [CAUSE_HUGE_PAGES] = {"huge_pages", "huge pages"},
    [CAUSE_STACKS] = {"stacks", "thread stacks"},
    [CAUSE_SHARED] = {"shared", "shared memory"},
    [CAUSE_OTHER] = {"other", "other"},
};

const char *cause_name(enum cause_kind kind)
{
    return words[kind].name;
}

const char *cause_key(enum cause_kind kind)
{
    return words[kind].key;
}

/* ---- the sentence ---- */

static double mebibytes(double bytes)
{
    return fabs(bytes) < 0.05 * 0x1p20 ? 0 : bytes / 0x1p20; /* no "-0.0" */
}

static void add_share(struct text_list *parts, const char *name, double bytes, double share)
{
    cleanup_free char *part =
        text_format("%s %.1f MiB (%.0f %%)", name, mebibytes(bytes), 100 * share);
    text_list_add(parts, part);
}

/* The named shares in order of bytes, and all others as "other". */
static char *list_shares(const struct cause *cause)
{
    struct text_list parts = {0};
    struct cause_share other = {.kind = CAUSE_OTHER};
    for (size_t i = 0; i < cause->share_count; i++) {
        const struct cause_share *share = &cause->shares[i];
        if (share->kind == CAUSE_OTHER || share->share < named_share) {
            other.bytes += share->bytes;
            other.share += share->share;
        }
    }
    bool is_other_told = other.share < told_share;
    for (size_t i = 0; i < cause->share_count; i++) {
        const struct cause_share *share = &cause->shares[i];
        if (share->kind == CAUSE_OTHER || share->share < named_share) {
            continue;
        }
        if (!is_other_told && other.bytes > share->bytes) {
            add_share(&parts, cause_name(CAUSE_OTHER), other.bytes, other.share);
            is_other_told = true;
        }
        const char *name = share->kind == CAUSE_LIVE && cause->is_garbage_unsized
                               ? "live objects or gc.garbage"
                               : cause_name(share->kind);
        add_share(&parts, name, share->bytes, share->share);
    }
    if (!is_other_told) {
        add_share(&parts, cause_name(CAUSE_OTHER), other.bytes, other.share);
    }
    char *list = text_join(&parts, ", ");
    text_list_clear(&parts);
    return list;
}

/* Whole free pages are not all in a release's reach: malloc_trim leaves the tops of thread arenas.
 * Said where it matters; of children a forecast knows nothing. */
static bool is_forecast_told(const struct cause *cause)
{
    double releasable = cause_bytes(cause, CAUSE_MALLOC_RELEASABLE);
    return cause->children <= 0 && releasable - cause->forecast > named_share * cause->held;
}

/* What is held, and why. */
static char *held_text(const struct cause *cause)
{
    if (!cause->is_known) {
        return text_copy("not known");
    }
    if (!cause->is_grown) {
        return text_format("not grown (%.1f MiB over start)", mebibytes(cause->held));
    }
    cleanup_free char *list = list_shares(cause);
    cleanup_free char *children =
        cause->children >= named_share * cause->held
            ? text_format(", of it %.1f MiB in child processes", mebibytes(cause->children))
            : text_copy("");
    cleanup_free char *release =
        is_forecast_told(cause)
            ? text_format("; a release would give back only %.1f MiB", mebibytes(cause->forecast))
            : text_copy("");
    return text_format("%s of %.1f MiB held over start%s%s", list, mebibytes(cause->held), children,
                       release);
}

/* "live objects 97 %, pymalloc arenas 3 %", without small shares; "" if it is not known. */
static char *growth_text(const struct cause *cause)
{
    struct text_list parts = {0};
    for (size_t i = 0; i < cause->growth_count; i++) {
        const struct cause_share *share = &cause->growth[i];
        if (share->share >= named_share) {
            cleanup_free char *part =
                text_format("%s %.0f %%", cause_name(share->kind), 100 * share->share);
            text_list_add(&parts, part);
        }
    }
    cleanup_free char *list = text_join(&parts, ", ");
    text_list_clear(&parts);
    return list[0] ? text_format(" (%s)", list) : text_copy("");
}

char *cause_sentence(const struct cause *cause)
{
    cleanup_free char *held = held_text(cause);
    if (!cause->is_growing) {
        return take_pointer(held);
    }
    cleanup_free char *growth = growth_text(cause);
    cleanup_free char *growing =
        text_format("growing by %.1f MiB per cycle%s", mebibytes(cause->slope), growth);
    if (!cause->is_known) {
        return take_pointer(growing);
    }
    return cause->is_grown ? text_format("%s: %s", growing, held)
                           : text_format("%s, but at the end only %.1f MiB over start", growing,
                                         mebibytes(cause->held));
}

/* ---- what follows ---- */

static size_t add_kind(enum cause_kind kinds[CAUSE_KINDS], size_t count, enum cause_kind kind)
{
    for (size_t i = 0; i < count; i++) {
        if (kinds[i] == kind) {
            return count;
        }
    }
    kinds[count] = kind;
    return count + 1;
}

size_t cause_leading(const struct cause *cause, enum cause_kind leading[CAUSE_KINDS])
{
    size_t count = 0;
    for (size_t i = 0; i < cause->growth_count && cause->is_growing; i++) {
        if (i == 0 || cause->growth[i].share >= leading_share) {
            count = add_kind(leading, count, cause->growth[i].kind);
        }
    }
    for (size_t i = 0; i < cause->share_count && cause->is_grown; i++) {
        if (i == 0 || cause->shares[i].share >= leading_share) {
            count = add_kind(leading, count, cause->shares[i].kind);
        }
    }
    return count;
}

const char *cause_remedy(enum cause_kind kind, const char *family)
{
    bool is_glibc = strcmp(family, "glibc") == 0;
    switch (kind) {
    case CAUSE_UNCOLLECTABLE:
        return "clear gc.garbage, as only that list holds them; no allocator can";
    case CAUSE_UNCOLLECTED:
        return "call gc.collect() or break the reference cycles; no allocator can free them";
    case CAUSE_LIVE:
        return "find what holds them (--census counts them by type); no allocator can free them";
    case CAUSE_PYMALLOC:
        return "no other malloc reaches these arenas; without pymalloc (--object-allocator malloc) "
               "one "
               "that gives back by itself can help, plain glibc often holds more";
    case CAUSE_MALLOC_RELEASABLE:
        return is_glibc ? "malloc_trim(0) gives it back, but for the tops of thread arenas; an "
                          "allocator that gives back by itself can help"
                        : "its own release gives it back, and settings that give back sooner can "
                          "help";
    case CAUSE_MALLOC_PINNED:
        return "live blocks, and blocks that the allocator caches, hold its pages, so a release "
               "cannot; "
               "another allocator can help or hurt: try some";
    case CAUSE_MALLOC_UNSPLIT:
        return "this allocator, or a child process, does not tell live blocks from free memory; "
               "the "
               "same under glibc tells";
    case CAUSE_LAZYFREE:
        return "the kernel takes them as soon as it needs memory; nothing to do";
    case CAUSE_HUGE_PAGES:
        return "set transparent huge pages to madvise or never";
    case CAUSE_STACKS:
        return "run fewer threads, each keeps the stack it once touched; no allocator can help";
    case CAUSE_SHARED:
        return "no malloc holds it: it was mapped to be shared (mmap, multiprocessing), and goes "
               "when it is unmapped";
    case CAUSE_OTHER:
        return "no malloc hands it out: what libraries map themselves, static data, what an "
               "allocator needs for itself; the table of owners tells which";
    case CAUSE_KINDS:
        break;
    }
    return NULL;
}

char *cause_advice(const struct cause *cause, const char *family)
{
    enum cause_kind leading[CAUSE_KINDS];
    size_t count = cause_leading(cause, leading);
    struct text_list clauses = {0};
    for (size_t i = 0; i < count; i++) {
        const char *remedy = cause_remedy(leading[i], family);
        if (remedy) {
            cleanup_free char *clause = text_format("%s: %s", cause_name(leading[i]), remedy);
            text_list_add(&clauses, clause);
        }
    }
    char *advice = text_join(&clauses, ". ");
    text_list_clear(&clauses);
    return advice;
}
