#include "run/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

void record_init(struct record *record, const struct trial *trial)
{
    *record = (struct record){.trial = trial,
                              .outcome = OUTCOME_UNFINISHED,
                              .summary = text_copy(""),
                              .hint = text_copy(""),
                              .traceback = text_copy(""),
                              .stacks = text_copy(""),
                              .output = text_copy("")};
}

void record_clear(struct record *record)
{
    free(record->summary);
    free(record->hint);
    free(record->traceback);
    free(record->stacks);
    free(record->output);
    free(record->samples);
    free(record->curve);
    for (size_t i = 0; i < record->dump_count; i++) {
        free(record->dumps[i].text);
    }
    free(record->dumps);
    population_clear(&record->population);
    text_list_clear(&record->warnings);
    *record = (struct record){0};
}

void record_set_text(char **field, const char *text)
{
    free(*field);
    *field = text_copy(text);
}

void record_add_dump(struct record *record, const char *phase, char *text)
{
    record->dumps = text_grow(record->dumps, record->dump_count + 1, sizeof *record->dumps);
    struct dump *dump = &record->dumps[record->dump_count++];
    *dump = (struct dump){.text = text};
    text_place(dump->phase, sizeof dump->phase, phase);
}

bool record_is_expected(const struct record *record)
{
    return record->outcome == OUTCOME_OK || record->outcome == record->trial->workload->expect;
}

const struct sample *record_sample(const struct record *record, const char *phase)
{
    for (size_t i = record->sample_count; i-- > 0;) {
        if (strcmp(record->samples[i].phase, phase) == 0) {
            return &record->samples[i];
        }
    }
    return NULL;
}

double record_value(const struct record *record, const char *phase, enum metric metric)
{
    const struct sample *sample = record_sample(record, phase);
    return sample ? sample->values[metric] : METRIC_ABSENT;
}
