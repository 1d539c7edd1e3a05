#include "page/page_headlines.h"

#include <stdint.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "page/page_region.h"
#include "picture/markup.h"
#include "report/verdict_words.h"

enum {
    MOST_COMPARED = 4
}; /* headlines without a claim that stand open; nothing was asked of them */

static const char *tone_name(enum headline_tone tone)
{
    static const char *const names[HEADLINE_TONES] = {[HEADLINE_BROKEN] = "broken",
                                                      [HEADLINE_BAD] = "bad",
                                                      [HEADLINE_OPEN] = "open",
                                                      [HEADLINE_PLAIN] = "plain",
                                                      [HEADLINE_GOOD] = "good"};
    return names[tone];
}

static void put_values(FILE *out, double estimate, double lower, double upper)
{
    markup_put_value(out, "data-value", estimate);
    markup_put_value(out, "data-low", lower);
    markup_put_value(out, "data-high", upper);
}

static void print_sentence(FILE *out, const struct headline *headline)
{
    fprintf(out,
            "<p class=\"said\"><span class=\"sign\" aria-hidden=\"true\">%s</span> "
            "<strong>%s</strong>: ",
            headline_sign(headline, false), headline->word);
    markup_put_paragraph(out, headline->subject);
    if (headline->size[0]) {
        fputs(": <span class=\"size\">", out);
        markup_put_text(out, headline->size);
        fprintf(out, "</span>, n\xC2\xA0=\xC2\xA0%zu", headline->n); /* on one line */
    }
    if (headline->rest[0]) {
        fputs("; ", out);
        markup_put_paragraph(out, headline->rest);
    }
    fputs("</p>\n", out);
}

static void print_prices(FILE *out, const struct headline *headline)
{
    fputs("<div><dt>price</dt><dd>", out);
    for (size_t i = 0; i < headline->price_count; i++) {
        const struct headline_price *price = &headline->prices[i];
        fprintf(out, "%s%s <span", i > 0 ? "; " : "", price->name);
        put_values(out, price->estimate, price->lower, price->upper);
        putc('>', out);
        markup_put_text(out, price->size);
        fprintf(out, "</span> %s", price->verdict);
    }
    fputs(", against ", out);
    markup_put_name(out, headline->against);
    fputs("</dd></div>\n", out);
}

/* At what price, and why the rest is held. */
static void print_besides(FILE *out, const struct headline *headline)
{
    if (headline->price_count == 0 && headline->why[0] == '\0') {
        return;
    }
    fputs("<dl class=\"besides\">\n", out);
    if (headline->price_count > 0) {
        print_prices(out, headline);
    }
    if (headline->why[0]) {
        fputs("<div><dt>why</dt><dd", out);
        markup_put_value(out, "data-value", headline->held);
        putc('>', out);
        markup_put_paragraph(out, headline->why);
        fputs("</dd></div>\n", out);
    }
    fputs("</dl>\n", out);
}

static void print_case(FILE *out, const struct claim *claim,
                       const struct verdicts_judgement *judgement)
{
    const struct judgement *result = &judgement->result;
    const char *outcome = verdict_words_outcome(judgement);
    struct effect_words words =
        verdict_words_of_judgement(judgement, metric_table[claim->left.metric].unit);
    cleanup_free char *shapes = verdict_words_judgement_shapes(judgement, claim);
    page_region_begin_row(out, judgement->workload);
    fputs("<td>", out);
    markup_put_name(out, judgement->left);
    fprintf(out, "%s</td><td>%s %s</td>",
            judgement->object_allocator == OBJECT_MALLOC ? " without pymalloc" : "",
            verdict_words_outcome_sign(outcome, false), outcome);
    if (judgement->missing) {
        fputs("<td class=\"absent\" colspan=\"4\">", out);
        markup_put_paragraph(out, judgement->missing);
        fputs("</td></tr>\n", out);
        return;
    }
    fputs("<td", out);
    put_values(out, result->effect.estimate, result->effect.lower, result->effect.upper);
    fprintf(out, ">%s %s", words.estimate, words.interval);
    if (shapes[0]) {
        fputs("<small>", out);
        markup_put_paragraph(out, shapes);
        fputs("</small>", out);
    }
    fputs("</td>", out);
    page_region_put_p(out, result->p);
    page_region_put_p(out, judgement->adjusted_p);
    fprintf(out, "<td data-value=\"%zu\">%zu</td></tr>\n", result->n, result->n);
}

/* The claim on each workload and allocator that it speaks of. */
static void print_cases(FILE *out, const struct verdicts_claim *claim, size_t number)
{
    cleanup_free char *caption = text_format("Cases of claim %zu", number);
    bool is_one = claim->judgement_count == 1;
    fprintf(out, "<details>\n<summary>%s</summary>\n", is_one ? "The case" : "Each case");
    page_region_begin_table(out, "figures cases", caption, NULL, NULL);
    fputs("<thead><tr><th scope=\"col\">workload</th><th scope=\"col\">allocator</th>"
          "<th scope=\"col\">outcome</th><th scope=\"col\">size, interval</th>"
          "<th scope=\"col\">p</th><th scope=\"col\">p, by Holm</th>"
          "<th scope=\"col\">n</th></tr></thead>\n<tbody>\n",
          out);
    for (size_t i = 0; i < claim->judgement_count; i++) {
        print_case(out, &claim->claim, &claim->judgements[i]);
    }
    page_region_end_table(out);
    fputs("</details>\n", out);
}

static void print_claim(FILE *out, const struct verdicts_claim *claim, size_t number)
{
    const char *title = claim->claim.title, *source = claim->claim.source;
    if (title[0] || source[0]) {
        fputs("<p class=\"hint\">", out);
        markup_put_paragraph(out, title);
        fputs(title[0] && source[0] ? " · " : "", out);
        fputs(source[0] ? "source: " : "", out);
        markup_put_paragraph(out, source);
        fputs("</p>\n", out);
    }
    if (claim->judgement_count > 0) {
        print_cases(out, claim, number);
    }
}

static void print_headline(FILE *out, const struct headline *headline,
                           const struct verdicts *verdicts)
{
    fprintf(out, "<div class=\"headline %s\" data-word=\"%s\"", tone_name(headline->tone),
            headline->word);
    put_values(out, headline->estimate, headline->lower, headline->upper);
    if (headline->n > 0) {
        fprintf(out, " data-n=\"%zu\"", headline->n);
    }
    if (headline->claim != SIZE_MAX) {
        fprintf(out, " data-claim=\"%zu\"", headline->claim);
    }
    fputs(">\n", out);
    print_sentence(out, headline);
    print_besides(out, headline);
    if (headline->claim != SIZE_MAX) {
        print_claim(out, &verdicts->claims[headline->claim], headline->claim + 1);
    }
    fputs("</div>\n", out);
}

static void print_rest(FILE *out, const struct headlines *headlines,
                       const struct verdicts *verdicts, size_t shown)
{
    if (shown < headlines->count) {
        fprintf(out, "<details>\n<summary>%zu more</summary>\n", headlines->count - shown);
        for (size_t i = shown; i < headlines->count; i++) {
            print_headline(out, &headlines->items[i], verdicts);
        }
        fputs("</details>\n", out);
    }
}

void page_headlines_print(FILE *out, const struct report *report)
{
    const struct headlines *headlines = &report->headlines;
    if (headlines->count == 0) {
        fputs("<section id=\"verdict\">\n<p class=\"notice\">No trial has run.</p>\n</section>\n",
              out);
        return;
    }
    size_t shown = headlines->count;
    if (report->verdicts.claim_count == 0 && shown > MOST_COMPARED) {
        shown = MOST_COMPARED;
    }
    fputs("<section id=\"verdict\" aria-label=\"Verdict\">\n", out);
    if (headlines->tally[0]) {
        fprintf(out, "<p class=\"tally\">%s</p>\n", headlines->tally);
    }
    for (size_t i = 0; i < shown; i++) {
        print_headline(out, &headlines->items[i], &report->verdicts);
    }
    print_rest(out, headlines, &report->verdicts, shown);
    fputs("</section>\n", out);
}
