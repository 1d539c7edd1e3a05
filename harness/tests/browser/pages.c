/* Writes the runs that the browser is shown: DIR/NAME/report.html and the CSV files beside it,
 * which must not be there.
 *
 * They are built by hand, as no machine measures the bad ones on demand: a typical run, the
 * smallest one, failures alone, values that are missing, a run as large as they come, and texts of
 * an enemy. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "page/page.h"
#include "report/csv.h"
#include "report/summary_csv.h"
#include "report/verdicts_csv.h"
#include "tests/support/fixture.h"
#include "tests/support/standstills.h"

/* What each allocator's trials weigh, as a share of the first one's. */
static const double weights[RECORDS_SETTINGS] = {1,    0.62, 1.01, 0.8,  0.97, 0.9,
                                                 0.65, 0.5,  1.2,  1.35, 0.83, 0.7};

/* ---- trials ---- */

/* What is counted at a standstill, beside the owners. */
static void count(struct standstills *standstills, double weight, double noise)
{
    struct sample *sample = &standstills->items[standstills->count - 1];
    double *values = sample->values;
    values[METRIC_PEAK_RSS] = values[METRIC_PHASE_PEAK_RSS] = values[METRIC_RSS] + 0x1p20;
    values[METRIC_CPU_SECONDS] = 0.9 * sample->elapsed / weight * noise;
    values[METRIC_WALL_SECONDS] = sample->elapsed / weight * noise;
    values[METRIC_MINOR_FAULTS] = values[METRIC_RSS] / 4096;
    values[METRIC_ALLOCATED_BLOCKS] = values[METRIC_TRACKED_OBJECTS] = 100000 + sample->cycle;
    values[METRIC_LIVE_BYTES] =
        values[METRIC_OWNER_PYMALLOC_LIVE] + values[METRIC_OWNER_MALLOC_IN_USE];
    values[METRIC_RELEASABLE_BYTES] = values[METRIC_OWNER_MALLOC_RELEASABLE];
    values[METRIC_PINNED_BYTES] = values[METRIC_OWNER_MALLOC_PINNED];
    values[METRIC_FORECAST_BYTES] = values[METRIC_RELEASABLE_BYTES];
    values[METRIC_FRAGMENTATION_RATIO] = values[METRIC_RSS] / (1 + values[METRIC_LIVE_BYTES]);
}

/* In whole pages, as memory is. */
static void put(struct standstills *trial, enum metric metric, double mebibytes)
{
    standstills_put(trial, metric, round(mebibytes * 256) / 256);
}

/* A burst in each cycle, and at the end what stays of it; no two trials are alike. */
static void stand(struct standstills *trial, double weight, double noise, unsigned cycles)
{
    standstills_init(trial, true);
    put(trial, METRIC_OWNER_FILE_CLEAN, 6);
    put(trial, METRIC_OWNER_MAIN_STACK, 0.125);
    count(trial, weight, noise);
    for (unsigned cycle = 1; cycle <= cycles; cycle++) {
        standstills_add(trial, "loaded", cycle);
        put(trial, METRIC_OWNER_PYMALLOC_LIVE, 40 * weight * noise);
        put(trial, METRIC_OWNER_MALLOC_IN_USE, 60 * weight * noise);
        count(trial, weight, noise);
        standstills_add(trial, PHASE_END, cycle);
        put(trial, METRIC_OWNER_PYMALLOC_LIVE, -38 * weight * noise);
        put(trial, METRIC_OWNER_PYMALLOC_FREE_BLOCKS, 2 * weight);
        put(trial, METRIC_OWNER_MALLOC_IN_USE, -58 * weight * noise);
        put(trial, METRIC_OWNER_MALLOC_PINNED, 3 * weight * noise);
        put(trial, METRIC_OWNER_MALLOC_RELEASABLE, 4 * weight * noise);
        count(trial, weight, noise);
    }
    standstills_add_aftermath(trial);
    for (size_t i = trial->count - 3; i < trial->count; i++) {
        trial->items[i].elapsed += 6; /* long enough to tell how fast memory goes back */
    }
}

static struct record *add_trial(struct fixture *fixture, size_t setting, unsigned block)
{
    struct records *records = &fixture->records;
    double noise = 1 + 0.004 * (double)((block * 5 + setting * 3) % 8);
    struct standstills trial;
    stand(&trial, weights[setting], noise, records->options.cycles);
    struct record *record =
        records_add_measured(records, setting, "glibc", trial.items, trial.count);
    records->trials[records->count - 1].block = block;
    fixture_set_identity(record);
    text_place(record->identity.family, sizeof record->identity.family, "glibc");
    return record;
}

static void add_failure(struct fixture *fixture, size_t setting, enum outcome outcome)
{
    struct record *record = records_add(&fixture->records, setting, outcome);
    records_set(&record->summary, "ValueError: no such request");
    records_set(&record->hint, "see the end of its output");
    records_set(&record->traceback, "Traceback (most recent call last):\n"
                                    "  File \"/w/bursts.py\", line 12, in run\n"
                                    "ValueError: no such request\n");
    records_set(&record->stacks, "thread 1: futex_wait\n");
    records_set(&record->output, "serving\nanswered 12 of 7000\n");
    record->output_length = strlen(record->output);
}

/* Between the standstills as straight as they lie, with teeth, so that there is much to thin. */
static struct curve_point *make_curve(const struct record *record, size_t count)
{
    struct curve_point *curve = text_allocate(count * sizeof *curve);
    const struct sample *sample = record->samples;
    const struct sample *last = &sample[record->sample_count - 1];
    for (size_t i = 0; i < count; i++) {
        double elapsed = last->elapsed * (double)i / (double)count;
        while (sample + 1 < last && sample[1].elapsed <= elapsed) {
            sample++;
        }
        double from = sample[0].values[METRIC_RSS], to = sample[1].values[METRIC_RSS];
        double way = (elapsed - sample[0].elapsed) / (sample[1].elapsed - sample[0].elapsed);
        double rss = from + way * (to - from) + 4096.0 * (double)(i * 2654435761U % 512);
        curve[i] = (struct curve_point){elapsed, rss, rss, 1};
    }
    return curve;
}

static void draw(struct record *record, size_t count)
{
    free(record->curve);
    record->curve = make_curve(record, count);
    record->curve_count = count;
}

/* ---- files ---- */

static int write_csv(const struct fixture *fixture, const char *directory, struct error *err)
{
    const struct records *records = &fixture->records;
    struct csv_files files;
    int failed = csv_open(&files, directory, fixture->info.id, err);
    for (size_t i = 0; i < records->count && !failed; i++) {
        failed = csv_add(&files, &records->plan, &records->items[i], err);
    }
    struct error closing;
    return csv_close(&files, failed ? &closing : err) || failed ? -1 : 0;
}

static int write_views(const struct fixture *fixture, const char *directory, struct error *err)
{
    const struct records *records = &fixture->records;
    struct report report;
    report_make(&report, &fixture->info, &records->plan, records->items, records->count);
    cleanup_free char *csv = text_format("%s/summary.csv", directory);
    cleanup_free char *comparisons = text_format("%s/comparisons.csv", directory);
    cleanup_free char *html = text_format("%s/report.html", directory);
    int failed = summary_csv_write(&report.summary, fixture->info.id, csv, err) ||
                 verdicts_csv_write(&report.verdicts, fixture->info.id, comparisons, err) ||
                 page_write(&report, html, err);
    report_clear(&report);
    return failed ? -1 : 0;
}

static void clear(struct fixture *fixture)
{
    struct options *options = &fixture->records.options;
    for (size_t i = 0; i < options->claim_count; i++) {
        claim_clear(&options->claims[i]);
    }
    for (size_t i = 0; i < options->gate_count; i++) {
        gate_clear(&options->gates[i]);
    }
    free(options->claims);
    free(options->gates);
    fixture_clear(fixture);
}

/* ---- runs ---- */

static int add_claims(struct fixture *fixture, const char *title, struct error *err)
{
    static const char *const claims[] = {
        "tcmalloc end.anon <= 0.80 * glibc",
        "jemalloc end.anon <= 0.80 * glibc",
        "mimalloc end.cpu_seconds <= 1.01 * glibc",
        "settled.anon <= 1GiB",
    };
    struct options *options = &fixture->records.options;
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        if (options_add_claim(options, claims[i], title, title, err)) {
            return -1;
        }
    }
    *options_add_gate(options) = (struct gate){.phase = text_copy(PHASE_SETTLED),
                                               .metric = METRIC_ANON,
                                               .level = GATE_ERROR,
                                               .threshold = 0.03,
                                               .control = text_copy("")};
    return 0;
}

static void fill_typical(struct fixture *fixture)
{
    enum { BLOCKS = 8, SETTINGS = 4, CYCLES = 5 };
    struct records *records = &fixture->records;
    records->options.cycles = CYCLES;
    records->options.runs = BLOCKS;
    records->options.settle = 6;
    records->plan.setting_count = SETTINGS;
    for (unsigned block = 1; block <= BLOCKS; block++) {
        for (size_t setting = 0; setting < SETTINGS; setting++) {
            draw(add_trial(fixture, setting, block), 500);
        }
    }
    struct population *census = &records->items[0].population;
    text_place(census->phase, sizeof census->phase, PHASE_SETTLED);
    census->seconds = 0.25;
    population_add(census, "builtins.dict", 1200, 1048576, 0, 0);
    population_add(census, "builtins.str", 30000, 2621440, 7, 448);
    text_list_add(&records->items[0].warnings, "settled: 7 % of rss is in huge pages");
    add_failure(fixture, 1, OUTCOME_WORKLOAD_ERROR);
}

static int make_typical(struct fixture *fixture, const char *directory, struct error *err)
{
    fill_typical(fixture);
    return add_claims(fixture, "What the page says", err) || write_csv(fixture, directory, err) ||
                   write_views(fixture, directory, err)
               ? -1
               : 0;
}

static int make_smallest(struct fixture *fixture, const char *directory, struct error *err)
{
    fixture->records.options.runs = 1;
    fixture->records.plan.setting_count = 1;
    draw(add_trial(fixture, 0, 1), 50);
    return write_csv(fixture, directory, err) || write_views(fixture, directory, err) ? -1 : 0;
}

static int make_failures(struct fixture *fixture, const char *directory, struct error *err)
{
    fixture->records.options.runs = 1;
    fixture->records.plan.setting_count = 4;
    add_failure(fixture, 0, OUTCOME_CRASHED);
    add_failure(fixture, 1, OUTCOME_WORKLOAD_ERROR);
    add_failure(fixture, 2, OUTCOME_TIMED_OUT);
    add_failure(fixture, 3, OUTCOME_OUT_OF_MEMORY);
    return add_claims(fixture, "", err) || write_csv(fixture, directory, err) ||
                   write_views(fixture, directory, err)
               ? -1
               : 0;
}

/* Each trial lacks something else. */
static int make_missing(struct fixture *fixture, const char *directory, struct error *err)
{
    struct records *records = &fixture->records;
    records->options.runs = 2;
    records->plan.setting_count = 4;
    records_add_ok(records, 0, 3, 300);
    records_add_value(records, 1, 1, PHASE_END, METRIC_CPU_SECONDS, 2.5);
    records_add(records, 2, OUTCOME_OK);
    struct record *record = add_trial(fixture, 3, 1);
    for (size_t i = 0; i < record->sample_count; i++) {
        record->samples[i].values[METRIC_PEAK_RSS] = METRIC_ABSENT;
        record->samples[i].values[METRIC_OWNER_MALLOC_PINNED] = METRIC_ABSENT;
    }
    return add_claims(fixture, "", err) || write_csv(fixture, directory, err) ||
                   write_views(fixture, directory, err)
               ? -1
               : 0;
}

/* One curve per allocator serves all workloads, and no curve.csv is made of them: it would be a
 * gigabyte, and no figure of the page is in it. */
static int make_all(struct fixture *fixture, size_t workload_count, const char *directory,
                    struct error *err)
{
    enum { WORKLOADS = 12, POINTS = 100000 };
    struct records *records = &fixture->records;
    struct workload workloads[WORKLOADS];
    char names[WORKLOADS][32];
    records->options.runs = 1;
    for (size_t i = 0; i < workload_count; i++) {
        snprintf(names[i], sizeof names[i], "workload_%zu", i + 1);
        workloads[i] = records->workload;
        workloads[i].name = names[i];
        for (size_t setting = 0; setting < RECORDS_SETTINGS; setting++) {
            add_trial(fixture, setting, 1);
            records->trials[records->count - 1].workload = &workloads[i];
        }
    }
    records->plan.workloads = workloads;
    records->plan.workload_count = workload_count;
    int failed = write_csv(fixture, directory, err);
    for (size_t i = 0; i < records->count && !failed; i++) {
        struct record *record = &records->items[i];
        record->curve = i < RECORDS_SETTINGS ? make_curve(record, POINTS)
                                             : records->items[i % RECORDS_SETTINGS].curve;
        record->curve_count = POINTS;
    }
    failed = failed || write_views(fixture, directory, err);
    for (size_t i = RECORDS_SETTINGS; i < records->count; i++) {
        records->items[i].curve = NULL;
        records->items[i].curve_count = 0;
    }
    records->plan.workloads = &records->workload;
    return failed ? -1 : 0;
}

static int make_wide(struct fixture *fixture, const char *directory, struct error *err)
{
    return make_all(fixture, 1, directory, err);
}

static int make_large(struct fixture *fixture, const char *directory, struct error *err)
{
    return make_all(fixture, 12, directory, err);
}

/* A small run: the text is in every row of every file. */
static int make_hostile(struct fixture *fixture, const char *text, const char *directory,
                        struct error *err)
{
    enum { SETTINGS = 4, POINTS = 20 };
    struct parameter parameter = {(char[]){"p"}, 's', (char *)text};
    fixture->records.options.runs = 1;
    fixture->records.plan.setting_count = SETTINGS;
    for (size_t setting = 0; setting < SETTINGS; setting++) {
        draw(add_trial(fixture, setting, 1), POINTS);
    }
    add_failure(fixture, 1, OUTCOME_WORKLOAD_ERROR);
    fixture->records.workload.parameters = &parameter;
    fixture->records.workload.parameter_count = 1;
    int failed = add_claims(fixture, text, err);
    fixture_set_texts(fixture, text);
    failed = failed || write_csv(fixture, directory, err) || write_views(fixture, directory, err);
    fixture->records.workload.parameters = NULL;
    fixture->records.workload.parameter_count = 0;
    return failed ? -1 : 0;
}

static int make_markup(struct fixture *fixture, const char *directory, struct error *err)
{
    return make_hostile(fixture,
                        "</script></style></title></svg><script>alert(1)</script>"
                        "<img src=x onerror=alert(1)>\" onload=\"alert(1)\" style='x' "
                        "<a href=\"javascript:alert(1)\">&lt; &amp",
                        directory, err);
}

static int make_control(struct fixture *fixture, const char *directory, struct error *err)
{
    return make_hostile(fixture,
                        "\u202Eabc\u2066\u2028\uFEFF\x01\x1b]0;title\x07\x7f\r\n\t"
                        "\xff\xfe\xc0\x80\xed\xa0\x80 cut \xe2\x82",
                        directory, err);
}

static int make_long(struct fixture *fixture, const char *directory, struct error *err)
{
    enum { LENGTH = 10000 };
    static const char begin[] = "=cmd() | `x` $(y) ";
    cleanup_free char *text = text_allocate(LENGTH + 1);
    memset(text, 'W', LENGTH);
    memcpy(text, begin, strlen(begin));
    text[LENGTH] = '\0';
    return make_hostile(fixture, text, directory, err);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*make)(struct fixture *, const char *, struct error *);
    } runs[] = {
        {"typical", make_typical}, {"smallest", make_smallest}, {"failures", make_failures},
        {"missing", make_missing}, {"large", make_large},       {"markup", make_markup},
        {"control", make_control}, {"long", make_long},         {"wide", make_wide},
    };
    if (argc != 2) {
        fputs("usage: membench-pages DIR\n", stderr);
        return 2;
    }
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        cleanup_free char *directory = text_format("%s/%s", argv[1], runs[i].name);
        struct error err = {0};
        struct fixture fixture;
        fixture_init(&fixture);
        int failed = runs[i].make(&fixture, directory, &err);
        clear(&fixture);
        if (failed) {
            fprintf(stderr, "membench-pages: %s: %s\n", runs[i].name, err.message);
            return 1;
        }
    }
    return 0;
}
