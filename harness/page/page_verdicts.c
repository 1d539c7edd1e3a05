#include "page/page_verdicts.h"

#include <string.h>

#include "base/cleanup.h"
#include "picture/markup.h"
#include "plan/claim_print.h"
#include "report/verdict_table.h"
#include "report/verdict_words.h"
#include "stats/observations.h"

/* ---- claims ---- */

static const char *class_of(const char *outcome)
{
    if (strcmp(outcome, judgement_name(JUDGEMENT_CONFIRMED)) == 0) {
        return "confirmed";
    }
    return strcmp(outcome, judgement_name(JUDGEMENT_REFUTED)) == 0 ? "refuted" : "open";
}

static void put_outcome(FILE *out, const char *outcome)
{
    fprintf(out, "<strong>%s %s</strong>", verdict_words_outcome_sign(outcome, false), outcome);
}

static void print_part(FILE *out, const struct claim *claim,
                       const struct verdicts_judgement *judgement)
{
    cleanup_free char *part = verdict_words_part(judgement);
    cleanup_free char *finding = verdict_words_finding(claim, judgement);
    cleanup_free char *shapes = verdict_words_judgement_shapes(judgement, claim);
    cleanup_free char *text = text_format(
        "%s %s%s%s%s", verdict_words_outcome_sign(verdict_words_outcome(judgement), false), part,
        finding, shapes[0] ? "; " : "", shapes);
    fputs("<li>", out);
    markup_put_paragraph(out, text);
    fputs("</li>\n", out);
}

static void print_sentence(FILE *out, const struct verdicts_claim *claim)
{
    const struct verdicts_judgement *only =
        claim->judgement_count == 1 ? &claim->judgements[0] : NULL;
    cleanup_free char *sentence =
        only ? verdict_words_sentence(&claim->claim, only) : claim_print(&claim->claim);
    cleanup_free char *finding = only             ? verdict_words_finding(&claim->claim, only)
                                 : claim->missing ? text_format(": %s", claim->missing)
                                                  : text_copy("");
    fputs("<p>", out);
    put_outcome(out, verdict_words_claim_outcome(claim));
    fputs(": ", out);
    cleanup_free char *text = text_format("%s%s", sentence, finding);
    markup_put_paragraph(out, text);
    fputs("</p>\n", out);
}

static void print_claim(FILE *out, const struct verdicts_claim *claim)
{
    fprintf(out, "<div class=\"claim %s\">\n", class_of(verdict_words_claim_outcome(claim)));
    print_sentence(out, claim);
    if (claim->judgement_count > 1) {
        fputs("<ul>\n", out);
        for (size_t i = 0; i < claim->judgement_count; i++) {
            print_part(out, &claim->claim, &claim->judgements[i]);
        }
        fputs("</ul>\n", out);
    }
    cleanup_free char *source = text_format(
        "%s%s%s", claim->claim.title,
        claim->claim.title[0] && claim->claim.source[0] ? " · source: " : "", claim->claim.source);
    if (source[0]) {
        fputs("<p class=\"hint\">", out);
        markup_put_paragraph(out, source);
        fputs("</p>\n", out);
    }
    fputs("</div>\n", out);
}

void page_verdicts_print_claims(FILE *out, const struct verdicts *verdicts)
{
    if (verdicts->claim_count == 0) {
        return;
    }
    fputs("<section id=\"claims\">\n<h2>Claims</h2>\n", out);
    for (size_t i = 0; i < verdicts->claim_count; i++) {
        print_claim(out, &verdicts->claims[i]);
    }
    if (verdicts->is_one_layout) {
        fputs("<p>With --layout fixed this is said of one layout of memory only.</p>\n", out);
    }
    fputs("</section>\n", out);
}

/* ---- comparisons ---- */

static void put_cell(FILE *out, const struct verdicts_comparison *comparison)
{
    static const char *const classes[] = {
        [VERDICT_UNKNOWN] = "absent", [VERDICT_BETTER] = "less", [VERDICT_WORSE] = "more",
        [VERDICT_SAME] = "same",      [VERDICT_LESS] = "same",   [VERDICT_MORE] = "same"};
    if (!comparison) {
        fputs("<td></td>", out);
        return;
    }
    struct effect_words words = verdict_words_of_comparison(comparison);
    enum verdict verdict = comparison->missing ? VERDICT_UNKNOWN : comparison->result.verdict;
    fputs("<td data-value=\"", out);
    markup_put_exact(out, comparison->missing ? METRIC_ABSENT : comparison->result.effect.estimate);
    fprintf(out, "\">%s %s<small class=\"%s\">%s %s</small></td>", words.estimate, words.interval,
            classes[verdict], verdict_words_verdict_sign(comparison, false),
            comparison->missing ? "not measured" : verdict_name(verdict));
}

static void print_rows(FILE *out, const struct verdict_table *table)
{
    for (size_t i = 0; i < table->candidates.count; i++) {
        fputs("<tr><th scope=\"row\">", out);
        markup_put_name(out, table->candidates.items[i]);
        fputs("</th>", out);
        for (size_t j = 0; j < table->column_count; j++) {
            put_cell(out, verdict_table_cell(table, j, table->candidates.items[i]));
        }
        fputs("</tr>\n", out);
    }
}

static void print_table(FILE *out, const struct verdict_table *table)
{
    cleanup_free char *caption = verdict_table_caption(table);
    fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"comparisons of ", out);
    markup_put_cut(out, table->group->workload, MARKUP_NAME);
    fprintf(out, ", %s, against ", options_object_allocator_name(table->group->object_allocator));
    markup_put_cut(out, table->baseline, MARKUP_NAME);
    fputs("\">\n<table class=\"figures\">\n<caption>", out);
    markup_put_text(out, caption);
    fputs("</caption>\n<thead><tr><th scope=\"col\">allocator</th>", out);
    for (size_t i = 0; i < table->column_count; i++) {
        const struct verdicts_comparison *column = table->columns[i];
        cleanup_free char *figure = observations_figure_name(column->phase, column->metric);
        fputs("<th scope=\"col\">", out);
        markup_put_name(out, figure);
        fprintf(out, "<small>%s</small></th>", column->level == GATE_OFF ? "" : "gated");
    }
    fputs("</tr></thead>\n<tbody>\n", out);
    print_rows(out, table);
    fputs("</tbody>\n</table>\n</div>\n", out);
    fputs(table->notes.count > 0 ? "<ul class=\"warnings\">\n" : "", out);
    for (size_t i = 0; i < table->notes.count; i++) {
        fputs("<li>", out);
        markup_put_paragraph(out, table->notes.items[i]);
        fputs("</li>\n", out);
    }
    fputs(table->notes.count > 0 ? "</ul>\n" : "", out);
}

void page_verdicts_print_group(FILE *out, const struct verdicts *verdicts, const char *workload,
                               const char *parameters, enum object_allocator object_allocator)
{
    for (size_t i = 0; i < verdicts->group_count; i++) {
        const struct verdicts_group *group = &verdicts->groups[i];
        if (group->object_allocator != object_allocator || strcmp(group->workload, workload) != 0 ||
            strcmp(group->parameters, parameters) != 0) {
            continue;
        }
        struct verdict_table *tables;
        size_t count = verdict_tables_make(&tables, group);
        for (size_t j = 0; j < count; j++) {
            if (tables[j].is_measured) {
                print_table(out, &tables[j]);
            }
        }
        verdict_tables_clear(tables, count);
    }
}
