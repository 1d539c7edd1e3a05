#include "report/ratios.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/verdict_words.h"
#include "stats/observations.h"

/* A comparison with where it is of. */
struct entry {
    const struct verdicts_group *group;
    const struct verdicts_comparison *comparison;
    size_t order; /* as it was found: of two that are equal the first goes first */
};

struct entries {
    struct entry *items;
    size_t count;
};

static void add_entry(struct entries *entries, const struct verdicts_group *group,
                      const struct verdicts_comparison *comparison)
{
    entries->items = text_grow(entries->items, entries->count + 1, sizeof *entries->items);
    entries->items[entries->count] = (struct entry){group, comparison, entries->count};
    entries->count++;
}

static bool is_ratio(const struct verdicts_comparison *comparison)
{
    const struct comparison *result = &comparison->result;
    return !comparison->missing && result->scale == EFFECT_RATIO &&
           isfinite(result->effect.estimate) && result->effect.estimate > 0;
}

/* ---- order ---- */

static int compare_order(const struct entry *one, const struct entry *other)
{
    return (one->order > other->order) - (one->order < other->order);
}

/* The least ratio first; what has none last. */
static int compare_ratios(const void *a, const void *b)
{
    const struct entry *one = a, *other = b;
    double x = is_ratio(one->comparison) ? one->comparison->result.effect.estimate : HUGE_VAL;
    double y = is_ratio(other->comparison) ? other->comparison->result.effect.estimate : HUGE_VAL;
    return x != y ? (x < y ? -1 : 1) : compare_order(one, other);
}

/* Half and double are equally far; what has no ratio is nearest. */
static double distance_of(const struct entry *entry)
{
    return is_ratio(entry->comparison) ? fabs(log(entry->comparison->result.effect.estimate)) : -1;
}

static int compare_distances(const void *a, const void *b)
{
    double x = distance_of(a), y = distance_of(b);
    return x != y ? (x > y ? -1 : 1) : compare_order(a, b);
}

static void sort_entries(struct entries *entries, int (*compare)(const void *, const void *))
{
    if (entries->count > 0) {
        qsort(entries->items, entries->count, sizeof *entries->items, compare);
    }
}

/* ---- rows ---- */

static bool is_same(const char *one, const char *other)
{
    return strcmp(one, other) == 0;
}

/* What the ratios are to, if that is one for all of them; else NULL. */
static const char *common_baseline(const struct entries *entries)
{
    const char *baseline = entries->count > 0 ? entries->items[0].comparison->baseline : NULL;
    for (size_t i = 1; i < entries->count; i++) {
        if (!is_same(entries->items[i].comparison->baseline, baseline)) {
            return NULL;
        }
    }
    return baseline;
}

static char *words_of(const struct verdicts_comparison *comparison)
{
    const char *sign = verdict_words_verdict_sign(comparison, false);
    const char *verdict = verdict_words_verdict(comparison);
    if (comparison->missing) {
        return text_format("%s %s: %s", sign, verdict, comparison->missing);
    }
    struct effect_words effect = verdict_words_of_comparison(comparison);
    bool is_difference = comparison->result.scale == EFFECT_DIFFERENCE;
    return text_format("%s%s%s%s %s %s", effect.estimate, effect.interval[0] ? " " : "",
                       effect.interval, is_difference ? " (difference)" : "", sign, verdict);
}

static enum forest_tone tone_of(enum verdict verdict)
{
    static const enum forest_tone tones[] = {
        [VERDICT_UNKNOWN] = FOREST_OPEN, [VERDICT_SAME] = FOREST_OPEN,
        [VERDICT_BETTER] = FOREST_LESS,  [VERDICT_WORSE] = FOREST_MORE,
        [VERDICT_LESS] = FOREST_OPEN,    [VERDICT_MORE] = FOREST_OPEN,
    };
    return tones[verdict];
}

/* Takes the name. */
static struct forest_row make_row(const struct verdicts_comparison *comparison, char *name)
{
    const struct comparison *result = &comparison->result;
    struct forest_row row = {.name = name, .words = words_of(comparison)};
    if (is_ratio(comparison)) {
        row.is_drawn = true;
        row.is_exact = result->is_exact;
        row.estimate = result->effect.estimate;
        row.low = result->effect.lower;
        row.high = result->effect.upper;
        row.low_edge = result->low_edge;
        row.high_edge = result->high_edge;
        row.tone = tone_of(result->verdict);
    }
    return row;
}

/* "tcmalloc", or "tcmalloc to glibc" where not all are to one. */
static char *name_of(const struct verdicts_comparison *comparison, const char *baseline)
{
    return baseline ? text_copy(comparison->candidate)
                    : text_format("%s to %s", comparison->candidate, comparison->baseline);
}

static void add_group(struct forest *forest, char *name, const struct entries *entries)
{
    forest->groups = text_grow(forest->groups, forest->count + 1, sizeof *forest->groups);
    forest->groups[forest->count++] = (struct forest_group){
        .name = name,
        .rows = text_allocate(entries->count * sizeof *forest->groups->rows),
        .count = entries->count,
    };
}

/* All intervals of a run have one level; 0: none of these has any. */
static double alpha_of(const struct entries *entries)
{
    for (size_t i = 0; i < entries->count; i++) {
        if (!entries->items[i].comparison->missing) {
            return entries->items[i].comparison->result.alpha;
        }
    }
    return 0;
}

static char *unit_of(const char *baseline, double alpha)
{
    return text_format("ratio to %s with its %.3g %% interval; a band is too little to matter",
                       baseline ? baseline : "the baseline", 100 * (1 - alpha));
}

/* ": tcmalloc 0.62 [0.61, 0.64] ↓ better, ..." */
static char *describe(const struct forest *forest, const char *title)
{
    char *text = text_format("%s.", title);
    for (size_t i = 0; i < forest->count; i++) {
        const struct forest_group *group = &forest->groups[i];
        for (size_t j = 0; j < group->count; j++) {
            const char *end = j + 1 < group->count ? ";" : ".";
            cleanup_free char *former = text;
            text = text_format("%s %s%s%s %s%s", former, j == 0 ? group->name : "",
                               j == 0 && group->name[0] ? ": " : "", group->rows[j].name,
                               group->rows[j].words, end);
        }
    }
    return text;
}

/* Takes the title. */
static void finish(struct forest *forest, const struct entries *entries, char *title)
{
    forest->title = title;
    forest->description = describe(forest, title);
    forest->unit = unit_of(common_baseline(entries), alpha_of(entries));
    forest->frame.title = forest->title;
    forest->frame.description = forest->description;
}

/* ---- a group ---- */

static bool is_same_figure(const struct verdicts_comparison *one,
                           const struct verdicts_comparison *other)
{
    return one->metric == other->metric && is_same(one->phase, other->phase);
}

/* What every run asks for and this one does not have is left out, but not what a gate asked for. */
static bool is_shown(const struct verdicts_comparison *comparison)
{
    return !comparison->missing || comparison->level != GATE_OFF;
}

static void add_figure(struct forest *forest, const struct entries *all,
                       const struct verdicts_comparison *figure, const char *baseline)
{
    struct entries entries = {0};
    for (size_t i = 0; i < all->count; i++) {
        if (is_same_figure(all->items[i].comparison, figure)) {
            add_entry(&entries, all->items[i].group, all->items[i].comparison);
        }
    }
    sort_entries(&entries, compare_ratios);
    add_group(forest, observations_figure_name(figure->phase, figure->metric), &entries);
    struct forest_group *group = &forest->groups[forest->count - 1];
    for (size_t i = 0; i < entries.count; i++) {
        const struct verdicts_comparison *comparison = entries.items[i].comparison;
        group->rows[i] = make_row(comparison, name_of(comparison, baseline));
    }
    free(entries.items);
}

static bool is_first_of_figure(const struct entries *entries, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (is_same_figure(entries->items[i].comparison, entries->items[index].comparison)) {
            return false;
        }
    }
    return true;
}

void ratios_of_group(struct forest *forest, const struct verdicts_group *group)
{
    struct entries entries = {0};
    bool has_ratio = false;
    *forest = (struct forest){.note = text_copy("")};
    for (size_t i = 0; i < group->comparison_count; i++) {
        if (is_shown(&group->comparisons[i])) {
            add_entry(&entries, group, &group->comparisons[i]);
            has_ratio = has_ratio || is_ratio(&group->comparisons[i]);
        }
    }
    const char *baseline = common_baseline(&entries);
    for (size_t i = 0; i < entries.count && has_ratio; i++) {
        if (is_first_of_figure(&entries, i)) {
            add_figure(forest, &entries, entries.items[i].comparison, baseline);
        }
    }
    finish(forest, &entries,
           text_format("%s: ratio to %s", group->workload, baseline ? baseline : "the baseline"));
    free(entries.items);
}

/* ---- a figure ---- */

/* "bursts", "bursts, without pymalloc". */
static char *heading_of(const struct verdicts_group *group)
{
    bool is_malloc = group->object_allocator == OBJECT_MALLOC;
    return text_format("%s%s", group->workload, is_malloc ? ", without pymalloc" : "");
}

static bool has_several_groups(const struct entries *entries)
{
    for (size_t i = 1; i < entries->count; i++) {
        if (entries->items[i].group != entries->items[0].group) {
            return true;
        }
    }
    return false;
}

/* Of one group of the verdicts; sorted already. */
static void add_rows(struct forest *forest, const struct entries *all,
                     const struct verdicts_group *of, char *heading)
{
    const char *baseline = common_baseline(all);
    struct entries entries = {0};
    for (size_t i = 0; i < all->count; i++) {
        if (all->items[i].group == of) {
            add_entry(&entries, of, all->items[i].comparison);
        }
    }
    add_group(forest, heading, &entries);
    for (size_t i = 0; i < entries.count; i++) {
        const struct verdicts_comparison *comparison = entries.items[i].comparison;
        forest->groups[forest->count - 1].rows[i] =
            make_row(comparison, name_of(comparison, baseline));
    }
    free(entries.items);
}

/* The group with the least ratio first, each below its heading if there are several. */
static void add_groups(struct forest *forest, const struct entries *entries)
{
    bool is_headed = has_several_groups(entries);
    for (size_t i = 0; i < entries->count; i++) {
        const struct verdicts_group *group = entries->items[i].group;
        bool is_first = true;
        for (size_t j = 0; j < i; j++) {
            is_first = is_first && entries->items[j].group != group;
        }
        if (is_first) {
            add_rows(forest, entries, group, is_headed ? heading_of(group) : text_copy(""));
        }
    }
}

static char *note_of(size_t left_out)
{
    return left_out == 0 ? text_copy("")
                         : text_format("%zu more, nearer to 1 or not measured, %s left out.",
                                       left_out, left_out == 1 ? "is" : "are");
}

void ratios_of_figure(struct forest *forest, const struct verdicts *verdicts, const char *phase,
                      enum metric metric)
{
    struct entries entries = {0};
    bool has_ratio = false;
    for (size_t i = 0; i < verdicts->group_count; i++) {
        const struct verdicts_group *group = &verdicts->groups[i];
        for (size_t j = 0; j < group->comparison_count; j++) {
            const struct verdicts_comparison *comparison = &group->comparisons[j];
            if (comparison->metric == metric && is_same(comparison->phase, phase)) {
                add_entry(&entries, group, comparison);
                has_ratio = has_ratio || is_ratio(comparison);
            }
        }
    }
    sort_entries(&entries, compare_distances);
    size_t left_out = entries.count > RATIOS_MOST ? entries.count - RATIOS_MOST : 0;
    entries.count -= left_out;
    sort_entries(&entries, compare_ratios);
    *forest = (struct forest){.note = note_of(left_out)};
    const char *baseline = common_baseline(&entries);
    if (has_ratio) {
        add_groups(forest, &entries);
    }
    cleanup_free char *figure = observations_figure_name(phase, metric);
    bool is_one = entries.count > 0 && !has_several_groups(&entries);
    cleanup_free char *where = is_one ? heading_of(entries.items[0].group) : text_copy("");
    finish(forest, &entries,
           text_format("%s%s%s: ratio to %s", figure, is_one ? " on " : "", where,
                       baseline ? baseline : "the baseline"));
    free(entries.items);
}
