#include "report/contrast_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

char *contrast_text_figure(const struct verdicts_comparison *row)
{
    return text_format("%s%s%s", row->phase, row->phase[0] ? "." : "",
                       metric_table[row->metric].name);
}

char *contrast_text_unit(const struct verdicts_comparison *row)
{
    if (row->control[0]) {
        return text_format("of %s's", row->control);
    }
    switch (metric_table[row->metric].unit) {
    case UNIT_BYTES:
        return text_copy("MiB");
    case UNIT_SECONDS:
        return text_copy("s");
    case UNIT_OBJECTS:
    case UNIT_RATIO:
        break;
    }
    return text_copy("");
}

char *contrast_text_value(const struct verdicts_comparison *row, double value)
{
    if (metric_is_absent(value)) {
        return text_copy("-");
    }
    if (row->control[0]) {
        return text_format("%.3f", value);
    }
    switch (metric_table[row->metric].unit) {
    case UNIT_BYTES:
        return text_format("%.1f", value / 0x1p20);
    case UNIT_SECONDS:
        return text_format("%.3f", value);
    case UNIT_RATIO:
        return text_format("%.3f", value);
    case UNIT_OBJECTS:
        break;
    }
    return text_format("%.0f", value);
}

/* Of a ratio. A change that is there is never printed as none. */
static char *percent(double ratio)
{
    double change = 100 * (ratio - 1);
    if (fabs(change) < 1e-6) {
        return text_copy("0.0");
    }
    if (fabs(change) < 0.095) {
        return text_format("%+.2g", change);
    }
    return text_format("%+.1f", change);
}

static char *signed_value(const struct verdicts_comparison *row, double value)
{
    cleanup_free char *text = contrast_text_value(row, value);
    return text_format("%s%s", value > 0 ? "+" : "", text);
}

static char *effect(const struct verdicts_comparison *row, double value)
{
    return row->result.scale == EFFECT_RATIO ? percent(value) : signed_value(row, value);
}

static const char *sign(const struct verdicts_comparison *row)
{
    return row->result.scale == EFFECT_RATIO ? "%" : "";
}

char *contrast_text_change(const struct verdicts_comparison *row)
{
    if (row->missing || metric_is_absent(row->result.effect.estimate)) {
        return text_copy("-");
    }
    cleanup_free char *text = effect(row, row->result.effect.estimate);
    return text_format("%s%s", text, sign(row));
}

char *contrast_text_interval(const struct verdicts_comparison *row)
{
    const struct interval *interval = &row->result.effect;
    if (row->missing || metric_is_absent(interval->estimate)) {
        return text_copy("-");
    }
    if (row->result.is_exact) {
        return text_copy("exact");
    }
    bool is_open = !isfinite(interval->lower) || !isfinite(interval->upper) ||
                   (row->result.scale == EFFECT_RATIO && interval->lower <= 0);
    if (is_open) {
        return text_copy("-");
    }
    cleanup_free char *low = effect(row, interval->lower);
    cleanup_free char *high = effect(row, interval->upper);
    return text_format("%s..%s%s", low, high, sign(row));
}

char *contrast_text_reason(const struct verdicts_comparison *row)
{
    const struct comparison *result = &row->result;
    if (row->missing || result->verdict != VERDICT_UNKNOWN) {
        return text_copy("");
    }
    switch (result->reason) {
    case REASON_NO_VALUES:
        return text_copy("one side has no value");
    case REASON_TOO_FEW:
        return text_format("%zu values can show nothing; %zu could", result->n, result->needed);
    case REASON_AFTER_HOLM:
        return text_copy("conclusive alone, but not as one of so many (Holm)");
    case REASON_TOO_WIDE:
    case REASON_NONE:
        break;
    }
    if (!isfinite(result->visible)) {
        return text_copy("the interval is too wide");
    }
    cleanup_free char *visible = effect(row, result->visible);
    return text_format(
        "the interval is too wide; of %zu values a change of %s%s is seen in 80%% of cases",
        result->n, visible, sign(row));
}

enum contrast_standing contrast_text_standing(const struct verdicts_comparison *row)
{
    if (row->missing) {
        return STANDING_MISSING;
    }
    switch (row->result.verdict) {
    case VERDICT_WORSE:
        return STANDING_WORSE;
    case VERDICT_UNKNOWN:
        return STANDING_UNKNOWN;
    case VERDICT_SAME:
        return STANDING_SAME;
    case VERDICT_BETTER:
    case VERDICT_LESS:
    case VERDICT_MORE:
        break;
    }
    return STANDING_BETTER;
}

static char *judged(const struct verdicts_comparison *row)
{
    cleanup_free char *change = contrast_text_change(row);
    cleanup_free char *interval = contrast_text_interval(row);
    cleanup_free char *reason = contrast_text_reason(row);
    cleanup_free char *around = row->result.is_exact ? text_copy("exact, no variance")
                                                     : text_format("interval %s", interval);
    cleanup_free char *edge = effect(row, row->result.high_edge);
    return text_format("%s (%s, threshold %s%s): %s%s%s", change, around, edge, sign(row),
                       verdict_name(row->result.verdict), reason[0] ? ": " : "", reason);
}

char *contrast_text_sentence(const struct verdicts_group *group,
                             const struct verdicts_comparison *row)
{
    bool is_malloc = group->object_allocator == OBJECT_MALLOC;
    cleanup_free char *figure = contrast_text_figure(row);
    cleanup_free char *subject = text_format("%s, %s%s: %s", group->workload, row->candidate,
                                             is_malloc ? " without pymalloc" : "", figure);
    if (row->missing) {
        return text_format("%s could not be compared: %s", subject, row->missing);
    }
    cleanup_free char *unit = contrast_text_unit(row);
    cleanup_free char *now = contrast_text_value(row, row->result.candidate.median);
    cleanup_free char *before = contrast_text_value(row, row->result.baseline.median);
    cleanup_free char *rest = judged(row);
    return text_format("%s %s%s%s, %s in %s: %s", subject, now, unit[0] ? " " : "", unit, before,
                       row->baseline, rest);
}
