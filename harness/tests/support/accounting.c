#include "tests/support/accounting.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

/* At most so much of rss may be nobody's. */
static const double unexplained_share = 0.005;

/* ---- samples.csv ---- */

static size_t column(const struct membench_table *table, const char *name)
{
    for (size_t i = 0; table->count > 0 && table->rows[0][i]; i++) {
        if (strcmp(table->rows[0][i], name) == 0) {
            return i;
        }
    }
    fail_msg("samples.csv has no column '%s'", name);
    return 0;
}

static bool is_meant(const struct membench_table *table, size_t row, struct membench_where where)
{
    char *const *fields = table->rows[row];
    if (where.trial && strtoul(fields[column(table, "trial")], NULL, 10) != where.trial) {
        return false;
    }
    return (!where.workload || strcmp(fields[column(table, "workload")], where.workload) == 0) &&
           (!where.allocator || strcmp(fields[column(table, "allocator")], where.allocator) == 0);
}

static int find_metric(const char *name)
{
    for (int i = 0; i < METRIC_COUNT; i++) {
        if (strcmp(metric_table[i].name, name) == 0) {
            return i;
        }
    }
    fail_msg("samples.csv has an unknown metric '%s'", name);
    return 0;
}

static struct sample begin_sample(const struct membench_table *table, size_t row)
{
    char *const *fields = table->rows[row];
    struct sample sample = {
        .cycle = (unsigned)strtoul(fields[column(table, "cycle")], NULL, 10),
        .visit = (unsigned)strtoul(fields[column(table, "visit")], NULL, 10),
        .elapsed = strtod(fields[column(table, "elapsed_seconds")], NULL),
    };
    text_place(sample.phase, sizeof sample.phase, fields[column(table, "phase")]);
    for (int i = 0; i < METRIC_COUNT; i++) {
        sample.values[i] = METRIC_ABSENT;
    }
    return sample;
}

static bool is_same(const struct sample *a, const struct sample *b)
{
    return strcmp(a->phase, b->phase) == 0 && a->cycle == b->cycle && a->visit == b->visit;
}

static void require_one_trial(struct membench *run, struct membench_where where)
{
    const char *trial = NULL;
    size_t at = column(&run->samples, "trial");
    for (size_t row = 1; row < run->samples.count; row++) {
        if (!is_meant(&run->samples, row, where)) {
            continue;
        }
        if (trial && strcmp(trial, run->samples.rows[row][at]) != 0) {
            fail_msg("trials %s and %s are both meant", trial, run->samples.rows[row][at]);
        }
        trial = run->samples.rows[row][at];
    }
    if (!trial) {
        fail_msg("no trial is meant");
    }
}

struct sample *accounting_samples(struct membench *run, struct membench_where where, size_t *count)
{
    require_one_trial(run, where);
    const struct membench_table *table = &run->samples;
    size_t metric_at = column(table, "metric"), value_at = column(table, "value");
    struct sample *samples = NULL;
    *count = 0;
    for (size_t row = 1; row < table->count; row++) {
        if (!is_meant(table, row, where) || !*table->rows[row][metric_at]) {
            continue;
        }
        struct sample sample = begin_sample(table, row);
        if (*count == 0 || !is_same(&samples[*count - 1], &sample)) {
            samples = text_grow(samples, *count + 1, sizeof *samples);
            samples[(*count)++] = sample;
        }
        const char *value = table->rows[row][value_at];
        samples[*count - 1].values[find_metric(table->rows[row][metric_at])] =
            *value ? strtod(value, NULL) : METRIC_ABSENT;
    }
    return samples;
}

/* ---- what must hold at every sample ---- */

static void expect_sample_complete(const char *what, const struct sample *sample)
{
    double sum = 0;
    size_t told = 0;
    for (int i = METRIC_OWNER_FIRST; i <= METRIC_OWNER_LAST; i++) {
        if (!metric_is_absent(sample->values[i])) {
            sum += sample->values[i];
            told++;
            /* A disagreement of the two witnesses may not be hidden below zero. */
            if (sample->values[i] < 0) {
                fail_msg("%s: %s: %s is %.0f", what, sample->phase, metric_table[i].name,
                         sample->values[i]);
            }
        }
    }
    double rss = sample->values[METRIC_RSS];
    double unexplained = sample->values[METRIC_OWNER_UNEXPLAINED];
    if (told == 0 || !(sum + unexplained == rss)) {
        fail_msg("%s: %s, cycle %u: %zu owners sum to %.0f, and %.0f are unexplained, of %.0f",
                 what, sample->phase, sample->cycle, told, sum, unexplained, rss);
    }
    if (!(fabs(unexplained) <= unexplained_share * rss)) {
        fail_msg("%s: %s, cycle %u: %.0f of %.0f bytes are unexplained (%.3f %%)", what,
                 sample->phase, sample->cycle, unexplained, rss, 100 * unexplained / rss);
    }
}

void accounting_expect_complete(struct membench *run)
{
    for (unsigned trial = 1; trial < run->trials.count; trial++) {
        struct membench_where where = {.trial = trial};
        cleanup_free char *what = text_format("trial %u: %s under %s", trial,
                                              membench_field_where(run, "workload", where),
                                              membench_field_where(run, "allocator", where));
        size_t count;
        struct sample *samples = accounting_samples(run, where, &count);
        assert_true(count > 0);
        for (size_t i = 0; i < count; i++) {
            expect_sample_complete(what, &samples[i]);
        }
        free(samples);
    }
}

static const struct sample *last_of(const struct sample *samples, size_t count, const char *phase)
{
    const struct sample *found = NULL;
    for (size_t i = 0; i < count; i++) {
        found = strcmp(samples[i].phase, phase) == 0 ? &samples[i] : found;
    }
    if (!found) {
        fail_msg("there is no sample at '%s'", phase);
    }
    return found;
}

void accounting_expect_forecast(struct membench *run, struct membench_where where)
{
    size_t count;
    struct sample *samples = accounting_samples(run, where, &count);
    double forecast = last_of(samples, count, "collected")->values[METRIC_FORECAST_BYTES];
    double released = last_of(samples, count, "released")->values[METRIC_RELEASED_BYTES];
    free(samples);
    if (!(fabs(forecast - released) <= 0.01 * released + 256 * 1024)) {
        fail_msg("a release was forecast to give %.0f bytes, and gave %.0f", forecast, released);
    }
}

/* ---- causes ---- */

static void expect_figure(struct membench *run, struct membench_where where, const char *figure,
                          double value)
{
    const struct membench_table *table = &run->summary;
    size_t figure_at = column(table, "figure"), median_at = column(table, "median");
    size_t allocator_at = column(table, "allocator"), workload_at = column(table, "workload");
    for (size_t row = 1; row < table->count; row++) {
        char *const *fields = table->rows[row];
        if (strcmp(fields[figure_at], figure) == 0 &&
            (!where.allocator || strcmp(fields[allocator_at], where.allocator) == 0) &&
            (!where.workload || strcmp(fields[workload_at], where.workload) == 0)) {
            double found = *fields[median_at] ? strtod(fields[median_at], NULL) : NAN;
            if (!(fabs(found - value) <= 1)) {
                fail_msg("summary.csv has %.0f as %s, not %.0f", found, figure, value);
            }
            return;
        }
    }
    fail_msg("summary.csv does not have %s", figure);
}

static void expect_sum(const struct cause *cause)
{
    double sum = 0;
    for (size_t i = 0; i < cause->share_count; i++) {
        assert_true(cause->shares[i].bytes > 0);
        assert_true(i == 0 || cause->shares[i].bytes <= cause->shares[i - 1].bytes);
        sum += cause->shares[i].bytes;
    }
    if (cause->held > 0 && !(fabs(sum - cause->held) < 1)) {
        fail_msg("the shares sum to %.0f of %.0f bytes", sum, cause->held);
    }
}

void accounting_find(struct membench *run, struct membench_where where, struct cause *cause)
{
    size_t count;
    struct sample *samples = accounting_samples(run, where, &count);
    cause_find(cause, samples, count);
    free(samples);
    assert_true(cause->is_known);
    expect_sum(cause);
}

void accounting_cause(struct membench *run, struct membench_where where, struct cause *cause)
{
    accounting_find(run, where, cause);
    expect_figure(run, where, "cause.held", cause->held);
    expect_figure(run, where, "cause.children", cause->children);
    for (enum cause_kind kind = 0; kind < CAUSE_KINDS && cause->is_grown; kind++) {
        cleanup_free char *figure = text_format("cause.%s", cause_key(kind));
        expect_figure(run, where, figure, cause_bytes(cause, kind));
    }
}

/* The lines of all allocators are aligned: blanks between the words do not matter. */
static bool is_line_of(const char *line, const char *allocator, const char *text)
{
    line += strspn(line, " ");
    size_t length = strlen(allocator);
    if (strncmp(line, allocator, length) != 0) {
        return false;
    }
    line += length + strspn(line + length, " ");
    return text_starts_with(line, text);
}

void accounting_expect_line(struct membench *run, const char *allocator, enum cause_kind kind)
{
    cleanup_free char *text = text_format("cause: %s ", cause_name(kind));
    struct text_list lines = {0};
    text_list_split(&lines, run->out, '\n');
    bool found = false;
    for (size_t i = 0; i < lines.count; i++) {
        found |= is_line_of(lines.items[i], allocator, text);
    }
    text_list_clear(&lines);
    if (!found) {
        fail_msg("%s has no line '%s' in:\n%s", allocator, text, run->out);
    }
}

void accounting_expect_share(const char *what, const struct cause *cause, enum cause_kind kind,
                             double expected, double share, double bytes)
{
    double found = cause_bytes(cause, kind);
    if (!(fabs(found - expected) <= share * expected + bytes)) {
        cleanup_free char *sentence = cause_sentence(cause);
        fail_msg("%s: %s is %.0f bytes, not %.0f (%+.0f KiB); %s", what, cause_name(kind), found,
                 expected, (found - expected) / 1024, sentence);
    }
}
