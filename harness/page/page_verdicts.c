#include "page/page_verdicts.h"

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

/* How far the runs of both lie apart, and how many there are. */
static void put_sample(FILE *out, const struct comparison *result)
{
    fprintf(out, "<td data-value=\"%zu\">%zu</td><td>", result->n, result->n);
    put_spread(out, shape_spread(&result->baseline));
    fputs(" / ", out);
    put_spread(out, shape_spread(&result->candidate));
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

/* What one figure hides of its sample. */
static void put_notes(FILE *out, const struct verdicts_comparison *comparison)
{
    cleanup_free char *shapes = verdict_words_shapes(comparison);
    fprintf(out, "<td class=\"notes\">%s",
            comparison->level == GATE_OFF ? ""
            : shapes[0]                   ? "gated; "
                                          : "gated");
    markup_put_paragraph(out, shapes);
    fputs("</td>", out);
}

static void print_row(FILE *out, const struct verdicts_comparison *comparison)
{
    const struct comparison *result = &comparison->result;
    cleanup_free char *figure = observations_figure_name(comparison->phase, comparison->metric);
    page_region_begin_row(out, figure);
    fputs("<td>", out);
    markup_put_name(out, comparison->candidate);
    fputs("</td>", out);
    if (comparison->missing) {
        fputs("<td class=\"absent\" colspan=\"7\">not measured: ", out);
        markup_put_paragraph(out, comparison->missing);
        fputs("</td></tr>\n", out);
        return;
    }
    put_effect(out, comparison);
    put_verdict(out, comparison);
    page_region_put_cell(out, result->p, 1, 4);
    page_region_put_cell(out, comparison->adjusted_p, 1, 4);
    put_sample(out, result);
    put_notes(out, comparison);
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
    fputs(
        "</caption>\n<thead><tr><th scope=\"col\">figure</th><th scope=\"col\">allocator</th>"
        "<th scope=\"col\">ratio<small>and interval</small></th>"
        "<th scope=\"col\">verdict</th><th scope=\"col\">p<small>no difference</small></th>"
        "<th scope=\"col\">p<small>by Holm</small></th><th scope=\"col\">n<small>runs</small></th>"
        "<th scope=\"col\">spread<small>",
        out);
    markup_put_name(out, table->baseline);
    fputs(" / it</small></th><th scope=\"col\">notes</th></tr></thead>\n<tbody>\n", out);
}

/* What nobody has is no row, unless a gate asks for it. */
static bool is_told(const struct verdict_table *table, const struct verdicts_comparison *comparison)
{
    return strcmp(comparison->baseline, table->baseline) == 0 &&
           (!comparison->missing || comparison->level != GATE_OFF);
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
}

void page_verdicts_print(FILE *out, const struct verdicts *verdicts,
                         const struct summary_workload *workload, const struct summary_group *group)
{
    for (size_t i = 0; i < verdicts->group_count; i++) {
        const struct verdicts_group *of = &verdicts->groups[i];
        if (of->object_allocator != group->object_allocator ||
            strcmp(of->workload, workload->name) != 0 ||
            strcmp(of->parameters, workload->parameters) != 0) {
            continue;
        }
        struct verdict_table *tables;
        size_t count = verdict_tables_make(&tables, of);
        for (size_t j = 0; j < count; j++) {
            if (tables[j].is_measured) {
                print_table(out, &tables[j]);
            }
        }
        verdict_tables_clear(tables, count);
    }
}
