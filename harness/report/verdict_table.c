#include "report/verdict_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "report/verdict_words.h"
#include "stats/observations.h"

static bool is_same_column(const struct verdicts_comparison *one,
                           const struct verdicts_comparison *other)
{
    return one->metric == other->metric && strcmp(one->phase, other->phase) == 0 &&
           strcmp(one->baseline, other->baseline) == 0;
}

static bool is_against(const struct verdicts_comparison *comparison, const char *baseline)
{
    return strcmp(comparison->baseline, baseline) == 0;
}

static void add_once(struct text_list *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->items[i], name) == 0) {
            return;
        }
    }
    text_list_add(names, name);
}

/* One comparison stands for its column. */
static void add_column(struct verdict_table *table, const struct verdicts_comparison *comparison)
{
    for (size_t i = 0; i < table->column_count; i++) {
        if (is_same_column(table->columns[i], comparison)) {
            return;
        }
    }
    table->columns = text_grow(table->columns, table->column_count + 1, sizeof(*table->columns));
    table->columns[table->column_count++] = comparison;
}

/* ---- what the cells leave open ---- */

/* Line i is texts[i] and, behind it, what goes with it of each candidate. */
struct notes {
    struct text_list texts, items;
};

static void add_note(struct notes *notes, const char *text, const char *item)
{
    for (size_t i = 0; i < notes->texts.count; i++) {
        if (strcmp(notes->texts.items[i], text) == 0) {
            char *longer = text_format("%s%s%s", notes->items.items[i], item[0] ? ", " : "", item);
            free(notes->items.items[i]);
            notes->items.items[i] = longer;
            return;
        }
    }
    text_list_add(&notes->texts, text);
    text_list_add(&notes->items, item);
}

static void note_unknown(struct notes *notes, const struct verdicts_comparison *comparison)
{
    const struct comparison *result = &comparison->result;
    if (comparison->missing || result->verdict != VERDICT_UNKNOWN) {
        return;
    }
    cleanup_free char *figure = observations_figure_name(comparison->phase, comparison->metric);
    cleanup_free char *why = verdict_words_unknown(comparison);
    cleanup_free char *visible = verdict_words_visible(comparison);
    bool has_visible = visible[0] != '\0', is_probable = result->probable != VERDICT_UNKNOWN;
    cleanup_free char *text =
        text_format("%s unknown: %s%s", figure, why, has_visible ? "" : " for");
    cleanup_free char *doubt =
        is_probable ? text_format(", probably %s", verdict_name(result->probable)) : text_copy("");
    cleanup_free char *item = has_visible
                                  ? text_format("%s (%s%s)", visible, comparison->candidate, doubt)
                                  : text_format("%s%s", comparison->candidate, doubt);
    add_note(notes, text, item);
}

static void note_missing(struct notes *notes, const struct verdicts_comparison *comparison)
{
    if (comparison->missing && comparison->level != GATE_OFF) {
        cleanup_free char *figure = observations_figure_name(comparison->phase, comparison->metric);
        cleanup_free char *text = text_format("%s not measured: %s", figure, comparison->missing);
        add_note(notes, text, "");
    }
}

static void note_shape(struct notes *notes, const char *figure, const char *name, const char *shape,
                       const char *ratios)
{
    if (shape[0] || ratios[0]) {
        cleanup_free char *text = text_format("%s of %s: %s%s%s", figure, name, shape,
                                              shape[0] && ratios[0] ? "; " : "", ratios);
        add_note(notes, text, "");
    }
}

static void note_shapes(struct notes *notes, const struct verdicts_comparison *comparison)
{
    if (comparison->missing) {
        return;
    }
    const struct comparison *result = &comparison->result;
    enum metric_unit unit = metric_table[comparison->metric].unit;
    cleanup_free char *figure = observations_figure_name(comparison->phase, comparison->metric);
    cleanup_free char *baseline = verdict_words_shape(&result->baseline, unit);
    cleanup_free char *candidate = verdict_words_shape(&result->candidate, unit);
    cleanup_free char *ratios = verdict_words_ratios(comparison);
    note_shape(notes, figure, comparison->baseline, baseline, "");
    note_shape(notes, figure, comparison->candidate, candidate, ratios);
}

static void add_notes(struct verdict_table *table)
{
    const struct verdicts_group *group = table->group;
    static void (*const kinds[])(struct notes *, const struct verdicts_comparison *) = {
        note_missing, note_unknown, note_shapes};
    struct notes notes = {0};
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        for (size_t i = 0; i < group->comparison_count; i++) {
            if (is_against(&group->comparisons[i], table->baseline)) {
                kinds[kind](&notes, &group->comparisons[i]);
            }
        }
    }
    for (size_t i = 0; i < notes.texts.count; i++) {
        cleanup_free char *note =
            text_format("%s%s%s", notes.texts.items[i], notes.items.items[i][0] ? " " : "",
                        notes.items.items[i]);
        text_list_add(&table->notes, note);
    }
    text_list_clear(&notes.texts);
    text_list_clear(&notes.items);
}

/* ---- tables ---- */

static void make_table(struct verdict_table *table, const struct verdicts_group *group,
                       const char *baseline)
{
    *table = (struct verdict_table){.group = group, .baseline = baseline};
    for (size_t i = 0; i < group->comparison_count; i++) {
        const struct verdicts_comparison *comparison = &group->comparisons[i];
        if (is_against(comparison, baseline)) {
            if (!comparison->missing || comparison->level != GATE_OFF) {
                add_column(table, comparison);
            }
            add_once(&table->candidates, comparison->candidate);
            table->is_measured |= !comparison->missing;
            table->alpha = comparison->missing ? table->alpha : comparison->result.alpha;
        }
    }
    add_notes(table);
}

size_t verdict_tables_make(struct verdict_table **tables, const struct verdicts_group *group)
{
    struct text_list baselines = {0};
    size_t count = 0;
    for (size_t i = 0; i < group->comparison_count; i++) {
        add_once(&baselines, group->comparisons[i].baseline);
    }
    *tables = text_allocate((baselines.count + 1) * sizeof **tables);
    for (size_t i = 0; i < baselines.count; i++) {
        for (size_t j = 0; j < group->comparison_count; j++) {
            if (is_against(&group->comparisons[j], baselines.items[i])) {
                make_table(&(*tables)[count++], group, group->comparisons[j].baseline);
                break;
            }
        }
    }
    text_list_clear(&baselines);
    return count;
}

void verdict_tables_clear(struct verdict_table *tables, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(tables[i].columns);
        text_list_clear(&tables[i].candidates);
        text_list_clear(&tables[i].notes);
    }
    free(tables);
}

const struct verdicts_comparison *verdict_table_cell(const struct verdict_table *table,
                                                     size_t column, const char *candidate)
{
    const struct verdicts_group *group = table->group;
    for (size_t i = 0; i < group->comparison_count; i++) {
        const struct verdicts_comparison *comparison = &group->comparisons[i];
        if (is_same_column(comparison, table->columns[column]) &&
            strcmp(comparison->candidate, candidate) == 0) {
            return comparison;
        }
    }
    return NULL;
}

char *verdict_table_caption(const struct verdict_table *table)
{
    bool is_malloc = table->group->object_allocator == OBJECT_MALLOC;
    return text_format("Against %s: ratio, its %.3g %% interval, verdict%s", table->baseline,
                       100 * (1 - table->alpha), is_malloc ? ", object allocator malloc" : "");
}
