#include "report/result_lines.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/verdict_lines.h"

static void print_limit(const struct prose *prose, const struct finding *finding)
{
    bool is_grave = finding->grade == FINDING_FAIL, has_hint = finding->hint && finding->hint[0];
    cleanup_free char *text =
        text_format("! %s: %s%s%s%s", finding->subject, finding->text, has_hint ? " (" : "",
                    has_hint ? finding->hint : "", has_hint ? ")" : "");
    prose_paint(prose, is_grave ? PROSE_BOLD PROSE_RED : PROSE_YELLOW, 2, 4, text);
}

void result_lines_limits(const struct prose *prose, const struct findings *limits)
{
    if (findings_count(limits, FINDING_OK) == limits->count) {
        return;
    }
    putc('\n', prose->out);
    prose_caption(prose, PROSE_BOLD, "Mind");
    for (size_t i = 0; i < limits->count; i++) {
        if (limits->items[i].grade != FINDING_OK) {
            print_limit(prose, &limits->items[i]);
        }
    }
}

static void print_labelled(const struct prose *prose, const char *label, const char *text)
{
    cleanup_free char *line = text_format("%s: %s", label, text);
    prose_wrap(prose, 6, 8, text[0] ? line : "");
}

/* Claims of one allocator on one workload have the same price and cause. */
static bool is_as_before(const struct headline *headline, const struct headline *before)
{
    return before && headline->why[0] && strcmp(headline->why, before->why) == 0 &&
           strcmp(headline->price, before->price) == 0;
}

/* `before` is the headline above it, or NULL. */
static void print_headline(const struct prose *prose, const struct headline *headline,
                           const struct headline *before, const struct verdicts *verdicts)
{
    static const char *const colors[HEADLINE_TONES] = {[HEADLINE_BROKEN] = PROSE_BOLD PROSE_RED,
                                                       [HEADLINE_BAD] = PROSE_BOLD PROSE_RED,
                                                       [HEADLINE_OPEN] = PROSE_BOLD PROSE_YELLOW,
                                                       [HEADLINE_PLAIN] = PROSE_BOLD,
                                                       [HEADLINE_GOOD] = PROSE_BOLD PROSE_GREEN};
    cleanup_free char *sentence = headline_sentence(headline);
    cleanup_free char *text = text_format("%s %s", headline_sign(headline, prose->ascii), sentence);
    prose_paint(prose, colors[headline->tone], 2, 4, text);
    if (is_as_before(headline, before)) {
        prose_wrap(prose, 6, 8, headline->price[0] ? "price, why: as above" : "why: as above");
    } else {
        cleanup_free char *price =
            text_format("%s%s%s", headline->price, headline->price[0] ? ", against " : "",
                        headline->price[0] ? headline->against : "");
        print_labelled(prose, "price", price);
        print_labelled(prose, "why", headline->why);
    }
    if (headline->claim < verdicts->claim_count) {
        verdict_lines_claim(prose, &verdicts->claims[headline->claim]);
    }
}

void result_lines_print(const struct prose *prose, const struct headlines *headlines,
                        const struct verdicts *verdicts)
{
    if (headlines->count == 0) {
        return;
    }
    cleanup_free char *caption =
        text_format("Result%s%s", headlines->tally[0] ? ": " : "", headlines->tally);
    putc('\n', prose->out);
    prose_caption(prose, PROSE_BOLD, caption);
    for (size_t i = 0; i < headlines->count; i++) {
        const struct headline *before = i > 0 ? &headlines->items[i - 1] : NULL;
        print_headline(prose, &headlines->items[i], before, verdicts);
    }
}
