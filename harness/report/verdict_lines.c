#include "report/verdict_lines.h"

#include <string.h>

#include "base/cleanup.h"
#include "report/fit.h"
#include "report/verdict_table.h"
#include "report/verdict_words.h"
#include "report/words.h"
#include "stats/observations.h"

static const char *color_of(const struct verdicts_comparison *comparison)
{
    switch (comparison->missing ? VERDICT_UNKNOWN : comparison->result.verdict) {
    case VERDICT_BETTER:
        return PROSE_GREEN;
    case VERDICT_WORSE:
        return PROSE_RED;
    case VERDICT_UNKNOWN:
        return PROSE_DIM;
    default:
        return NULL;
    }
}

/* The words in a table's cell; what Holm took away is told below it. */
static const char *cell_verdict(const struct verdicts_comparison *comparison)
{
    return comparison->missing ? "not measured" : verdict_name(comparison->result.verdict);
}

/* The estimate and its interval are aligned each, or where that is too wide `joined`. */
static void put_comparison(struct grid *grid, const struct prose *prose,
                           const struct verdicts_comparison *comparison, bool joined)
{
    if (!comparison) {
        for (int i = joined; i < 3; i++) {
            grid_put(grid, text_copy(""), NULL);
        }
        return;
    }
    struct effect_words words = verdict_words_of_comparison(comparison);
    if (joined) {
        grid_put(grid, text_format("%s %s", words.estimate, words.interval), NULL);
    } else {
        grid_put(grid, text_copy(words.estimate), NULL);
        grid_put(grid, text_copy(words.interval), PROSE_DIM);
    }
    grid_put(grid,
             text_format("%s %s", verdict_words_verdict_sign(comparison, prose->ascii),
                         cell_verdict(comparison)),
             color_of(comparison));
}

/* `count` figures from `first` on. */
static struct grid grid_of(const struct prose *prose, const struct verdict_table *table,
                           size_t first, size_t count, bool joined)
{
    struct grid grid = {.columns = 1 + (joined ? 2 : 3) * count};
    grid_put(&grid, text_copy("allocator"), PROSE_BOLD);
    for (size_t i = first; i < first + count; i++) {
        const struct verdicts_comparison *column = table->columns[i];
        if (!joined) {
            grid_put(&grid, text_copy(""), NULL);
        }
        grid_put(&grid, observations_figure_name(column->phase, column->metric), PROSE_BOLD);
        grid_put(&grid, text_copy(column->level == GATE_OFF ? "" : "gated"), PROSE_BOLD);
    }
    for (size_t i = 0; i < table->candidates.count; i++) {
        const char *candidate = table->candidates.items[i];
        grid_put(&grid, prose_tame(prose, candidate), NULL);
        for (size_t j = first; j < first + count; j++) {
            put_comparison(&grid, prose, verdict_table_cell(table, j, candidate), joined);
        }
    }
    return grid;
}

static bool try_columns(const struct prose *prose, const struct verdict_table *table, size_t first,
                        size_t count, bool joined)
{
    struct grid grid = grid_of(prose, table, first, count, joined);
    bool is_printed = fit_print(&grid, " ", prose, joined);
    grid_clear(&grid);
    return is_printed;
}

/* As many figures at a time as fit. */
static void print_columns(const struct prose *prose, const struct verdict_table *table)
{
    for (size_t done = 0; done < table->column_count;) {
        size_t count = table->column_count - done;
        while (count > 0 && !try_columns(prose, table, done, count, false)) {
            count--;
        }
        if (count == 0) {
            count = 1;
            try_columns(prose, table, done, count, true);
        }
        done += count;
    }
}

static void print_table(const struct prose *prose, const struct verdict_table *table)
{
    cleanup_free char *caption = verdict_table_caption(table);
    putc('\n', prose->out);
    prose_caption(prose, PROSE_BOLD, caption);
    print_columns(prose, table);
    for (size_t i = 0; i < table->notes.count; i++) {
        prose_wrap(prose, 2, 4, table->notes.items[i]);
    }
}

void verdict_lines_group(const struct prose *prose, const struct verdicts_group *group)
{
    struct verdict_table *tables;
    size_t count = verdict_tables_make(&tables, group);
    for (size_t i = 0; i < count; i++) {
        if (tables[i].is_measured) {
            print_table(prose, &tables[i]);
        }
    }
    verdict_tables_clear(tables, count);
}

void verdict_lines_workload(const struct prose *prose, const struct verdicts *verdicts,
                            const char *workload, const char *parameters)
{
    for (size_t i = 0; i < verdicts->group_count; i++) {
        const struct verdicts_group *group = &verdicts->groups[i];
        if (strcmp(group->workload, workload) == 0 && strcmp(group->parameters, parameters) == 0) {
            verdict_lines_group(prose, group);
        }
    }
}

/* ---- claims ---- */

static void print_shapes(const struct prose *prose, unsigned first, const struct claim *claim,
                         const struct verdicts_judgement *judgement)
{
    cleanup_free char *shapes = verdict_words_judgement_shapes(judgement, claim);
    prose_wrap(prose, first, first + 2, shapes);
}

static void print_part(const struct prose *prose, const struct claim *claim,
                       const struct verdicts_judgement *judgement)
{
    cleanup_free char *part = verdict_words_part(judgement);
    cleanup_free char *finding = verdict_words_finding(claim, judgement);
    const char *outcome = verdict_words_outcome(judgement);
    cleanup_free char *text =
        text_format("%s %s%s", verdict_words_outcome_sign(outcome, prose->ascii), part, finding);
    prose_wrap(prose, 6, 8, text);
    print_shapes(prose, 8, claim, judgement);
}

void verdict_lines_claim(const struct prose *prose, const struct verdicts_claim *claim)
{
    bool is_single = claim->judgement_count == 1;
    for (size_t i = 0; i < claim->judgement_count && !is_single; i++) {
        print_part(prose, &claim->claim, &claim->judgements[i]);
    }
    if (is_single) {
        print_shapes(prose, 6, &claim->claim, &claim->judgements[0]);
    }
    cleanup_free char *source = text_format("source: %s", claim->claim.source);
    prose_paint(prose, PROSE_DIM, 6, 8, claim->claim.title);
    prose_paint(prose, PROSE_DIM, 6, 8, claim->claim.source[0] ? source : "");
}

static void define_word(void *context, const char *word, const char *meaning)
{
    enum { INDENT = 16 };
    prose_define(context, word, INDENT, meaning);
}

void verdict_lines_words(const struct prose *prose, const struct verdicts *verdicts)
{
    struct prose words = *prose;
    if (verdicts->group_count > 0) {
        words_each_verdict(false, define_word, &words);
    }
}
