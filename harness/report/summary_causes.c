#include "report/summary_causes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "measure/decay.h"
#include "report/summary_figure.h"

/* ---- a row ---- */

/* The figures that a run of several trials has of its causes; METRIC_ABSENT where a trial has not.
 * Bytes are whole, also where a share of them was taken away. */
static double value_of(const struct cause *cause, int figure)
{
    if (figure == SUMMARY_CAUSE_SLOPE) {
        return cause->slope;
    }
    if (!cause->is_known) {
        return METRIC_ABSENT;
    }
    switch (figure) {
    case SUMMARY_CAUSE_HELD:
        return cause->held;
    case SUMMARY_CAUSE_CHILDREN:
        return cause->children;
    default: /* what has shrunk has no causes */
        return cause->held > 0
                   ? round(cause_bytes(cause, (enum cause_kind)(figure - SUMMARY_CAUSE_KIND)))
                   : METRIC_ABSENT;
    }
}

static void fill_figures(struct summary_row *row, const struct cause *causes, size_t count)
{
    cleanup_free double *values = text_allocate(count * sizeof *values);
    for (int figure = 0; figure < SUMMARY_CAUSE_FIGURES; figure++) {
        size_t found = 0;
        for (size_t i = 0; i < count; i++) {
            double value = value_of(&causes[i], figure);
            if (!metric_is_absent(value)) {
                values[found++] = value;
            }
        }
        row->cause_figures[figure] = summary_figure_of(values, found);
    }
}

/* What was not reached took longer than all that was: so the median is known where most trials
 * reached it, and is HUGE_VAL otherwise. */
static void fill_decay(struct summary_decay *decay, const struct record *const *records,
                       size_t count, double part)
{
    cleanup_free double *values = text_allocate(count * sizeof *values);
    size_t reached = 0, meant = 0;
    for (size_t i = 0; i < count; i++) {
        const struct record *record = records[i];
        double seconds = decay_seconds(record->samples, record->sample_count, record->curve,
                                       record->curve_count, part);
        meant += decay_is_meant(record->samples, record->sample_count);
        if (!metric_is_absent(seconds)) {
            values[reached++] = seconds;
        }
    }
    decay->meant = meant;
    decay->reached = summary_figure_of(values, reached); /* sorts them */
    decay->median = METRIC_ABSENT;
    if (meant > 0) {
        size_t low = (meant - 1) / 2, high = meant / 2;
        decay->median = high < reached ? (values[low] + values[high]) / 2 : HUGE_VAL;
    }
}

void summary_causes_fill_row(struct summary_row *row, const struct record *const *records,
                             size_t count)
{
    cleanup_free struct cause *causes = text_allocate(count * sizeof *causes);
    for (size_t i = 0; i < count; i++) {
        cause_find(&causes[i], records[i]->samples, records[i]->sample_count);
    }
    cause_merge(&row->cause, causes, count);
    row->cause_text = cause_sentence(&row->cause);
    row->family = text_copy(count > 0 ? records[0]->identity.family : "");
    fill_figures(row, causes, count);
    fill_decay(&row->decays[SUMMARY_DECAY_HALF], records, count, 0.5);
    fill_decay(&row->decays[SUMMARY_DECAY_MOST], records, count, 0.9);
}

void summary_causes_fill_trial(struct summary_trial *trial, const struct record *record)
{
    cause_find(&trial->cause, record->samples, record->sample_count);
    trial->cause_text = cause_sentence(&trial->cause);
}

void summary_causes_clear_row(struct summary_row *row)
{
    free(row->cause_text);
    free(row->family);
}

/* ---- a group ---- */

static void add_advice(struct summary_group *group, const struct summary_row *row,
                       enum cause_kind kind)
{
    const char *remedy = cause_remedy(kind, row->family);
    if (!remedy) {
        return;
    }
    size_t i = 0;
    while (i < group->advice_count &&
           (group->advices[i].kind != kind || strcmp(group->advices[i].remedy, remedy) != 0)) {
        i++;
    }
    if (i == group->advice_count) {
        group->advices = text_grow(group->advices, i + 1, sizeof *group->advices);
        group->advices[group->advice_count++] =
            (struct summary_advice){.kind = kind, .remedy = remedy};
    }
    group->advices[i].bytes += cause_bytes(&row->cause, kind);
    text_list_add(&group->advices[i].allocators, row->allocator);
}

static int compare_advices(const void *a, const void *b)
{
    const struct summary_advice *x = a, *y = b;
    if (x->bytes != y->bytes) {
        return x->bytes > y->bytes ? -1 : 1;
    }
    return strcmp(x->remedy, y->remedy);
}

void summary_causes_fill_group(struct summary_group *group)
{
    for (size_t i = 0; i < group->row_count; i++) {
        const struct summary_row *row = &group->rows[i];
        enum cause_kind leading[CAUSE_KINDS];
        size_t count = cause_leading(&row->cause, leading);
        for (size_t j = 0; j < count; j++) {
            add_advice(group, row, leading[j]);
        }
        group->has_causes = group->has_causes || row->cause.is_known || row->cause.is_growing;
        group->has_decays = group->has_decays || row->decays[0].meant > 0;
    }
    if (group->advice_count > 0) {
        qsort(group->advices, group->advice_count, sizeof *group->advices, compare_advices);
    }
}

void summary_causes_clear_group(struct summary_group *group)
{
    for (size_t i = 0; i < group->advice_count; i++) {
        text_list_clear(&group->advices[i].allocators);
    }
    free(group->advices);
}
