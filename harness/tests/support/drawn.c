#include "tests/support/drawn.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "tests/support/draws.h"

enum { LONG_NAME = 10000 };

/* ---- texts and values ---- */

static size_t below(struct random *random, size_t limit)
{
    return (size_t)random_below(random, limit);
}

static bool happens(struct random *random, double chance)
{
    return draws_uniform(random) < chance;
}

/* Another text each time, of which the last one is 10 kB long. */
static char *draw_text(struct random *random)
{
    static const char *const texts[] = {
        "plain",
        "<script>alert(1)</script>",
        "</script></style></title></svg>]]>-->",
        "\"' onload='alert(1)' x=\"",
        "=cmd|' /C calc'!A0",
        "+1,-2;@SUM(A1)",
        "a|b\\|c`d``e```f",
        "@everyone #1 http://x.example [l](javascript:alert(1)) ![i](x)",
        "&amp;&#60;&lt;&nosuch;",
        "\x1b[31mred\x07\x08\r\n\tx",
        "\xE2\x80\xAEreversed\xE2\x81\xA6",
        "\xFF\xFE\xC0\x80\xED\xA0\x80 broken",
        "\xEF\xBF\xBE\xEF\xBF\xBF",
        "",
        " ",
        "\xF0\x9F\x90\x8D\xE6\xBC\xA2\xE5\xAD\x97",
    };
    enum { COUNT = sizeof texts / sizeof *texts };
    size_t index = below(random, COUNT + 1);
    if (index < COUNT) {
        return text_copy(texts[index]);
    }
    char *text = text_allocate(LONG_NAME + 1);
    memset(text, "x<|`\xC3"[below(random, 5)], LONG_NAME);
    text[LONG_NAME] = '\0';
    return text;
}

static void replace(struct random *random, char **text, double chance)
{
    if (happens(random, chance)) {
        free(*text);
        *text = draw_text(random);
    }
}

/* Of any size that a metric may have. */
static double draw_value(struct random *random)
{
    switch (below(random, 6)) {
    case 0:
        return METRIC_ABSENT;
    case 1:
        return 0;
    case 2:
        return (double)below(random, 1000);
    case 3:
        return 0x1p53 - 1;
    default:
        return (double)below(random, 1U << 20) * 4096;
    }
}

/* ---- a trial ---- */

/* Now and then the enemy's, which may cut a character in two, as the size is bounded. */
static void draw_phase(struct random *random, char *phase, const char *usual)
{
    cleanup_free char *text = happens(random, 0.1) ? draw_text(random) : text_copy(usual);
    text_place(phase, PHASE_NAME_SIZE, text);
}

static void draw_sample(struct random *random, struct sample *sample)
{
    for (int metric = 0; metric < METRIC_COUNT; metric++) {
        sample->values[metric] = draw_value(random);
    }
    sample->moved = happens(random, 0.1) ? -4096 : 0;
}

static void draw_samples(struct random *random, struct record *record, unsigned cycles)
{
    static const char *const phases[] = {PHASE_START,    "loaded",        PHASE_END,
                                         PHASE_SETTLED,  PHASE_COLLECTED, PHASE_RELEASED,
                                         "served-by-any"};
    double elapsed = 0;
    for (unsigned cycle = 1; cycle <= cycles; cycle++) {
        for (size_t i = 0; i < sizeof phases / sizeof *phases; i++) {
            size_t visits = happens(random, 0.3) ? 0 : happens(random, 0.2) ? 3 : 1;
            char phase[PHASE_NAME_SIZE];
            draw_phase(random, phase, phases[i]);
            for (unsigned visit = 1; visit <= visits; visit++) {
                struct sample *sample = records_add_sample(record, phase, cycle);
                draw_sample(random, sample);
                sample->visit = visit;
                elapsed += draws_uniform(random);
                sample->elapsed = elapsed;
            }
        }
    }
}

/* Types of one name are one, so there are as many as texts at most. */
static void draw_census(struct random *random, struct population *population)
{
    draw_phase(random, population->phase, PHASE_SETTLED);
    population->seconds = draws_uniform(random);
    for (size_t left = 1 + below(random, 30); left > 0; left--) {
        cleanup_free char *name = draw_text(random);
        double count = (double)below(random, 1000);
        double garbage = (double)below(random, 1 + (size_t)count);
        population_add(population, name, count, 48 * count, garbage, 48 * garbage);
    }
    population_sort(population);
}

static void draw_curve(struct random *random, struct record *record)
{
    size_t count = below(random, 3) == 0 ? 0 : below(random, 2000);
    record->curve = text_grow(record->curve, count + 1, sizeof *record->curve);
    for (size_t i = 0; i < count; i++) {
        record->curve[record->curve_count++] = (struct curve_point){
            .elapsed = 0.01 * (double)i, .rss = draw_value(random), .processes = 1};
    }
}

static void draw_texts(struct random *random, struct record *record, double chance)
{
    char **const texts[] = {&record->summary, &record->hint, &record->traceback, &record->stacks,
                            &record->output};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        replace(random, texts[i], chance);
    }
    record->output_length = strlen(record->output);
    if (happens(random, 0.2)) {
        cleanup_free char *warning = draw_text(random);
        text_list_add(&record->warnings, warning);
    }
}

static void draw_trial(struct random *random, struct drawn *drawn)
{
    struct records *records = &drawn->fixture.records;
    bool is_ok = happens(random, 0.8);
    struct record *record =
        records_add(records, below(random, records->plan.setting_count),
                    is_ok ? OUTCOME_OK : (enum outcome)below(random, OUTCOME_COUNT));
    struct trial *trial = &records->trials[records->count - 1];
    trial->workload = &drawn->workloads[below(random, records->plan.workload_count)];
    trial->block = 1 + (unsigned)below(random, 8);
    trial->repeats = happens(random, 0.1) ? 1 + (unsigned)below(random, 8) : 0;
    trial->object_allocator =
        (enum object_allocator)below(random, happens(random, 0.2) ? OBJECT_ALLOCATOR_COUNT : 1);
    if (happens(random, 0.9)) {
        fixture_set_identity(record);
        text_place(record->identity.family, sizeof record->identity.family,
                   happens(random, 0.5) ? "glibc" : "<i>");
        draw_samples(random, record, records->options.cycles);
        draw_curve(random, record);
    }
    if (happens(random, 0.1)) {
        draw_census(random, &record->population);
    }
    draw_texts(random, record, is_ok ? 0.1 : 0.9);
}

/* ---- a plan ---- */

static void draw_workload(struct random *random, struct workload *workload, size_t number)
{
    static const char types[] = {'i', 'f', 'b', 's'};
    *workload = (struct workload){.path = text_format("/w/workload_%zu.py", number),
                                  .given = text_format("workload_%zu.py", number),
                                  .name = text_format("workload_%zu", number),
                                  .summary = text_copy("bursts of requests"),
                                  .sha256 = text_copy("abc"),
                                  .is_script = happens(random, 0.2),
                                  .timeout = METRIC_ABSENT};
    workload->expect = (enum outcome)below(random, happens(random, 0.1) ? OUTCOME_COUNT : 1);
    char **const texts[] = {&workload->path, &workload->given, &workload->name, &workload->summary};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        replace(random, texts[i], 0.2);
    }
    workload->parameter_count = happens(random, 0.5) ? 0 : 1 + below(random, 2);
    workload->parameters =
        text_grow(NULL, workload->parameter_count + 1, sizeof *workload->parameters);
    for (size_t i = 0; i < workload->parameter_count; i++) {
        workload->parameters[i] = (struct parameter){.name = draw_text(random),
                                                     .type = types[below(random, sizeof types)],
                                                     .value = draw_text(random)};
    }
}

static void draw_gate(struct random *random, struct options *options)
{
    static const char *const phases[] = {"", PHASE_END, PHASE_SETTLED, "loaded"};
    static const char *const controls[] = {"", "", "glibc", "tcmalloc", "nobody"};
    struct gate *gate = options_add_gate(options);
    *gate = (struct gate){
        .phase = text_copy(phases[below(random, sizeof phases / sizeof *phases)]),
        .metric = (enum metric)below(random, METRIC_COUNT),
        .level = (enum gate_level)below(random, GATE_LEVELS),
        .threshold = 0.2 * draws_uniform(random),
        .control = text_copy(controls[below(random, sizeof controls / sizeof *controls)])};
    replace(random, &gate->phase, 0.2);
}

static void draw_claims(struct random *random, struct options *options)
{
    static const char *const claims[] = {"settled.anon <= 0.8 * glibc",
                                         "tcmalloc end.anon <= 300MiB",
                                         "glibc end.cpu_seconds >= 0.5 * tcmalloc",
                                         "nobody end.anon <= 1MiB",
                                         "glibc released.anon <= 1.2 * start.anon",
                                         "nowhere.rss <= 1"};
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        if (happens(random, 0.3)) {
            cleanup_free char *title = draw_text(random), *source = draw_text(random);
            struct error err;
            if (options_add_claim(options, claims[i], title, source, &err)) {
                abort();
            }
        }
    }
}

static void draw_plan(struct random *random, struct drawn *drawn)
{
    struct records *records = &drawn->fixture.records;
    records->plan.setting_count = 1 + below(random, RECORDS_SETTINGS);
    for (size_t i = 0; i < records->plan.setting_count; i++) {
        replace(random, &records->settings[i].name, 0.1);
    }
    records->plan.workloads = drawn->workloads;
    records->plan.workload_count = 1 + below(random, DRAWN_WORKLOADS);
    for (size_t i = 0; i < records->plan.workload_count; i++) {
        draw_workload(random, &drawn->workloads[i], i + 1);
    }
    struct options *options = &records->options;
    options->cycles = 1 + (unsigned)below(random, 4);
    options->runs = 1 + (unsigned)below(random, 8);
    options->layout = happens(random, 0.2) ? LAYOUT_FIXED : LAYOUT_RANDOM;
    draw_claims(random, options);
    for (size_t left = below(random, 3); left > 0; left--) {
        draw_gate(random, options);
    }
}

void drawn_make(struct drawn *drawn, struct random *random)
{
    struct run_info *info = &drawn->fixture.info;
    fixture_init(&drawn->fixture);
    draw_plan(random, drawn);
    char **const texts[] = {&info->id, &info->started, &info->finished, &info->version,
                            &info->directory};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        replace(random, texts[i], 0.2);
    }
    cleanup_free char *fact = draw_text(random), *argument = draw_text(random);
    host_add(&info->host, fact, fact);
    text_list_add(&info->command, argument);
    for (size_t left = below(random, 40); left > 0; left--) {
        draw_trial(random, drawn);
    }
}

void drawn_clear(struct drawn *drawn)
{
    struct options *options = &drawn->fixture.records.options;
    for (size_t i = 0; i < options->claim_count; i++) {
        claim_clear(&options->claims[i]);
    }
    for (size_t i = 0; i < options->gate_count; i++) {
        gate_clear(&options->gates[i]);
    }
    free(options->claims);
    free(options->gates);
    for (size_t i = 0; i < drawn->fixture.records.plan.workload_count; i++) {
        workload_clear(&drawn->workloads[i]);
    }
    fixture_clear(&drawn->fixture);
}
