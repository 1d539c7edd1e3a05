#include "run/standstill.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "inspect/typed_census.h"

/* jemalloc's is 50 KiB; glibc's grows with its arenas, some 10 KiB each. */
static const size_t most_dump_bytes = 16 * 1024 * 1024;

static unsigned count_visits(const struct record *record, const char *phase, unsigned cycle)
{
    unsigned visits = 0;
    for (size_t i = 0; i < record->sample_count; i++) {
        visits += record->samples[i].cycle == cycle && strcmp(record->samples[i].phase, phase) == 0;
    }
    return visits;
}

/* A standstill: read from outside, then ask. The answer is awaited in the loop. */
void standstill_phase(struct watch *watch, struct wire_phase *phase)
{
    WATCH_TERMINATE(phase->name);
    struct record *record = watch->record;
    if (!watch->has_said_hello || !phase_is_well_formed(phase->name)) {
        watch_conclude(watch, OUTCOME_WORKLOAD_ERROR, "", "the worker's words make no sense");
        keeper_kill(&watch->keeper);
        return;
    }
    struct sample sample = {.cycle = phase->cycle,
                            .visit = count_visits(record, phase->name, phase->cycle) + 1};
    text_place(sample.phase, sizeof sample.phase, phase->name);
    if (reading_take_sample(&watch->reading, &sample)) {
        return; /* it has died meanwhile; the keeper will say how */
    }
    record->samples = text_grow(record->samples, record->sample_count + 1, sizeof *record->samples);
    record->samples[record->sample_count++] = sample;
    wire_send(watch->wire, &(struct wire_message){.kind = WIRE_COUNT});
    if (watch->observer->phase) {
        watch->observer->phase(watch->observer->context, &sample);
    }
}

/* The program goes on, with a new peak and new meters. */
static void resume(struct watch *watch, const struct sample *sample)
{
    reading_resume(&watch->reading);
    if (!watch->reading.can_reset_peak && strcmp(sample->phase, PHASE_START) == 0) {
        watch_warn(watch,
                   "the peak could not be reset between phases: phase_peak_rss is sampled only");
    }
    wire_send(watch->wire, &(struct wire_message){.kind = WIRE_GO});
}

static bool wants_dump(const struct watch *watch, const struct sample *sample)
{
    const struct options *options = watch->plan->options;
    bool is_last_end = strcmp(sample->phase, PHASE_END) == 0 && sample->cycle == options->cycles;
    return options->dump && (is_last_end || strcmp(sample->phase, PHASE_RELEASED) == 0);
}

static bool wants_census(const struct watch *watch, const struct sample *sample)
{
    return watch->plan->options->census && strcmp(sample->phase, PHASE_SETTLED) == 0;
}

/* Where what was garbage is known as such: the collector has run, or is about to. */
static bool may_have_garbage(const struct sample *sample)
{
    return strcmp(sample->phase, PHASE_SETTLED) == 0 || strcmp(sample->phase, PHASE_COLLECTED) == 0;
}

/* The last step of a standstill: a census, of all or of garbage alone, if there is a reason. */
static void count_or_resume(struct watch *watch, struct sample *sample)
{
    bool is_whole = wants_census(watch, sample);
    bool has_garbage = sample->values[METRIC_GARBAGE_OBJECTS] > 0;
    if (may_have_garbage(sample) && sample->values[METRIC_GARBAGE_OBJECTS] == 0) {
        sample->values[METRIC_UNCOLLECTABLE_BYTES] = 0;
    }
    if (is_whole || (may_have_garbage(sample) && has_garbage)) {
        struct wire_message message = {.kind = WIRE_CENSUS,
                                       .census.only_garbage = is_whole ? 0 : 1};
        watch->is_counting = true;
        wire_send(watch->wire, &message);
    } else {
        resume(watch, sample);
    }
}

static void add_types(struct watch *watch, struct wire_types *types)
{
    size_t count = types->count < WIRE_TYPES_MOST ? types->count : WIRE_TYPES_MOST;
    watch->types = text_grow(watch->types, watch->type_count + count + 1, sizeof *watch->types);
    for (size_t i = 0; i < count; i++) {
        struct wire_type *type = &watch->types[watch->type_count++];
        *type = types->types[i];
        WATCH_TERMINATE(type->name);
        text_tame(type->name);
    }
}

static void tell_types(const struct watch *watch, struct population *population)
{
    for (size_t i = 0; i < watch->type_count; i++) {
        const struct wire_type *type = &watch->types[i];
        population_add(population, type->name, (double)type->count, (double)type->bytes,
                       (double)type->garbage_count, (double)type->garbage_bytes);
    }
}

/* The whole census is in: holds it against what is seen from outside while the worker still stands.
 * If the copy has failed, the outside is what remains. */
static void end_census(struct watch *watch, const struct sample *sample, double seconds,
                       bool has_failed)
{
    struct error err;
    struct typed_census outside;
    struct population *population = &watch->record->population;
    text_place(population->phase, sizeof population->phase, sample->phase);
    population->seconds = seconds;
    tell_types(watch, population);
    if (typed_census_take(&outside, watch->worker, watch->record->identity.family, &err)) {
        watch_warn(watch, "at '%s': no census from outside: %s", sample->phase, err.message);
    } else if (has_failed) {
        typed_census_tell(&outside, population);
    } else {
        cleanup_free char *difference =
            typed_census_compare(&outside, watch->types, watch->type_count);
        if (difference) {
            watch_warn(watch, "at '%s': %s", sample->phase, difference);
        }
    }
    typed_census_clear(&outside);
    population_sort(population);
}

void standstill_types(struct watch *watch, struct wire_types *types)
{
    struct record *record = watch->record;
    if (!watch->is_counting) {
        return; /* nobody has asked */
    }
    struct sample *sample = &record->samples[record->sample_count - 1];
    WATCH_TERMINATE(types->failure);
    add_types(watch, types);
    if (!types->is_last) {
        return;
    }
    if (wants_census(watch, sample)) {
        end_census(watch, sample, types->seconds, types->failure[0]);
    }
    free(take_pointer(watch->types));
    watch->type_count = 0;
    watch->is_counting = false;
    if (types->failure[0]) {
        watch_warn(watch, "at '%s': no census: %s", sample->phase, types->failure);
    } else if (may_have_garbage(sample)) {
        sample->values[METRIC_UNCOLLECTABLE_BYTES] = types->garbage_bytes;
    }
    resume(watch, sample);
}

void standstill_counts(struct watch *watch, const struct wire_counts *counts)
{
    struct record *record = watch->record;
    if (record->sample_count == 0) {
        return;
    }
    struct sample *sample = &record->samples[record->sample_count - 1];
    cleanup_free char *disagreement = reading_add_counts(&watch->reading, sample, counts);
    if (disagreement) {
        watch_warn(watch, "at '%s': %s", sample->phase, disagreement);
    }
    bool is_start = strcmp(sample->phase, PHASE_START) == 0;
    double duration = watch->plan->options->duration;
    if (is_start && watch->trial->workload->is_script && !isnan(duration)) {
        watch->interrupt_at = clock_now() + duration;
    } else if (!is_start) {
        watch->interrupt_at = HUGE_VAL;
    }
    if (wants_dump(watch, sample)) {
        wire_send(watch->wire, &(struct wire_message){.kind = WIRE_DUMP});
    } else {
        count_or_resume(watch, sample);
    }
}

/* What the worker wrote, out of the descriptor that it shares with stack dumps. */
static char *take_written(int descriptor)
{
    struct stat status;
    size_t size =
        fstat(descriptor, &status) == 0 && status.st_size > 0 ? (size_t)status.st_size : 0;
    size = size < most_dump_bytes ? size : most_dump_bytes;
    char *text = text_allocate(size + 1);
    ssize_t length = pread(descriptor, text, size, 0);
    text[length > 0 ? length : 0] = '\0';
    /* Both have the same open file, so the worker's next word stands at the beginning, too. */
    (void)!ftruncate(descriptor, 0);
    lseek(descriptor, 0, SEEK_SET);
    return text;
}

void standstill_dumped(struct watch *watch)
{
    struct record *record = watch->record;
    if (record->sample_count == 0) {
        return;
    }
    struct sample *sample = &record->samples[record->sample_count - 1];
    cleanup_free char *text = take_written(watch->stacks);
    if (text[0]) {
        record_add_dump(record, sample->phase, take_pointer(text));
    } else {
        watch_warn(watch, "at '%s': %s writes no text of its own, so --dump has none",
                   sample->phase, record->identity.family);
    }
    count_or_resume(watch, sample);
}
