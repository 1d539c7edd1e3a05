#include "inspect/division.h"

#include <math.h>
#include <stddef.h>

/* What an owner's bytes come to, before they are named by their cause. */
enum part {
    PYMALLOC_LIVE,
    PYMALLOC_FREE,
    MALLOC_LIVE,
    MALLOC_RELEASABLE,
    MALLOC_PINNED,
    MALLOC_UNSPLIT,
    CHILDREN_LIVE,
    CHILDREN_PYMALLOC,
    CHILDREN_RELEASABLE,
    CHILDREN_PINNED,
    CHILDREN_UNSPLIT,
    CHILDREN_REST,
    LAZYFREE,
    HUGE_SLACK,
    STACKS,
    SHARED,
    REST,
    PARTS,
};

/* The parts whose free memory becomes each other's live memory. */
static const struct {
    enum part first, end;
} layers[] = {
    {PYMALLOC_LIVE, MALLOC_LIVE},
    {MALLOC_LIVE, CHILDREN_LIVE},
    {CHILDREN_LIVE, LAZYFREE},
};

static double value_of(const struct sample *sample, enum metric metric)
{
    return sample ? sample->values[metric] : METRIC_ABSENT;
}

static double present(double value)
{
    return metric_is_absent(value) ? 0 : value;
}

static double grown_by(const struct division_span *span, enum metric metric)
{
    return present(value_of(span->to, metric)) - present(value_of(span->from, metric));
}

/* 0 or more; 0 if either is not known. */
static double fallen_by(const struct sample *from, const struct sample *to, enum metric metric)
{
    return fmax(0, present(value_of(from, metric) - value_of(to, metric)));
}

static bool is_inspected(const struct sample *sample)
{
    for (int i = METRIC_OWNER_FIRST; sample && i <= METRIC_OWNER_LAST; i++) {
        if (!metric_is_absent(sample->values[i])) {
            return true;
        }
    }
    return false;
}

double division_size(const struct sample *sample)
{
    return value_of(sample, METRIC_ANON) + present(value_of(sample, METRIC_LAZYFREE)) +
           present(value_of(sample, METRIC_OWNER_SHARED)) +
           present(value_of(sample, METRIC_CHILDREN_ANON));
}

/* ---- the parts ---- */

static bool is_malloc_split(const struct division_span *span)
{
    return !metric_is_absent(value_of(span->from, METRIC_OWNER_MALLOC_IN_USE)) &&
           !metric_is_absent(value_of(span->to, METRIC_OWNER_MALLOC_IN_USE));
}

static void add_malloc(double parts[PARTS], const struct division_span *span)
{
    parts[MALLOC_LIVE] = grown_by(span, METRIC_OWNER_MALLOC_IN_USE);
    parts[MALLOC_RELEASABLE] = grown_by(span, METRIC_OWNER_MALLOC_RELEASABLE);
    parts[MALLOC_PINNED] = grown_by(span, METRIC_OWNER_MALLOC_PINNED);
    parts[MALLOC_UNSPLIT] = grown_by(span, METRIC_OWNER_MALLOC_UNSPLIT);
    if (!is_malloc_split(span)) { /* told at one end only, it cannot be compared */
        parts[MALLOC_UNSPLIT] +=
            parts[MALLOC_LIVE] + parts[MALLOC_RELEASABLE] + parts[MALLOC_PINNED];
        parts[MALLOC_LIVE] = parts[MALLOC_RELEASABLE] = parts[MALLOC_PINNED] = 0;
    }
}

static void add_children(double parts[PARTS], const struct division_span *span)
{
    parts[CHILDREN_LIVE] = grown_by(span, METRIC_CHILDREN_LIVE);
    parts[CHILDREN_PYMALLOC] = grown_by(span, METRIC_CHILDREN_PYMALLOC_FREE);
    parts[CHILDREN_RELEASABLE] = grown_by(span, METRIC_CHILDREN_RELEASABLE);
    parts[CHILDREN_PINNED] = grown_by(span, METRIC_CHILDREN_PINNED);
    parts[CHILDREN_UNSPLIT] = grown_by(span, METRIC_CHILDREN_UNSPLIT);
    parts[CHILDREN_REST] = grown_by(span, METRIC_CHILDREN_ANON);
    for (int i = CHILDREN_LIVE; i < CHILDREN_REST; i++) {
        parts[CHILDREN_REST] -= parts[i];
    }
}

static void add_parts(double parts[PARTS], const struct division_span *span, double total)
{
    parts[PYMALLOC_LIVE] = grown_by(span, METRIC_OWNER_PYMALLOC_LIVE);
    parts[PYMALLOC_FREE] = grown_by(span, METRIC_OWNER_PYMALLOC_FREE_BLOCKS) +
                           grown_by(span, METRIC_OWNER_PYMALLOC_FREE_POOLS) +
                           grown_by(span, METRIC_OWNER_PYMALLOC_HEADERS);
    add_malloc(parts, span);
    add_children(parts, span);
    parts[LAZYFREE] = grown_by(span, METRIC_OWNER_LAZYFREE);
    parts[HUGE_SLACK] = grown_by(span, METRIC_OWNER_HUGE_SLACK);
    parts[STACKS] = grown_by(span, METRIC_OWNER_THREAD_STACKS);
    parts[SHARED] = grown_by(span, METRIC_OWNER_SHARED);
    /* All else is anonymous too and small, so it is one: also what nobody explains. */
    parts[REST] = total;
    for (int i = 0; i < REST; i++) {
        parts[REST] -= parts[i];
    }
}

/* Takes `debt` from the positive parts in proportion, and leaves none negative. Returns what they
 * could not cover. */
static double take_from(double *parts, size_t count, double debt)
{
    double gained = 0;
    for (size_t i = 0; i < count; i++) {
        gained += fmax(0, parts[i]);
    }
    double left = gained > debt ? (gained - debt) / gained : 0;
    for (size_t i = 0; i < count; i++) {
        parts[i] = fmax(0, parts[i]) * left;
    }
    return fmax(0, debt - gained);
}

static double lost_in(const double *parts, size_t count)
{
    double lost = 0;
    for (size_t i = 0; i < count; i++) {
        lost += fmax(0, -parts[i]);
    }
    return lost;
}

static void net(double parts[PARTS])
{
    double debt = 0;
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        double *first = &parts[layers[i].first];
        size_t count = layers[i].end - layers[i].first;
        debt += take_from(first, count, lost_in(first, count));
    }
    take_from(parts, PARTS, debt + lost_in(parts, PARTS));
}

/* ---- what of it is garbage ---- */

/* Takes at most `wanted` out of a part. */
static double take(double *part, double wanted)
{
    double taken = fmin(*part, wanted);
    *part -= taken;
    return taken;
}

/* Also from the memory of a malloc that does not tell: objects are live there, too. */
static void take_uncollectable(struct division *division, double parts[PARTS],
                               const struct division_span *span)
{
    double bytes = fmax(value_of(span->to, METRIC_UNCOLLECTABLE_BYTES), /* ignores a NAN */
                        value_of(span->collected, METRIC_UNCOLLECTABLE_BYTES));
    double objects = fmax(value_of(span->to, METRIC_GARBAGE_OBJECTS),
                          value_of(span->collected, METRIC_GARBAGE_OBJECTS));
    division->is_garbage_unsized = metric_is_absent(bytes) && objects > 0;
    double wanted =
        fmax(0, present(bytes) - present(value_of(span->from, METRIC_UNCOLLECTABLE_BYTES)));
    static const enum part order[] = {PYMALLOC_LIVE, MALLOC_LIVE, MALLOC_UNSPLIT};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        double taken = take(&parts[order[i]], wanted);
        division->bytes[CAUSE_UNCOLLECTABLE] += taken;
        wanted -= taken;
    }
}

/* A collection that freed no object freed no garbage: then what fell meanwhile fell by itself. */
static bool has_freed(const struct division_span *span)
{
    double freed = value_of(span->collected, METRIC_COLLECTED_OBJECTS) -
                   value_of(span->to, METRIC_COLLECTED_OBJECTS);
    return span->collected && (metric_is_absent(freed) || freed > 0);
}

static void take_uncollected(struct division *division, double parts[PARTS],
                             const struct division_span *span)
{
    if (!has_freed(span)) {
        return;
    }
    double live = fallen_by(span->to, span->collected, METRIC_OWNER_PYMALLOC_LIVE) +
                  fallen_by(span->to, span->collected, METRIC_OWNER_MALLOC_IN_USE);
    double unsplit = fallen_by(span->to, span->collected, METRIC_OWNER_MALLOC_UNSPLIT);
    double from_pymalloc = take(&parts[PYMALLOC_LIVE], live);
    division->bytes[CAUSE_UNCOLLECTED] = from_pymalloc +
                                         take(&parts[MALLOC_LIVE], live - from_pymalloc) +
                                         take(&parts[MALLOC_UNSPLIT], unsplit);
}

/* The owner falls also by what a release frees lazily, which rss does not show. What fell while no
 * garbage was freed was free as well, and went back by itself. */
static void take_released(struct division *division, double parts[PARTS],
                          const struct division_span *span)
{
    const struct sample *before = has_freed(span) ? span->collected : span->to;
    /* An owner that is known by its upper bound may fall without a page having gone. */
    double fallen = fmin(fallen_by(before, span->released, METRIC_OWNER_MALLOC_UNSPLIT),
                         fallen_by(before, span->released, METRIC_ANON));
    if (metric_is_absent(value_of(span->released, METRIC_OWNER_MALLOC_UNSPLIT))) {
        fallen = present(value_of(span->released, METRIC_RELEASED_BYTES));
    }
    division->bytes[CAUSE_MALLOC_RELEASABLE] = take(&parts[MALLOC_UNSPLIT], fallen);
}

static void name_parts(double bytes[CAUSE_KINDS], const double parts[PARTS])
{
    static const enum cause_kind kinds[PARTS] = {
        [PYMALLOC_LIVE] = CAUSE_LIVE,
        [PYMALLOC_FREE] = CAUSE_PYMALLOC,
        [MALLOC_LIVE] = CAUSE_LIVE,
        [MALLOC_RELEASABLE] = CAUSE_MALLOC_RELEASABLE,
        [MALLOC_PINNED] = CAUSE_MALLOC_PINNED,
        [MALLOC_UNSPLIT] = CAUSE_MALLOC_UNSPLIT,
        [CHILDREN_LIVE] = CAUSE_LIVE,
        [CHILDREN_PYMALLOC] = CAUSE_PYMALLOC,
        [CHILDREN_RELEASABLE] = CAUSE_MALLOC_RELEASABLE,
        [CHILDREN_PINNED] = CAUSE_MALLOC_PINNED,
        [CHILDREN_UNSPLIT] = CAUSE_MALLOC_UNSPLIT,
        [CHILDREN_REST] = CAUSE_OTHER,
        [LAZYFREE] = CAUSE_LAZYFREE,
        [HUGE_SLACK] = CAUSE_HUGE_PAGES,
        [STACKS] = CAUSE_STACKS,
        [SHARED] = CAUSE_SHARED,
        [REST] = CAUSE_OTHER,
    };
    for (int i = 0; i < PARTS; i++) {
        bytes[kinds[i]] += parts[i];
    }
}

void division_make(struct division *division, const struct division_span *span)
{
    *division = (struct division){.total = division_size(span->to) - division_size(span->from),
                                  .children = grown_by(span, METRIC_CHILDREN_ANON)};
    division->is_known =
        is_inspected(span->from) && is_inspected(span->to) && !metric_is_absent(division->total);
    if (!division->is_known) {
        return;
    }
    double parts[PARTS] = {0};
    add_parts(parts, span, division->total);
    net(parts);
    take_uncollectable(division, parts, span);
    take_uncollected(division, parts, span);
    take_released(division, parts, span);
    name_parts(division->bytes, parts);
}
