#include "tests/support/standstills.h"

#include <stdlib.h>

#include "base/text.h"

static struct sample *last(struct standstills *standstills)
{
    return &standstills->items[standstills->count - 1];
}

void standstills_init(struct standstills *standstills, bool is_split)
{
    static const enum metric told[] = {METRIC_OWNER_MALLOC_IN_USE, METRIC_OWNER_MALLOC_RELEASABLE,
                                       METRIC_OWNER_MALLOC_PINNED, METRIC_OWNER_MALLOC_METADATA};
    *standstills = (struct standstills){.count = 1};
    struct sample *start = last(standstills);
    *start = (struct sample){.phase = PHASE_START, .cycle = 1, .visit = 1};
    for (int metric = 0; metric < METRIC_COUNT; metric++) {
        bool is_owner = metric >= METRIC_OWNER_FIRST && metric <= METRIC_OWNER_LAST;
        start->values[metric] = is_owner ? 0 : METRIC_ABSENT;
    }
    for (size_t i = 0; i < sizeof told / sizeof *told && !is_split; i++) {
        start->values[told[i]] = METRIC_ABSENT;
    }
    start->values[METRIC_RSS] = start->values[METRIC_ANON] = 0;
    start->values[METRIC_LAZYFREE] = 0;
    start->values[METRIC_SWAP] = start->values[METRIC_ANON_HUGE] = 0;
    start->values[METRIC_GARBAGE_OBJECTS] = start->values[METRIC_COLLECTED_OBJECTS] = 0;
    standstills_put(standstills, METRIC_OWNER_OTHER, 10);
}

void standstills_add(struct standstills *standstills, const char *phase, unsigned cycle)
{
    if (standstills->count == STANDSTILLS_MOST) {
        abort();
    }
    struct sample *sample = &standstills->items[standstills->count++];
    *sample = sample[-1];
    sample->cycle = cycle;
    sample->elapsed += 1;
    text_place(sample->phase, sizeof sample->phase, phase);
}

void standstills_add_aftermath(struct standstills *standstills)
{
    static const char *const phases[] = {PHASE_SETTLED, PHASE_COLLECTED, PHASE_RELEASED};
    unsigned cycle = last(standstills)->cycle;
    for (size_t i = 0; i < sizeof phases / sizeof *phases; i++) {
        standstills_add(standstills, phases[i], cycle);
    }
}

static void add(double *value, double bytes)
{
    *value = metric_is_absent(*value) ? bytes : *value + bytes;
}

void standstills_put(struct standstills *standstills, enum metric metric, double mebibytes)
{
    double *values = last(standstills)->values, bytes = mebibytes * 0x1p20;
    add(&values[metric], bytes);
    if (metric >= METRIC_CHILDREN_LIVE && metric <= METRIC_CHILDREN_UNSPLIT) {
        add(&values[METRIC_CHILDREN_ANON], bytes);
        return;
    }
    bool is_file = metric == METRIC_OWNER_FILE_CLEAN || metric == METRIC_OWNER_SHARED;
    values[METRIC_RSS] += bytes;
    if (!is_file) {
        values[metric == METRIC_OWNER_LAZYFREE ? METRIC_LAZYFREE : METRIC_ANON] += bytes;
    }
}

void standstills_set(struct standstills *standstills, enum metric metric, double value)
{
    last(standstills)->values[metric] = value;
}
