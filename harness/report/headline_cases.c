#include "report/headline_cases.h"

#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "report/verdict_words.h"

bool headline_cases_is_of(const struct verdicts_comparison *comparison, const char *phase,
                          enum metric metric)
{
    return comparison->metric == metric && strcmp(comparison->phase, phase) == 0;
}

/* ---- claims ---- */

enum headline_tone headline_cases_outcome_tone(const struct verdicts_judgement *judgement)
{
    static const enum headline_tone tones[] = {[JUDGEMENT_CONFIRMED] = HEADLINE_GOOD,
                                               [JUDGEMENT_REFUTED] = HEADLINE_BAD,
                                               [JUDGEMENT_INCONCLUSIVE] = HEADLINE_OPEN};
    return judgement->missing ? HEADLINE_BROKEN : tones[judgement->result.outcome];
}

/* How far the estimate lies from what the claim allows, in the claim's own direction: the larger,
 * the worse. */
static double excess_of(const struct verdicts_judgement *judgement, const struct claim *claim)
{
    const struct judgement *result = &judgement->result;
    double estimate = result->effect.estimate, bound = result->bound;
    bool is_log = result->scale != EFFECT_DIFFERENCE && estimate > 0 && bound > 0;
    double excess = is_log ? log(estimate / bound) : estimate - bound;
    return claim->relation == CLAIM_AT_LEAST ? -excess : excess;
}

/* The case that decides: of those that came to the worst, the one farthest on the wrong side. */
const struct verdicts_judgement *headline_cases_decisive(const struct verdicts_claim *claim)
{
    const struct verdicts_judgement *chosen = &claim->judgements[0];
    for (size_t i = 1; i < claim->judgement_count; i++) {
        const struct verdicts_judgement *other = &claim->judgements[i];
        enum headline_tone tone = headline_cases_outcome_tone(other),
                           best = headline_cases_outcome_tone(chosen);
        bool is_farther = tone == best && tone != HEADLINE_BROKEN &&
                          excess_of(other, &claim->claim) > excess_of(chosen, &claim->claim);
        if (tone < best || is_farther) {
            chosen = other;
        }
    }
    return chosen;
}

/* "refuted in 2 of 3 cases"; "" if there is only one. */
char *headline_cases_share(const struct verdicts_claim *claim, const char *word)
{
    size_t count = 0;
    for (size_t i = 0; i < claim->judgement_count; i++) {
        count += strcmp(verdict_words_outcome(&claim->judgements[i]), word) == 0;
    }
    return claim->judgement_count > 1
               ? text_format("%s in %zu of %zu cases", word, count, claim->judgement_count)
               : text_copy("");
}

/* ---- comparisons ---- */

/* Of less memory. */
enum headline_tone headline_cases_verdict_tone(const struct verdicts_comparison *comparison)
{
    static const enum headline_tone tones[] = {
        [VERDICT_UNKNOWN] = HEADLINE_OPEN, [VERDICT_SAME] = HEADLINE_PLAIN,
        [VERDICT_BETTER] = HEADLINE_GOOD,  [VERDICT_WORSE] = HEADLINE_BAD,
        [VERDICT_LESS] = HEADLINE_PLAIN,   [VERDICT_MORE] = HEADLINE_PLAIN};
    return comparison->missing ? HEADLINE_BROKEN : tones[comparison->result.verdict];
}

/* Whether `one` helps more than `other`: a better verdict, or with the same one less memory.
 * Unknown goes before same: while one may still help, it is not known that none does. */
static bool helps_more(const struct verdicts_comparison *one,
                       const struct verdicts_comparison *other)
{
    static const int ranks[HEADLINE_TONES] = {[HEADLINE_GOOD] = 4,
                                              [HEADLINE_OPEN] = 3,
                                              [HEADLINE_PLAIN] = 2,
                                              [HEADLINE_BAD] = 1,
                                              [HEADLINE_BROKEN] = 0};
    int rank = ranks[headline_cases_verdict_tone(one)],
        other_rank = ranks[headline_cases_verdict_tone(other)];
    if (rank != other_rank) {
        return rank > other_rank;
    }
    return rank > 0 && one->result.effect.estimate < other->result.effect.estimate;
}

/* "1 better, 2 unknown of 3 allocators"; "" if there is only one. */
char *headline_cases_allocators(const struct verdicts_group *group)
{
    static const char *const words[] = {"better", "same", "worse", "unknown", "not measured"};
    enum { KINDS = sizeof words / sizeof *words };
    char *text = text_copy("");
    size_t total = 0;
    for (int kind = 0; kind < KINDS; kind++) {
        size_t count = 0;
        for (size_t i = 0; i < group->comparison_count; i++) {
            const struct verdicts_comparison *comparison = &group->comparisons[i];
            const char *word = comparison->missing ? HEADLINE_NOT_MEASURED
                                                   : verdict_name(comparison->result.verdict);
            count += headline_cases_is_of(comparison, PHASE_SETTLED, METRIC_ANON) &&
                     strcmp(word, words[kind]) == 0;
        }
        if (count > 0) {
            cleanup_free char *former = text;
            text = text_format("%s%s%zu %s", former, former[0] ? ", " : "", count, words[kind]);
        }
        total += count;
    }
    cleanup_free char *former = text;
    return total > 1 ? text_format("of %zu allocators %s", total, former) : text_copy("");
}

const struct verdicts_comparison *headline_cases_leading(const struct verdicts_group *group)
{
    const struct verdicts_comparison *leading = NULL;
    for (size_t i = 0; i < group->comparison_count; i++) {
        const struct verdicts_comparison *comparison = &group->comparisons[i];
        if (headline_cases_is_of(comparison, PHASE_SETTLED, METRIC_ANON) &&
            (!leading || helps_more(comparison, leading))) {
            leading = comparison;
        }
    }
    return leading;
}
