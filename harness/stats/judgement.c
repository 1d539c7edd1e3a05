#include "stats/judgement.h"

#include <math.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "stats/arms.h"
#include "stats/holm.h"
#include "stats/looks.h"

static bool is_positive(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (values[i] <= 0) {
            return false; /* absent is not: it does not enter */
        }
    }
    return true;
}

static double *multiply(const double *values, size_t count, double factor)
{
    double *products = text_allocate((count + 1) * sizeof *products);
    for (size_t i = 0; i < count; i++) {
        products[i] = factor * values[i];
    }
    return products;
}

/* Prepares the sides, and says what the interval is held against. */
static void arms_of(struct arms *arms, const struct judgement_question *question, double *bound)
{
    bool is_log = question->bound > 0 && is_positive(question->left, question->left_count);
    *bound = question->bound;
    if (!question->right) {
        arms_init(arms, ARMS_ONE, NULL, 0, question->left, question->left_count, !is_log,
                  question->seed);
        return;
    }
    enum arms_form form = question->is_paired ? ARMS_PAIRED : ARMS_TWO;
    if (is_log && is_positive(question->right, question->right_count)) {
        arms_init(arms, form, question->right, question->right_count, question->left,
                  question->left_count, false, question->seed);
        return;
    }
    cleanup_free double *right = multiply(question->right, question->right_count, question->bound);
    arms_init(arms, form, right, question->right_count, question->left, question->left_count, true,
              question->seed);
    *bound = 0;
}

static enum judgement_outcome decide(const struct judgement *judgement, bool is_at_least)
{
    bool is_over = arms_exceeds(judgement->effect.lower, judgement->bound);
    bool is_under = arms_exceeds(judgement->bound, judgement->effect.upper);
    bool is_true = is_at_least ? !arms_exceeds(judgement->bound, judgement->effect.lower)
                               : !arms_exceeds(judgement->effect.upper, judgement->bound);
    if (is_true) {
        return JUDGEMENT_CONFIRMED;
    }
    return (is_at_least ? is_under : is_over) ? JUDGEMENT_REFUTED : JUDGEMENT_INCONCLUSIVE;
}

/* Of the nearest case in which the outcome were false: the bound itself makes a claim true. */
static double p_of(const struct judgement *judgement, const struct arms *arms, bool is_at_least)
{
    int side = 0;
    if (judgement->outcome == JUDGEMENT_CONFIRMED) {
        side = is_at_least ? -1 : 1;
    }
    return arms_p(arms, judgement->bound, side);
}

static void judge(struct judgement *judgement, const struct arms *arms, bool is_at_least)
{
    judgement->is_exact = arms->is_constant;
    judgement->effect = arms_effect(arms, judgement->alpha);
    judgement->outcome = decide(judgement, is_at_least);
    judgement->reason = REASON_NONE;
    if (judgement->outcome == JUDGEMENT_INCONCLUSIVE) {
        bool has_few = arms_least_p(arms) > judgement->alpha;
        judgement->reason = has_few ? REASON_TOO_FEW : REASON_TOO_WIDE;
    } else {
        judgement->p = judgement->is_exact ? 0 : p_of(judgement, arms, is_at_least);
    }
    judgement->visible =
        arms_visible(arms, &judgement->effect, judgement->alpha, judgement->bound, is_at_least);
}

void judgement_make(struct judgement *judgement, const struct judgement_question *question)
{
    struct arms arms;
    double bound;
    arms_of(&arms, question, &bound);
    *judgement = (struct judgement){.reason = REASON_NO_VALUES,
                                    .scale = arms.scale,
                                    .effect = {METRIC_ABSENT, METRIC_ABSENT, METRIC_ABSENT},
                                    .bound = bound,
                                    .alpha = looks_alpha(question->looks),
                                    .n = arms.n,
                                    .p = 1,
                                    .visible = METRIC_ABSENT};
    judgement->needed = arms_needed(&arms, judgement->alpha);
    if (arms.n > 0) {
        judge(judgement, &arms, question->is_at_least);
    }
    arms_clear(&arms);
}

void judgement_holm(struct judgement *const *family, size_t count)
{
    cleanup_free double *p = text_allocate((count + 1) * sizeof *p);
    size_t tested = 0;
    for (size_t i = 0; i < count; i++) {
        if (!family[i]->is_exact) {
            p[tested++] = family[i]->p;
        }
    }
    holm_adjust(p, tested, p);
    tested = 0;
    for (size_t i = 0; i < count; i++) {
        struct judgement *judgement = family[i];
        if (judgement->is_exact || p[tested++] <= judgement->alpha ||
            judgement->outcome == JUDGEMENT_INCONCLUSIVE) {
            continue;
        }
        judgement->outcome = JUDGEMENT_INCONCLUSIVE;
        judgement->reason = REASON_AFTER_HOLM;
    }
}

enum judgement_outcome judgement_of_all(const enum judgement_outcome *outcomes, size_t count)
{
    size_t confirmed = 0;
    for (size_t i = 0; i < count; i++) {
        if (outcomes[i] == JUDGEMENT_REFUTED) {
            return JUDGEMENT_REFUTED;
        }
        confirmed += outcomes[i] == JUDGEMENT_CONFIRMED;
    }
    return count > 0 && confirmed == count ? JUDGEMENT_CONFIRMED : JUDGEMENT_INCONCLUSIVE;
}

const char *judgement_name(enum judgement_outcome outcome)
{
    static const char *const names[] = {[JUDGEMENT_INCONCLUSIVE] = "inconclusive",
                                        [JUDGEMENT_CONFIRMED] = "confirmed",
                                        [JUDGEMENT_REFUTED] = "refuted"};
    return names[outcome];
}
