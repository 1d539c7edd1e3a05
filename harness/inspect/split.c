/* The second witness: the allocator's own account, held against the reading from outside, and used
 * where only it can tell blocks from what lies between them. Pure functions. */
#include "inspect/inspect.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

/* How far a sound account may be from what is seen from outside, bytes. */

/* mallinfo2 counts the same chunks in the same words, and nothing is allocated between the two
 * readings: no more than one page of a chunk that grew. */
static const double glibc_error = 4096;
/* Its statistics are exact; the memory it maps for itself is rounded up to 128 KiB pieces, whose
 * tails are counted when they are used (common.cc, kMetadataAllocChunkSize). */
static const double tcmalloc_error = 256 * 1024;
/* Block headers of its metadata and pages on both sides of it: tens of KiB. */
static const double jemalloc_error = 128 * 1024;
/* What it maps for itself before it counts: segment maps, thread data. An allowance, not measured.
 */
static const double mimalloc_error = 512 * 1024;

static double told(int64_t value)
{
    return value < 0 ? METRIC_ABSENT : (double)value;
}

static double or_zero(double value)
{
    return metric_is_absent(value) ? 0 : value;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

static void add_account(const struct wire_account *account, double values[METRIC_COUNT])
{
    values[METRIC_ACCOUNT_LIVE] = told(account->live);
    values[METRIC_ACCOUNT_RELEASABLE] = told(account->releasable);
    values[METRIC_ACCOUNT_PINNED] = told(account->pinned);
    values[METRIC_ACCOUNT_METADATA] = told(account->metadata);
    values[METRIC_ACCOUNT_RESIDENT] = told(account->resident);
}

/* glibc: all was seen from outside already; what is left is to compare. */
static char *compare_live(const char *family, double seen, const double values[METRIC_COUNT])
{
    double account = values[METRIC_ACCOUNT_LIVE];
    if (!(fabs(account - seen) > glibc_error)) { /* also if either is absent */
        return NULL;
    }
    return text_format("the witnesses disagree: from outside %.2f MiB of blocks are seen, by the "
                       "account of %s they are %.2f MiB",
                       seen / 0x1p20, family, account / 0x1p20);
}

static char *say_excess(const char *family, double excess)
{
    return text_format("the witnesses disagree: %.2f MiB of anonymous memory are nobody's, more "
                       "than %s says that it holds",
                       excess / 0x1p20, family);
}

/* tcmalloc and jemalloc: what is resident of free spans and of metadata is known to the page, so
 * what remains is resident memory of live and of pinned blocks. Where that is less than the account
 * holds of both, the difference was never touched. First it is the ends of new slabs, at most
 * `fresh` bytes; then live memory (calloc, the tail of a block that was rounded up to its class);
 * at last what lies between. Where it is more, it is nobody's. */
static char *split(const char *family, double fresh, double lazily_freed, double error,
                   double values[METRIC_COUNT])
{
    double total = values[METRIC_OWNER_MALLOC_UNSPLIT];
    double live = values[METRIC_ACCOUNT_LIVE], pinned = values[METRIC_ACCOUNT_PINNED];
    /* Lazily freed pages would go, too, but they are an owner of their own. */
    double releasable = larger(values[METRIC_ACCOUNT_RELEASABLE] - lazily_freed, 0);
    double metadata = values[METRIC_ACCOUNT_METADATA];
    double missing = releasable + metadata - total;
    releasable = smaller(releasable, total);
    metadata = smaller(metadata, total - releasable);
    double rest = total - releasable - metadata;
    double excess = rest - live - pinned;
    bool is_excess = excess > error;
    double untouched = larger(-excess, 0);
    double touched = pinned - smaller(smaller(untouched, fresh), pinned);
    double in_use = larger(smaller(live, rest - touched), 0);
    values[METRIC_OWNER_MALLOC_RELEASABLE] = releasable;
    values[METRIC_OWNER_MALLOC_METADATA] = metadata;
    values[METRIC_OWNER_MALLOC_IN_USE] = in_use;
    values[METRIC_OWNER_MALLOC_PINNED] = is_excess ? pinned : rest - in_use;
    values[METRIC_OWNER_MALLOC_UNSPLIT] = METRIC_ABSENT;
    values[METRIC_LIVE_BYTES] = values[METRIC_OWNER_PYMALLOC_LIVE] + live;
    if (missing > error) {
        return text_format("the witnesses disagree: %s says that %.2f MiB more are resident of its "
                           "free memory and its metadata than are seen from outside",
                           family, missing / 0x1p20);
    }
    return is_excess ? say_excess(family, excess) : NULL;
}

/* mimalloc: it tells only how much it holds at most. */
static char *bound(const char *family, double error, double values[METRIC_COUNT])
{
    double excess = values[METRIC_OWNER_MALLOC_UNSPLIT] - values[METRIC_ACCOUNT_RESIDENT];
    if (!(excess > error)) {
        return NULL;
    }
    values[METRIC_OWNER_MALLOC_UNSPLIT] -= excess;
    return say_excess(family, excess);
}

static bool can_split(const double values[METRIC_COUNT])
{
    return !metric_is_absent(values[METRIC_OWNER_MALLOC_UNSPLIT]) &&
           !metric_is_absent(values[METRIC_ACCOUNT_LIVE]) &&
           !metric_is_absent(values[METRIC_ACCOUNT_RELEASABLE]) &&
           !metric_is_absent(values[METRIC_ACCOUNT_PINNED]) &&
           !metric_is_absent(values[METRIC_ACCOUNT_METADATA]);
}

static char *hear_witness(const char *family, double fresh, double seen,
                          double values[METRIC_COUNT])
{
    if (strcmp(family, "glibc") == 0) {
        return compare_live(family, seen, values);
    }
    if (strcmp(family, "tcmalloc") == 0 && can_split(values)) {
        return split(family, fresh, 0, tcmalloc_error, values); /* it knows MADV_DONTNEED alone */
    }
    if (strcmp(family, "jemalloc") == 0 && can_split(values)) {
        return split(family, fresh, or_zero(values[METRIC_OWNER_LAZYFREE]), jemalloc_error, values);
    }
    return strcmp(family, "mimalloc") == 0 ? bound(family, mimalloc_error, values) : NULL;
}

/* All that pymalloc and malloc hold of resident memory; absent if that is not known. */
static double held_by_allocators(const double values[METRIC_COUNT])
{
    double pymalloc =
        values[METRIC_OWNER_PYMALLOC_LIVE] + values[METRIC_OWNER_PYMALLOC_FREE_BLOCKS] +
        values[METRIC_OWNER_PYMALLOC_FREE_POOLS] + values[METRIC_OWNER_PYMALLOC_HEADERS];
    if (!metric_is_absent(values[METRIC_OWNER_MALLOC_UNSPLIT]) &&
        metric_is_absent(values[METRIC_OWNER_MALLOC_IN_USE])) {
        return pymalloc + values[METRIC_OWNER_MALLOC_UNSPLIT];
    }
    return pymalloc + values[METRIC_OWNER_MALLOC_IN_USE] + values[METRIC_OWNER_MALLOC_RELEASABLE] +
           values[METRIC_OWNER_MALLOC_PINNED] + values[METRIC_OWNER_MALLOC_METADATA];
}

/* An absent owner makes absent what needs it. */
static void conclude(double values[METRIC_COUNT])
{
    values[METRIC_RELEASABLE_BYTES] = values[METRIC_OWNER_MALLOC_RELEASABLE];
    values[METRIC_PINNED_BYTES] = values[METRIC_OWNER_MALLOC_PINNED];
    if (metric_is_absent(values[METRIC_FORECAST_BYTES])) {
        values[METRIC_FORECAST_BYTES] = values[METRIC_ACCOUNT_RELEASABLE];
    }
    double live = values[METRIC_LIVE_BYTES];
    values[METRIC_FRAGMENTATION_RATIO] =
        live > 0 ? held_by_allocators(values) / live : METRIC_ABSENT;
    inspect_conclude(values);
}

char *inspect_split(const char *family, const struct wire_account *account, double seen,
                    double values[METRIC_COUNT])
{
    add_account(account, values);
    char *disagreement = hear_witness(family, or_zero(told(account->fresh)), seen, values);
    conclude(values);
    return disagreement;
}
