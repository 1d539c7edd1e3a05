#include "tests/support/judged.h"

#include <stdlib.h>

#include "base/text.h"

static void add_trial(struct records *records, size_t setting, unsigned block)
{
    static const double sizes[] = {100, 62, 101};
    double noise = 1 + 0.001 * (double)((block * 5 + setting) % 8);
    double shift = setting == 2 && block % 2 ? 1.2 : 1;
    double size = sizes[setting] * 0x1p20 * noise * shift;
    struct record *record =
        records_add_value(records, setting, block, PHASE_END, METRIC_ANON, size);
    struct sample *end = &record->samples[0];
    end->values[METRIC_PEAK_RSS] = 1.5 * size;
    end->values[METRIC_CPU_SECONDS] = 2 + 0.05 * (double)((block * 3 + setting) % 8);
    end->values[METRIC_WALL_SECONDS] = 3 + 0.05 * (double)((block * 7 + setting) % 8);
    records_add_sample(record, PHASE_SETTLED, 1)->values[METRIC_ANON] = 0.9 * size;
}

void judged_make(struct judged *judged, unsigned blocks, const char *const *claims)
{
    struct records *records = &judged->records;
    records_init(records);
    records->plan.setting_count = 3;
    records->options.runs = blocks;
    for (unsigned block = 1; block <= blocks; block++) {
        for (size_t setting = 0; setting < 3; setting++) {
            add_trial(records, setting, block);
        }
    }
    for (; *claims; claims++) {
        struct error err;
        if (options_add_claim(&records->options, *claims, "What the page says",
                              "https://example.org/post", &err)) {
            abort();
        }
    }
    struct gate *gate = options_add_gate(&records->options);
    *gate = (struct gate){.phase = text_copy(PHASE_END),
                          .metric = METRIC_ANON,
                          .level = GATE_ERROR,
                          .threshold = 0.03,
                          .control = text_copy("")};
    verdicts_make(&judged->verdicts, &records->plan, records->items, records->count);
}

void judged_clear(struct judged *judged)
{
    struct options *options = &judged->records.options;
    verdicts_clear(&judged->verdicts);
    for (size_t i = 0; i < options->claim_count; i++) {
        claim_clear(&options->claims[i]);
    }
    for (size_t i = 0; i < options->gate_count; i++) {
        gate_clear(&options->gates[i]);
    }
    free(options->claims);
    free(options->gates);
    records_clear(&judged->records);
}
