#include "report/waterfall.h"

#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/moment.h"

_Static_assert(METRIC_OWNER_UNEXPLAINED == METRIC_OWNER_LAST + 1, "owners stand in a row");

const struct waterfall_layer_info waterfall_layers[LAYER_COUNT] = {
    [LAYER_FILES] = {"files", "files",
                     "mapped files, own copies of their pages, zero-initialised variables, shared "
                     "memory",
                     METRIC_OWNER_FILE_CLEAN, METRIC_OWNER_BSS},
    [LAYER_STACKS] = {"stacks", "stacks", "stacks of all threads, also those kept for new threads",
                      METRIC_OWNER_MAIN_STACK, METRIC_OWNER_THREAD_STACKS},
    [LAYER_PYMALLOC_LIVE] = {"pymalloc_live", "pymalloc live", "live blocks in pymalloc's arenas",
                             METRIC_OWNER_PYMALLOC_LIVE, METRIC_OWNER_PYMALLOC_LIVE},
    [LAYER_PYMALLOC_FREE] = {"pymalloc_free", "pymalloc free",
                             "free blocks, free pools and headers in pymalloc's arenas",
                             METRIC_OWNER_PYMALLOC_FREE_BLOCKS, METRIC_OWNER_PYMALLOC_HEADERS},
    [LAYER_MALLOC_IN_USE] = {"malloc_in_use", "malloc in use", "blocks that malloc has handed out",
                             METRIC_OWNER_MALLOC_IN_USE, METRIC_OWNER_MALLOC_IN_USE},
    [LAYER_MALLOC_RELEASABLE] = {"malloc_releasable", "malloc releasable",
                                 "free memory of malloc in whole pages: it could go back",
                                 METRIC_OWNER_MALLOC_RELEASABLE, METRIC_OWNER_MALLOC_RELEASABLE},
    [LAYER_MALLOC_PINNED] = {"malloc_pinned", "malloc pinned",
                             "free memory of malloc that shares its pages with live blocks",
                             METRIC_OWNER_MALLOC_PINNED, METRIC_OWNER_MALLOC_PINNED},
    [LAYER_MALLOC_METADATA] = {"malloc_metadata", "malloc metadata", "what malloc needs for itself",
                               METRIC_OWNER_MALLOC_METADATA, METRIC_OWNER_MALLOC_METADATA},
    [LAYER_MALLOC_UNSPLIT] = {"malloc_unsplit", "malloc, not split",
                              "memory of a malloc that does not tell live blocks from free ones",
                              METRIC_OWNER_MALLOC_UNSPLIT, METRIC_OWNER_MALLOC_UNSPLIT},
    [LAYER_LAZYFREE] = {"lazyfree", "lazily freed",
                        "given back, taken by the kernel only when it needs memory",
                        METRIC_OWNER_LAZYFREE, METRIC_OWNER_LAZYFREE},
    [LAYER_HUGE_SLACK] = {"huge_slack", "huge pages' slack",
                          "parts of huge pages that hold nothing but zeros",
                          METRIC_OWNER_HUGE_SLACK, METRIC_OWNER_HUGE_SLACK},
    [LAYER_OTHER] = {"other", "other", "the loader's memory, Python's frame stacks, vdso",
                     METRIC_OWNER_OTHER, METRIC_OWNER_OTHER},
    [LAYER_UNEXPLAINED] = {"unexplained", "unexplained",
                           "rss minus all of these; below 0 if they are too much",
                           METRIC_OWNER_UNEXPLAINED, METRIC_OWNER_UNEXPLAINED},
};

const char *waterfall_stand_name(enum waterfall_stand stand)
{
    static const char *const names[] = {[WATERFALL_HIGHEST] = "highest",
                                        [WATERFALL_END] = PHASE_END,
                                        [WATERFALL_SETTLED] = PHASE_SETTLED,
                                        [WATERFALL_RELEASED] = PHASE_RELEASED};
    return names[stand];
}

double waterfall_layer(const struct waterfall *waterfall, enum waterfall_stand stand,
                       enum waterfall_layer layer)
{
    const struct waterfall_bar *bar = &waterfall->bars[stand];
    return bar->is_known ? bar->layers[layer] : METRIC_ABSENT;
}

bool waterfall_is_split(const struct waterfall *waterfall, enum waterfall_stand stand)
{
    return metric_is_absent(waterfall_layer(waterfall, stand, LAYER_MALLOC_UNSPLIT)) &&
           !metric_is_absent(waterfall_layer(waterfall, stand, LAYER_MALLOC_IN_USE));
}

/* Absent only if both are. */
static double plus(double a, double b)
{
    return metric_is_absent(a) ? b : metric_is_absent(b) ? a : a + b;
}

static bool is_read(const struct sample *sample)
{
    bool has_owner = false;
    for (int i = METRIC_OWNER_FIRST; i <= METRIC_OWNER_LAST; i++) {
        has_owner = has_owner || !metric_is_absent(sample->values[i]);
    }
    return has_owner && !metric_is_absent(sample->values[METRIC_RSS]);
}

/* What is unexplained is so by its definition, whatever the sample says: the sum must be rss. */
static void fill_bar(struct waterfall_bar *bar, const struct sample *sample, unsigned cycles)
{
    cleanup_free char *name = moment_name(sample, cycles);
    double sum = 0;
    bar->is_known = true;
    text_place(bar->name, sizeof bar->name, name);
    bar->rss = sample->values[METRIC_RSS];
    for (int i = 0; i < WATERFALL_OWNERS - 1; i++) {
        bar->owners[i] = sample->values[METRIC_OWNER_FIRST + i];
        sum = plus(sum, bar->owners[i]);
    }
    bar->owners[WATERFALL_OWNERS - 1] = bar->rss - sum;
    for (int layer = 0; layer < LAYER_COUNT; layer++) {
        bar->layers[layer] = METRIC_ABSENT;
        for (int i = (int)waterfall_layers[layer].first; i <= (int)waterfall_layers[layer].last;
             i++) {
            bar->layers[layer] = plus(bar->layers[layer], bar->owners[i - METRIC_OWNER_FIRST]);
        }
    }
}

static const struct sample *highest_of(const struct record *record)
{
    const struct sample *highest = NULL;
    for (size_t i = 0; i < record->sample_count; i++) {
        const struct sample *sample = &record->samples[i];
        if (is_read(sample) &&
            (!highest || sample->values[METRIC_RSS] > highest->values[METRIC_RSS])) {
            highest = sample;
        }
    }
    return highest;
}

/* The kernel's peak may be low by a little; a standstill that was seen is not above it. */
static void fill_peak(struct waterfall *waterfall, const struct record *record)
{
    const struct waterfall_bar *highest = &waterfall->bars[WATERFALL_HIGHEST];
    for (size_t i = 0; i < record->sample_count; i++) {
        waterfall->peak = fmax(waterfall->peak, record->samples[i].values[METRIC_PEAK_RSS]);
    }
    if (highest->is_known && !metric_is_absent(waterfall->peak)) {
        waterfall->peak = fmax(waterfall->peak, highest->rss);
        waterfall->below_peak = waterfall->peak - highest->rss;
    }
}

static void fill(struct waterfall *waterfall, const struct record *record, unsigned cycles)
{
    const struct sample *const samples[WATERFALL_STANDS] = {
        [WATERFALL_HIGHEST] = highest_of(record),
        [WATERFALL_END] = record_sample(record, PHASE_END),
        [WATERFALL_SETTLED] = record_sample(record, PHASE_SETTLED),
        [WATERFALL_RELEASED] = record_sample(record, PHASE_RELEASED),
    };
    for (int stand = 0; stand < WATERFALL_STANDS; stand++) {
        if (samples[stand] && is_read(samples[stand])) {
            fill_bar(&waterfall->bars[stand], samples[stand], cycles);
            waterfall->is_known = true;
        }
    }
    fill_peak(waterfall, record);
    text_place(waterfall->family, sizeof waterfall->family, record->identity.family);
    waterfall->live = record_value(record, PHASE_SETTLED, METRIC_LIVE_BYTES);
    waterfall->releasable = record_value(record, PHASE_SETTLED, METRIC_RELEASABLE_BYTES);
    waterfall->pinned = record_value(record, PHASE_SETTLED, METRIC_PINNED_BYTES);
    waterfall->ratio = record_value(record, PHASE_SETTLED, METRIC_FRAGMENTATION_RATIO);
    waterfall->forecast = record_value(record, PHASE_COLLECTED, METRIC_FORECAST_BYTES);
    waterfall->given_back = record_value(record, PHASE_RELEASED, METRIC_RELEASED_BYTES);
}

void waterfall_make(struct waterfall *waterfall, const struct record *records, size_t count,
                    unsigned trial, unsigned cycles)
{
    *waterfall = (struct waterfall){.peak = METRIC_ABSENT,
                                    .below_peak = METRIC_ABSENT,
                                    .live = METRIC_ABSENT,
                                    .releasable = METRIC_ABSENT,
                                    .pinned = METRIC_ABSENT,
                                    .ratio = METRIC_ABSENT,
                                    .forecast = METRIC_ABSENT,
                                    .given_back = METRIC_ABSENT};
    for (size_t i = 0; i < count; i++) {
        if (trial > 0 && records[i].trial->number == trial) {
            fill(waterfall, &records[i], cycles);
        }
    }
}
