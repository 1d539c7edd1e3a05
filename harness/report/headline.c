#include "report/headline.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "report/headline_cases.h"
#include "report/verdict_words.h"

static const char measured[] = "measured"; /* and compared with nothing */

static struct headline *add(struct headlines *headlines, enum headline_tone tone, const char *word)
{
    size_t count = headlines->count + 1;
    headlines->items = text_grow(headlines->items, count, sizeof *headlines->items);
    struct headline *headline = &headlines->items[headlines->count++];
    *headline = (struct headline){.tone = tone,
                                  .word = word,
                                  .estimate = METRIC_ABSENT,
                                  .lower = METRIC_ABSENT,
                                  .upper = METRIC_ABSENT,
                                  .held = METRIC_ABSENT,
                                  .claim = SIZE_MAX};
    return headline;
}

/* Texts that nothing was found for are empty. */
static void complete(struct headline *headline)
{
    char **const texts[] = {&headline->subject, &headline->size, &headline->rest,
                            &headline->price,   &headline->why,  &headline->workload,
                            &headline->against};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        *texts[i] = *texts[i] ? *texts[i] : text_copy("");
    }
}

static char *size_text(const struct effect_words *words)
{
    return text_format("%s%s%s", words->estimate, words->interval[0] ? " " : "", words->interval);
}

/* "169.3 MiB against 159.5 MiB", the medians behind a ratio; "" where there are not two. */
static char *medians_text(const struct shape *left, const struct shape *right,
                          enum effect_scale scale, enum metric_unit unit)
{
    bool is_there = scale == EFFECT_RATIO && left->count > 0 && right->count > 0;
    if (!is_there) {
        return text_copy("");
    }
    cleanup_free char *one = verdict_words_value(left->median, unit);
    cleanup_free char *other = verdict_words_value(right->median, unit);
    return text_format("%s against %s", one, other);
}

/* What there is of three, with a "; " between them; the caller frees it. */
static char *joined(const char *one, const char *other, const char *third)
{
    bool is_one = one[0] != '\0', is_other = other[0] != '\0', is_third = third[0] != '\0';
    return text_format("%s%s%s%s%s", one, is_one && (is_other || is_third) ? "; " : "", other,
                       is_other && is_third ? "; " : "", third);
}

static void set_size(struct headline *headline, const struct effect_words *words,
                     const struct interval *effect, size_t n)
{
    headline->size = size_text(words);
    headline->estimate = effect->estimate;
    headline->lower = effect->lower;
    headline->upper = effect->upper;
    headline->n = n;
}

/* ---- what else belongs to a workload, an object allocator and an allocator ---- */

struct place {
    const char *workload, *parameters;
    enum object_allocator object_allocator;
};

static const struct summary_row *row_at(const struct summary *summary, const struct place *place,
                                        const char *allocator)
{
    for (size_t i = 0; i < summary->workload_count; i++) {
        const struct summary_workload *workload = &summary->workloads[i];
        bool is_here = strcmp(workload->name, place->workload) == 0 &&
                       strcmp(workload->parameters, place->parameters) == 0;
        for (size_t j = 0; is_here && j < workload->group_count; j++) {
            const struct summary_group *group = &workload->groups[j];
            for (size_t k = 0; k < group->row_count; k++) {
                if (group->object_allocator == place->object_allocator &&
                    strcmp(group->rows[k].allocator, allocator) == 0) {
                    return &group->rows[k];
                }
            }
        }
    }
    return NULL;
}

static void add_price(struct headline *headline, const char *name,
                      const struct verdicts_comparison *comparison)
{
    struct effect_words words = verdict_words_of_comparison(comparison);
    const struct interval *effect = &comparison->result.effect;
    struct headline_price *price = &headline->prices[headline->price_count++];
    *price = (struct headline_price){name,
                                     size_text(&words),
                                     verdict_name(comparison->result.verdict),
                                     effect->estimate,
                                     effect->lower,
                                     effect->upper};
    cleanup_free char *former = headline->price;
    headline->price = text_format("%s%s%s %s %s", former ? former : "", former ? "; " : "", name,
                                  price->size, price->verdict);
    headline->against = headline->against ? headline->against : text_copy(comparison->baseline);
}

/* What of a group speaks of the candidate's time and peak. `baseline` NULL: against any. */
static void add_prices(struct headline *headline, const struct verdicts_group *group,
                       const char *candidate, const char *baseline)
{
    static const struct {
        const char *name, *phase;
        enum metric metric;
    } figures[HEADLINE_PRICES] = {{"cpu", PHASE_END, METRIC_CPU_SECONDS},
                                  {"wall", PHASE_END, METRIC_WALL_SECONDS},
                                  {"peak rss", "", METRIC_PEAK_RSS}};
    for (size_t i = 0; group && i < HEADLINE_PRICES; i++) {
        for (size_t j = 0; j < group->comparison_count; j++) {
            const struct verdicts_comparison *comparison = &group->comparisons[j];
            bool is_against = !baseline || strcmp(comparison->baseline, baseline) == 0;
            if (!comparison->missing && is_against &&
                strcmp(comparison->candidate, candidate) == 0 &&
                headline_cases_is_of(comparison, figures[i].phase, figures[i].metric)) {
                add_price(headline, figures[i].name, comparison);
                break;
            }
        }
    }
}

static void set_why(struct headline *headline, const struct summary_row *row)
{
    if (row && (row->cause.is_known || row->cause.is_growing)) {
        headline->why = text_copy(row->cause_text);
        headline->held = row->cause.held;
    }
}

static void set_place(struct headline *headline, const struct summary *summary,
                      const struct verdicts *verdicts, const struct place *place,
                      const char *allocator, const char *baseline)
{
    headline->workload = text_copy(place->workload);
    if (headline->tone != HEADLINE_BROKEN) { /* what was not measured has no price either */
        add_prices(headline,
                   verdicts_find_group(verdicts, place->workload, place->parameters,
                                       place->object_allocator),
                   allocator, baseline);
        set_why(headline, row_at(summary, place, allocator));
    }
}

/* ---- claims ---- */

/* What has been seen of it, and what would have been needed. */
static char *rest_of(const struct verdicts_claim *claim, const struct verdicts_judgement *judgement)
{
    cleanup_free char *cases = headline_cases_share(claim, verdict_words_outcome(judgement));
    cleanup_free char *visible = verdict_words_confirmable(judgement, &claim->claim);
    cleanup_free char *medians =
        judgement->missing
            ? text_copy(judgement->missing)
            : medians_text(&judgement->left_shape, &judgement->right_shape, judgement->result.scale,
                           metric_table[claim->claim.left.metric].unit);
    return joined(medians, visible, cases);
}

static void add_claim(struct headlines *headlines, const struct summary *summary,
                      const struct verdicts *verdicts, size_t index)
{
    const struct verdicts_claim *claim = &verdicts->claims[index];
    if (claim->judgement_count == 0) {
        struct headline *headline = add(headlines, HEADLINE_BROKEN, HEADLINE_NOT_MEASURED);
        headline->subject = text_copy(claim->claim.text);
        headline->rest = text_copy(claim->missing ? claim->missing : "");
        headline->claim = index;
        complete(headline);
        return;
    }
    const struct verdicts_judgement *judgement = headline_cases_decisive(claim);
    struct headline *headline =
        add(headlines, headline_cases_outcome_tone(judgement), verdict_words_outcome(judgement));
    headline->claim = index;
    headline->subject = verdict_words_sentence(&claim->claim, judgement);
    headline->rest = rest_of(claim, judgement);
    if (!judgement->missing) {
        struct effect_words words =
            verdict_words_of_judgement(judgement, metric_table[claim->claim.left.metric].unit);
        set_size(headline, &words, &judgement->result.effect, judgement->result.n);
        if (judgement->result.scale == EFFECT_DIFFERENCE) {
            cleanup_free char *former = headline->size;
            headline->size = text_format("left minus right %s", former);
        }
    }
    struct place place = {judgement->workload, judgement->parameters, judgement->object_allocator};
    bool is_other = judgement->right[0] && strcmp(judgement->left, judgement->right) != 0;
    set_place(headline, summary, verdicts, &place, judgement->left,
              is_other ? judgement->right : NULL);
    complete(headline);
}

/* ---- comparisons ---- */

static void add_group(struct headlines *headlines, const struct summary *summary,
                      const struct verdicts *verdicts, const struct verdicts_group *group)
{
    const struct verdicts_comparison *chosen = headline_cases_leading(group);
    if (!chosen) {
        return;
    }
    struct headline *headline =
        add(headlines, headline_cases_verdict_tone(chosen), verdict_words_verdict(chosen));
    headline->subject = text_format(
        "%s settled.anon against %s on %s%s", chosen->candidate, chosen->baseline, group->workload,
        group->object_allocator == OBJECT_MALLOC ? " without pymalloc" : "");
    cleanup_free char *share = headline_cases_allocators(group);
    cleanup_free char *medians =
        chosen->missing ? text_copy(chosen->missing)
                        : medians_text(&chosen->result.candidate, &chosen->result.baseline,
                                       chosen->result.scale, metric_table[chosen->metric].unit);
    headline->rest = joined(medians, "", share);
    if (!chosen->missing) {
        struct effect_words words = verdict_words_of_comparison(chosen);
        set_size(headline, &words, &chosen->result.effect, chosen->result.n);
    }
    struct place place = {group->workload, group->parameters, group->object_allocator};
    set_place(headline, summary, verdicts, &place, chosen->candidate, chosen->baseline);
    complete(headline);
}

/* ---- what was only measured ---- */

/* "crashed in 3 of 3 runs" */
static char *failure_text(const struct summary_workload *workload)
{
    for (size_t i = 0; i < workload->group_count; i++) {
        for (size_t j = 0; j < workload->groups[i].row_count; j++) {
            const struct summary_row *row = &workload->groups[i].rows[j];
            if (row->failure_count > 0) {
                return text_format("%s: %s in %zu of %zu run%s", row->allocator,
                                   outcome_name(row->failures[0].outcome), row->failures[0].count,
                                   row->total, row->total == 1 ? "" : "s");
            }
        }
    }
    return text_copy("");
}

static void add_measured(struct headlines *headlines, const struct summary_workload *workload,
                         const struct summary_row *row)
{
    const struct summary_figure *settled = &row->figures[SUMMARY_SETTLED];
    const struct summary_figure *over = &row->figures[SUMMARY_OVER_START];
    struct headline *headline = add(headlines, HEADLINE_PLAIN, measured);
    headline->subject = text_format("%s settled.anon on %s", row->allocator, workload->name);
    headline->size = verdict_words_value(settled->median, UNIT_BYTES);
    headline->estimate = settled->median;
    headline->n = settled->count;
    if (!metric_is_absent(over->median)) {
        cleanup_free char *value = verdict_words_value(over->median, UNIT_BYTES);
        headline->rest = text_format("%s over start", value);
    }
    headline->workload = text_copy(workload->name);
    set_why(headline, row);
    complete(headline);
}

static void add_workload(struct headlines *headlines, const struct summary_workload *workload)
{
    for (size_t i = 0; i < workload->group_count; i++) {
        for (size_t j = 0; j < workload->groups[i].row_count; j++) {
            const struct summary_row *row = &workload->groups[i].rows[j];
            if (row->figures[SUMMARY_SETTLED].count > 0) {
                add_measured(headlines, workload, row);
                return;
            }
        }
    }
    struct headline *headline = add(headlines, HEADLINE_BROKEN, HEADLINE_NOT_MEASURED);
    headline->subject = text_format("settled.anon on %s", workload->name);
    headline->rest = failure_text(workload);
    headline->workload = text_copy(workload->name);
    complete(headline);
}

/* ---- all of them ---- */

static int compare_worst_first(const void *a, const void *b)
{
    const struct headline *x = a, *y = b;
    if (x->tone != y->tone) {
        return x->tone < y->tone ? -1 : 1;
    }
    return (x->claim > y->claim) - (x->claim < y->claim);
}

/* "1 refuted, 2 confirmed" in the order of the headlines. */
static char *tally_of(const struct headlines *headlines)
{
    char *text = text_copy("");
    for (size_t i = 0; headlines->count > 1 && i < headlines->count; i++) {
        size_t before = 0, count = 0;
        for (size_t j = 0; j < headlines->count; j++) {
            bool is_alike = strcmp(headlines->items[j].word, headlines->items[i].word) == 0;
            before += j < i && is_alike;
            count += is_alike;
        }
        if (before == 0) {
            cleanup_free char *former = text;
            text = text_format("%s%s%zu %s", former, former[0] ? ", " : "", count,
                               headlines->items[i].word);
        }
    }
    return text;
}

static int compare_best_first(const void *a, const void *b)
{
    const struct headline *x = a, *y = b;
    if (x->tone != y->tone) {
        return x->tone > y->tone ? -1 : 1;
    }
    double one = metric_is_absent(x->estimate) ? HUGE_VAL : x->estimate;
    double other = metric_is_absent(y->estimate) ? HUGE_VAL : y->estimate;
    if (one != other) {
        return one < other ? -1 : 1;
    }
    return strcmp(x->subject, y->subject);
}

void headlines_make(struct headlines *headlines, const struct summary *summary,
                    const struct verdicts *verdicts)
{
    *headlines = (struct headlines){0};
    for (size_t i = 0; i < verdicts->claim_count; i++) {
        add_claim(headlines, summary, verdicts, i);
    }
    bool has_claims = headlines->count > 0;
    for (size_t i = 0; !has_claims && i < verdicts->group_count; i++) {
        add_group(headlines, summary, verdicts, &verdicts->groups[i]);
    }
    bool is_compared = headlines->count > 0;
    for (size_t i = 0; !is_compared && i < summary->workload_count; i++) {
        add_workload(headlines, &summary->workloads[i]);
    }
    if (headlines->count > 1 && is_compared) {
        qsort(headlines->items, headlines->count, sizeof *headlines->items,
              has_claims ? compare_worst_first : compare_best_first);
    }
    headlines->tally = tally_of(headlines);
}

void headlines_clear(struct headlines *headlines)
{
    for (size_t i = 0; i < headlines->count; i++) {
        struct headline *headline = &headlines->items[i];
        free(headline->subject);
        free(headline->size);
        free(headline->rest);
        free(headline->price);
        for (size_t j = 0; j < headline->price_count; j++) {
            free(headline->prices[j].size);
        }
        free(headline->why);
        free(headline->workload);
        free(headline->against);
    }
    free(headlines->items);
    free(headlines->tally);
    *headlines = (struct headlines){0};
}

const char *headline_sign(const struct headline *headline, bool ascii)
{
    static const char *const signs[HEADLINE_TONES][2] = {[HEADLINE_BROKEN] = {"!", "!"},
                                                         [HEADLINE_BAD] = {"✗", "x"},
                                                         [HEADLINE_OPEN] = {"?", "?"},
                                                         [HEADLINE_PLAIN] = {"=", "="},
                                                         [HEADLINE_GOOD] = {"✓", "+"}};
    bool is_measured = strcmp(headline->word, measured) == 0;
    return is_measured ? (ascii ? "*" : "•") : signs[headline->tone][ascii];
}

char *headline_sentence(const struct headline *headline)
{
    cleanup_free char *n = headline->n > 0 ? text_format(", n = %zu", headline->n) : text_copy("");
    return text_format("%s: %s%s%s%s%s%s", headline->word, headline->subject,
                       headline->size[0] ? ": " : "", headline->size, n,
                       headline->rest[0] ? "; " : "", headline->rest);
}
