#include "report/verdict_words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "plan/claim_print.h"
#include "stats/observations.h"

/* ---- numbers ---- */

/* How values of one size are written, so that those beside each other have one unit. */
struct scale {
    double unit;
    int decimals;
    const char *name; /* with its blank, or "" */
};

static struct scale scale_of(double size, enum metric_unit unit)
{
    size = fabs(size);
    switch (unit) {
    case UNIT_BYTES:
        if (size < 0x1p20) {
            return (struct scale){0x1p10, 1, " KiB"};
        }
        return (struct scale){0x1p20, size < 10 * 0x1p20 ? 2 : 1, " MiB"};
    case UNIT_SECONDS:
        if (size < 1) {
            return (struct scale){0.001, size < 0.01 ? 3 : 1, " ms"};
        }
        return (struct scale){1, size < 10 ? 2 : 1, " s"};
    case UNIT_OBJECTS:
        return (struct scale){1, 0, ""};
    case UNIT_RATIO:
        break;
    }
    return (struct scale){1, 3, ""};
}

char *verdict_words_value(double value, enum metric_unit unit)
{
    struct scale scale = scale_of(value, unit);
    return text_format("%.*f%s", scale.decimals, value / scale.unit, scale.name);
}

/* Two decimals, and more where fewer would show two different numbers as one. */
static int decimals_between(double one, double other, int decimals)
{
    double distance = fabs(one - other);
    while (decimals < 4 && distance > 0 && distance < 1.5 * pow(10, -decimals)) {
        decimals++;
    }
    return decimals;
}

static int ratio_decimals(const struct interval *effect, double held_against)
{
    int decimals = 2;
    if (isfinite(effect->lower) && isfinite(effect->upper)) {
        decimals = decimals_between(effect->lower, effect->upper, decimals);
        if (isfinite(held_against)) {
            decimals = decimals_between(effect->lower, held_against, decimals);
            decimals = decimals_between(effect->upper, held_against, decimals);
        }
    }
    return decimals;
}

static struct effect_words words_of(const struct interval *effect, enum effect_scale on,
                                    enum metric_unit unit, double held_against, bool is_exact)
{
    struct effect_words words = {"-", ""};
    if (metric_is_absent(effect->estimate)) {
        return words;
    }
    struct scale scale = scale_of(effect->estimate, unit);
    if (on == EFFECT_RATIO) {
        scale = (struct scale){1, ratio_decimals(effect, held_against), ""};
    }
    const char *format = on == EFFECT_DIFFERENCE ? "%+.*f%s" : "%.*f%s";
    snprintf(words.estimate, sizeof words.estimate, format, scale.decimals,
             effect->estimate / scale.unit, scale.name);
    if (is_exact) {
        snprintf(words.interval, sizeof words.interval, "exactly");
    } else if (isfinite(effect->lower) && isfinite(effect->upper) &&
               !(on == EFFECT_RATIO && effect->lower <= 0)) {
        format = on == EFFECT_DIFFERENCE ? "[%+.*f, %+.*f]" : "[%.*f, %.*f]";
        snprintf(words.interval, sizeof words.interval, format, scale.decimals,
                 effect->lower / scale.unit, scale.decimals, effect->upper / scale.unit);
    }
    return words;
}

struct effect_words verdict_words_of_comparison(const struct verdicts_comparison *comparison)
{
    if (comparison->missing) {
        return (struct effect_words){"-", ""};
    }
    const struct comparison *result = &comparison->result;
    return words_of(&result->effect, result->scale, metric_table[comparison->metric].unit,
                    METRIC_ABSENT, result->is_exact);
}

struct effect_words verdict_words_of_judgement(const struct verdicts_judgement *judgement,
                                               enum metric_unit unit)
{
    if (judgement->missing) {
        return (struct effect_words){"-", ""};
    }
    const struct judgement *result = &judgement->result;
    return words_of(&result->effect, result->scale, unit, result->bound, result->is_exact);
}

/* ---- words ---- */

static const char not_measured[] = "not measured";

const char *verdict_words_verdict(const struct verdicts_comparison *comparison)
{
    if (comparison->missing) {
        return not_measured;
    }
    bool is_holm = comparison->result.reason == REASON_AFTER_HOLM;
    return is_holm ? "unknown (after Holm)" : verdict_name(comparison->result.verdict);
}

const char *verdict_words_outcome(const struct verdicts_judgement *judgement)
{
    if (judgement->missing) {
        return not_measured;
    }
    bool is_holm = judgement->result.reason == REASON_AFTER_HOLM;
    return is_holm ? "inconclusive (after Holm)" : judgement_name(judgement->result.outcome);
}

/* In the order of the exit status: what was not measured goes before what was refuted. */
const char *verdict_words_claim_outcome(const struct verdicts_claim *claim)
{
    if (claim->is_missing) {
        return not_measured;
    }
    bool is_single = claim->judgement_count == 1;
    return is_single ? verdict_words_outcome(&claim->judgements[0])
                     : judgement_name(claim->outcome);
}

const char *verdict_words_verdict_sign(const struct verdicts_comparison *comparison, bool ascii)
{
    static const char *const signs[][2] = {
        [VERDICT_UNKNOWN] = {"?", "?"}, [VERDICT_SAME] = {"=", "="}, [VERDICT_BETTER] = {"↓", "-"},
        [VERDICT_WORSE] = {"↑", "+"},   [VERDICT_LESS] = {"↓", "-"}, [VERDICT_MORE] = {"↑", "+"},
    };
    return comparison->missing ? "!" : signs[comparison->result.verdict][ascii];
}

const char *verdict_words_outcome_sign(const char *outcome, bool ascii)
{
    if (strcmp(outcome, judgement_name(JUDGEMENT_CONFIRMED)) == 0) {
        return ascii ? "+" : "✓";
    }
    if (strcmp(outcome, judgement_name(JUDGEMENT_REFUTED)) == 0) {
        return ascii ? "x" : "✗";
    }
    return strcmp(outcome, not_measured) == 0 ? "!" : "?";
}

const char *verdict_words_reason(enum verdict_reason reason)
{
    static const char *const names[] = {[REASON_NONE] = "",
                                        [REASON_NO_VALUES] = "no_values",
                                        [REASON_TOO_FEW] = "too_few",
                                        [REASON_TOO_WIDE] = "too_wide",
                                        [REASON_AFTER_HOLM] = "after_holm"};
    return names[reason];
}

static char *too_few(size_t needed)
{
    return text_format("%zu runs at least", needed);
}

/* An effect on a scale, with its unit. */
static char *effect_text(double effect, enum effect_scale on, enum metric_unit unit)
{
    if (on == EFFECT_RATIO) {
        return text_format("%.*f", decimals_between(effect, 1, 2), effect);
    }
    return verdict_words_value(effect, unit);
}

char *verdict_words_visible(const struct verdicts_comparison *comparison)
{
    const struct comparison *result = &comparison->result;
    bool is_wide = result->reason == REASON_TOO_WIDE || result->reason == REASON_AFTER_HOLM;
    if (comparison->missing || !is_wide || !isfinite(result->visible)) {
        return text_copy("");
    }
    return effect_text(result->visible, result->scale, metric_table[comparison->metric].unit);
}

char *verdict_words_unknown(const struct verdicts_comparison *comparison)
{
    const struct comparison *result = &comparison->result;
    switch (result->reason) {
    case REASON_TOO_FEW:
        return too_few(result->needed);
    case REASON_TOO_WIDE:
        return text_format("%zu runs would show at least", result->n);
    case REASON_AFTER_HOLM:
        return text_format("decided alone, but one of many (Holm); %zu runs would show at least",
                           result->n);
    default:
        return text_copy("");
    }
}

char *verdict_words_confirmable(const struct verdicts_judgement *judgement,
                                const struct claim *claim)
{
    const struct judgement *result = &judgement->result;
    if (judgement->missing || result->outcome != JUDGEMENT_INCONCLUSIVE) {
        return text_copy("");
    }
    if (result->reason == REASON_TOO_FEW) {
        return too_few(result->needed);
    }
    bool is_ratio = result->scale == EFFECT_RATIO || result->scale == EFFECT_LOCATION;
    if (!isfinite(result->visible) || (is_ratio && result->visible <= 0)) {
        return text_copy("");
    }
    cleanup_free char *visible =
        effect_text(result->visible, result->scale, metric_table[claim->left.metric].unit);
    return text_format("%zu runs would confirm %s or %s", result->n, visible,
                       claim->relation == CLAIM_AT_LEAST ? "more" : "less");
}

/* ---- shapes ---- */

/* Appends to `text`, behind a "; " if there is something already. */
static void append(char **text, const char *more)
{
    char *longer = text_format("%s%s%s", *text, (*text)[0] && more[0] ? "; " : "", more);
    free(*text);
    *text = longer;
}

char *verdict_words_shape(const struct shape *shape, enum metric_unit unit)
{
    if (shape->modes < 2 && shape->outliers == 0) {
        return text_copy("");
    }
    struct scale scale = scale_of(shape->highest, unit);
    cleanup_free char *outliers =
        text_format("%zu outlier%s", shape->outliers, shape->outliers == 1 ? "" : "s");
    return text_format("%s, %.*f to %.*f%s", shape->modes > 1 ? "two modes" : outliers,
                       scale.decimals, shape->lowest / scale.unit, scale.decimals,
                       shape->highest / scale.unit, scale.name);
}

static void append_shape(char **text, const char *name, const struct shape *shape,
                         enum metric_unit unit)
{
    cleanup_free char *words = verdict_words_shape(shape, unit);
    if (words[0]) {
        cleanup_free char *note = text_format("%s: %s", name, words);
        append(text, note);
    }
}

char *verdict_words_ratios(const struct verdicts_comparison *comparison)
{
    const struct comparison *result = &comparison->result;
    bool is_plain = result->baseline.modes < 2 && result->candidate.modes < 2 &&
                    result->baseline.outliers == 0 && result->candidate.outliers == 0;
    if (comparison->missing || is_plain || metric_is_absent(result->mean_ratio)) {
        return text_copy("");
    }
    return text_format("ratio of the means %.2f, of the highest %.2f", result->mean_ratio,
                       result->highest_ratio);
}

char *verdict_words_shapes(const struct verdicts_comparison *comparison)
{
    char *text = text_copy("");
    if (!comparison->missing) {
        enum metric_unit unit = metric_table[comparison->metric].unit;
        cleanup_free char *ratios = verdict_words_ratios(comparison);
        append_shape(&text, comparison->baseline, &comparison->result.baseline, unit);
        append_shape(&text, comparison->candidate, &comparison->result.candidate, unit);
        append(&text, ratios);
    }
    return text;
}

char *verdict_words_judgement_shapes(const struct verdicts_judgement *judgement,
                                     const struct claim *claim)
{
    char *text = text_copy("");
    if (judgement->missing) {
        return text;
    }
    bool is_one = strcmp(judgement->left, judgement->right) == 0;
    cleanup_free char *left = observations_figure_name(claim->left.phase, claim->left.metric);
    append_shape(&text, is_one ? left : judgement->left, &judgement->left_shape,
                 metric_table[claim->left.metric].unit);
    if (!claim->is_budget) {
        cleanup_free char *right =
            observations_figure_name(claim->right.phase, claim->right.metric);
        append_shape(&text, is_one ? right : judgement->right, &judgement->right_shape,
                     metric_table[claim->right.metric].unit);
    }
    return text;
}

/* ---- sentences ---- */

static const char *object_allocator_words(const struct verdicts_judgement *judgement)
{
    return judgement->object_allocator == OBJECT_MALLOC ? " without pymalloc" : "";
}

char *verdict_words_sentence(const struct claim *claim, const struct verdicts_judgement *judgement)
{
    cleanup_free char *text = claim_print(claim);
    bool is_open = claim->left.allocator[0] == '\0';
    return text_format("%s%s%s%s%s%s", is_open ? judgement->left : "", is_open ? " " : "", text,
                       claim->workload[0] ? "" : " on ",
                       claim->workload[0] ? "" : judgement->workload,
                       object_allocator_words(judgement));
}

char *verdict_words_finding(const struct claim *claim, const struct verdicts_judgement *judgement)
{
    if (judgement->missing) {
        return text_format(": %s", judgement->missing);
    }
    struct effect_words words =
        verdict_words_of_judgement(judgement, metric_table[claim->left.metric].unit);
    cleanup_free char *visible = verdict_words_confirmable(judgement, claim);
    bool is_left_over = judgement->result.scale == EFFECT_DIFFERENCE;
    return text_format(": %s%s%s%s, n = %zu%s%s", words.estimate,
                       is_left_over ? " left minus right" : "", words.interval[0] ? " " : "",
                       words.interval, judgement->result.n, visible[0] ? "; " : "", visible);
}

char *verdict_words_part(const struct verdicts_judgement *judgement)
{
    return text_format("%s on %s%s%s%s%s, %s", verdict_words_outcome(judgement),
                       judgement->workload, judgement->parameters[0] ? " (" : "",
                       judgement->parameters, judgement->parameters[0] ? ")" : "",
                       object_allocator_words(judgement), judgement->left);
}
