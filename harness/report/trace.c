#include "report/trace.h"

#include <math.h>
#include <stdlib.h>

#include "base/text.h"
#include "report/moment.h"

enum { MOST_CYCLES = 10, MOST_OWN_PHASES = 40 }; /* that are marked on a line */

const struct record *trace_find(const struct record *records, size_t count, unsigned trial)
{
    for (size_t i = 0; trial > 0 && i < count; i++) {
        if (records[i].trial->number == trial) {
            return &records[i];
        }
    }
    return NULL;
}

static bool is_drawable(double elapsed, double rss)
{
    return isfinite(elapsed) && elapsed >= 0 && isfinite(rss) && rss >= 0;
}

static void add_point(struct chart_line *line, double elapsed, double rss)
{
    bool is_back = line->count > 0 && elapsed < line->points[line->count - 1].x;
    if (is_drawable(elapsed, rss) && !is_back) {
        line->points[line->count++] = (struct svg_point){elapsed, rss};
    }
}

/* Through every standstill: the curve is drawn between them, and on a busy machine sparsely. */
static void fill_points(struct chart_line *line, const struct record *record)
{
    size_t most = record->curve_count + record->sample_count, next = 0;
    line->points = text_allocate((most + 1) * sizeof *line->points);
    for (size_t i = 0; i < record->sample_count; i++) {
        const struct sample *sample = &record->samples[i];
        for (; next < record->curve_count && record->curve[next].elapsed < sample->elapsed;
             next++) {
            add_point(line, record->curve[next].elapsed, record->curve[next].rss);
        }
        add_point(line, sample->elapsed, sample->values[METRIC_RSS]);
    }
}

/* Not all phases of many cycles: evenly chosen ones, with those of the last. */
static bool is_marked(const struct sample *sample, unsigned cycles, size_t own)
{
    unsigned stride = (cycles + MOST_CYCLES - 1) / MOST_CYCLES;
    bool is_chosen = sample->cycle % stride == cycles % stride;
    return moment_comes_once(sample) || (is_chosen && own < MOST_OWN_PHASES);
}

static void fill_moments(struct chart_line *line, const struct record *record, unsigned cycles)
{
    size_t own = 0;
    line->moments = text_allocate((record->sample_count + 1) * sizeof *line->moments);
    for (size_t i = 0; i < record->sample_count; i++) {
        const struct sample *sample = &record->samples[i];
        double rss = sample->values[METRIC_RSS];
        if (!is_drawable(sample->elapsed, rss) || !is_marked(sample, cycles, own)) {
            continue;
        }
        own += !moment_comes_once(sample);
        line->moments[line->moment_count++] =
            (struct chart_moment){moment_name(sample, cycles), sample->elapsed, rss};
    }
}

bool trace_fill(struct chart_line *line, const struct record *record, unsigned cycles)
{
    fill_points(line, record);
    fill_moments(line, record, cycles > 0 ? cycles : 1);
    if (line->count == 0) {
        chart_line_clear(line);
    }
    return line->count > 0;
}
