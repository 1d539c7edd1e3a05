#include "page/page_verdicts.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "page/page_region.h"
#include "picture/markup.h"
#include "report/verdict_table.h"
#include "report/verdict_words.h"
#include "stats/observations.h"

static void put_effect(FILE *out, const struct verdicts_comparison *comparison)
{
    const struct interval *effect = &comparison->result.effect;
    struct effect_words words = verdict_words_of_comparison(comparison);
    fputs("<td", out);
    markup_put_value(out, "data-value", effect->estimate);
    markup_put_value(out, "data-low", effect->lower);
    markup_put_value(out, "data-high", effect->upper);
    fprintf(out, ">%s <span>%s</span></td>", words.estimate, words.interval);
}

static void put_spread(FILE *out, double spread)
{
    if (metric_is_absent(spread)) {
        fputs("–", out);
        return;
    }
    fputs("<span", out);
    markup_put_value(out, "data-value", spread);
    fputs(">±", out);
    markup_put_number(out, 100 * spread, 1);
    fputs("%</span>", out);
}

static bool is_odd(const struct shape *shape)
{
    return shape->modes > 1 || shape->outliers > 0;
}

/* "two modes", "1 outlier": what a spread hides. */
static void put_shape(FILE *out, const struct shape *shape)
{
    if (shape->modes > 1) {
        fputs("two modes", out);
    } else if (shape->outliers > 0) {
        fprintf(out, "%zu outlier%s", shape->outliers, shape->outliers == 1 ? "" : "s");
    } else {
        fputs("–", out);
    }
}

/* How many runs of each there are, and how far they lie apart. */
static void put_sample(FILE *out, const struct comparison *result)
{
    fprintf(out, "<td data-value=\"%zu\">%zu</td><td>", result->n, result->n);
    put_spread(out, shape_spread(&result->baseline));
    fputs(" / ", out);
    put_spread(out, shape_spread(&result->candidate));
    if (is_odd(&result->baseline) || is_odd(&result->candidate)) {
        fputs("<small>", out);
        put_shape(out, &result->baseline);
        fputs(" / ", out);
        put_shape(out, &result->candidate);
        fputs("</small>", out);
    }
    fputs("</td>", out);
}

/* The verdict, and of an unknown one what so many runs could have seen. */
static void put_verdict(FILE *out, const struct verdicts_comparison *comparison)
{
    cleanup_free char *unknown = verdict_words_unknown(comparison);
    cleanup_free char *visible = verdict_words_visible(comparison);
    fprintf(out, "<td class=\"%s\">%s %s", page_region_verdict_class(comparison),
            verdict_words_verdict_sign(comparison, false), verdict_words_verdict(comparison));
    if (unknown[0]) {
        fputs("<small>", out);
        markup_put_text(out, unknown);
        if (visible[0]) {
            fputs(" <span", out);
            markup_put_value(out, "data-value", comparison->result.visible);
            fprintf(out, ">%s</span>", visible);
        }
        fputs("</small>", out);
    }
    fputs("</td>", out);
}

static void print_row(FILE *out, const struct verdicts_comparison *comparison)
{
    const struct comparison *result = &comparison->result;
    cleanup_free char *figure = observations_figure_name(comparison->phase, comparison->metric);
    fputs("<tr><th scope=\"row\">", out);
    markup_put_name(out, figure);
    fprintf(out, "%s</th><td>", comparison->level == GATE_OFF ? "" : "<small>gated</small>");
    markup_put_name(out, comparison->candidate);
    fputs("</td>", out);
    if (comparison->missing) {
        fputs("<td class=\"absent\" colspan=\"6\">not measured: ", out);
        markup_put_paragraph(out, comparison->missing);
        fputs("</td></tr>\n", out);
        return;
    }
    put_effect(out, comparison);
    put_verdict(out, comparison);
    page_region_put_p(out, result->p);
    page_region_put_p(out, comparison->adjusted_p);
    put_sample(out, result);
    fputs("</tr>\n", out);
}

static void begin_table(FILE *out, const struct verdict_table *table)
{
    cleanup_free char *caption = verdict_table_caption(table);
    fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"comparisons of ", out);
    markup_put_cut(out, table->group->workload, MARKUP_NAME);
    fprintf(out, ", %s, against ", options_object_allocator_name(table->group->object_allocator));
    markup_put_cut(out, table->baseline, MARKUP_NAME);
    fputs("\">\n<table class=\"figures comparisons\">\n<caption>", out);
    markup_put_text(out, caption);
    fputs("</caption>\n<thead><tr><th scope=\"col\">figure</th><th scope=\"col\">allocator</th>"
          "<th scope=\"col\">ratio<small>and interval</small></th>"
          "<th scope=\"col\">verdict</th><th scope=\"col\">p</th>"
          "<th scope=\"col\">p<small>Holm</small></th><th scope=\"col\">n</th>"
          "<th scope=\"col\">spread<small>",
          out);
    markup_put_name(out, table->baseline);
    fputs(" / it</small></th></tr></thead>\n<tbody>\n", out);
}

/* What nobody has is no row, unless a gate asks for it. */
static bool is_told(const struct verdict_table *table, const struct verdicts_comparison *comparison)
{
    return strcmp(comparison->baseline, table->baseline) == 0 &&
           (!comparison->missing || comparison->level != GATE_OFF);
}

static void print_notes(FILE *out, const struct text_list *notes)
{
    if (notes->count == 0) {
        return;
    }
    fputs("<details>\n<summary>What single figures hide</summary>\n<ul class=\"warnings\">\n", out);
    for (size_t i = 0; i < notes->count; i++) {
        fputs("<li>", out);
        markup_put_paragraph(out, notes->items[i]);
        fputs("</li>\n", out);
    }
    fputs("</ul>\n</details>\n", out);
}

static void print_table(FILE *out, const struct verdict_table *table)
{
    begin_table(out, table);
    for (size_t i = 0; i < table->group->comparison_count; i++) {
        if (is_told(table, &table->group->comparisons[i])) {
            print_row(out, &table->group->comparisons[i]);
        }
    }
    page_region_end_table(out);
    print_notes(out, &table->notes);
}

static bool is_chosen(const struct verdicts_comparison *comparison, enum page_detail detail)
{
    bool is_held =
        comparison->metric == METRIC_ANON && strcmp(comparison->phase, PHASE_SETTLED) == 0;
    return detail < PAGE_FEW_FIGURES || comparison->level != GATE_OFF || is_held ||
           comparison->metric == METRIC_CPU_SECONDS;
}

struct verdicts_group page_verdicts_choose(const struct verdicts_group *group,
                                           enum page_detail detail)
{
    struct verdicts_group chosen = *group;
    chosen.comparisons = text_allocate((group->comparison_count + 1) * sizeof *chosen.comparisons);
    chosen.comparison_count = 0;
    for (size_t i = 0; i < group->comparison_count; i++) {
        if (is_chosen(&group->comparisons[i], detail)) {
            chosen.comparisons[chosen.comparison_count++] = group->comparisons[i];
        }
    }
    return chosen;
}

static void print_tables(FILE *out, const struct verdicts_group *group)
{
    struct verdict_table *tables;
    size_t count = verdict_tables_make(&tables, group);
    for (size_t i = 0; i < count; i++) {
        if (tables[i].is_measured) {
            print_table(out, &tables[i]);
        }
    }
    verdict_tables_clear(tables, count);
}

void page_verdicts_print(FILE *out, const struct verdicts *verdicts,
                         const struct summary_workload *workload, const struct summary_group *group,
                         enum page_detail detail)
{
    const struct verdicts_group *of = verdicts_find_group(
        verdicts, workload->name, workload->parameters, group->object_allocator);
    if (of) {
        struct verdicts_group chosen = page_verdicts_choose(of, detail);
        print_tables(out, &chosen);
        free(chosen.comparisons);
    }
}
