#include "cli/progress.h"

#include <stdint.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "cli/live_line.h"
#include "cli/terminal.h"
#include "report/fit.h"
#include "report/moment.h"

static const double redraw_seconds = 0.2;

void progress_init(struct progress *progress, const struct plan *plan, size_t stored)
{
    *progress = (struct progress){.is_quiet = plan->options->quiet,
                                  .is_terminal = terminal_is_one(stderr),
                                  .is_utf8 = terminal_is_utf8(),
                                  .plan = plan,
                                  .stored = stored,
                                  .started = clock_now()};
}

static char *format_time(double seconds)
{
    if (seconds < 100) {
        return text_format("%.0f s", seconds);
    }
    return seconds < 5940 ? text_format("%.0f min", seconds / 60)
                          : text_format("%.1f h", seconds / 3600);
}

static size_t count_left(const struct progress *progress)
{
    size_t over = progress->stored + progress->done;
    return progress->plan->trial_count > over ? progress->plan->trial_count - over : 0;
}

/* From the mean of the trials done so far; nothing is known before the first. */
static char *format_time_left(const struct progress *progress)
{
    if (progress->done == 0) {
        return text_copy("");
    }
    double mean = (clock_now() - progress->started) / (double)progress->done;
    cleanup_free char *time = format_time(mean * (double)count_left(progress));
    return text_format("about %s left", time);
}

static bool has_live_line(const struct progress *progress)
{
    return progress->is_terminal && !progress->is_quiet;
}

static char *format_place(const struct progress *progress, const struct trial *trial)
{
    size_t total = progress->plan->trial_count;
    return text_format("[%*u/%zu]", total < 10 ? 1 : total < 100 ? 2 : 4, trial->number, total);
}

static const char *object_allocator_note(const struct trial *trial)
{
    return trial->object_allocator == OBJECT_MALLOC ? " (pymalloc off)" : "";
}

static char *format_phase(const struct progress *progress)
{
    return progress->sample.phase[0]
               ? moment_name(&progress->sample, progress->plan->options->cycles)
               : text_copy("");
}

/* The terminal may have been resized, and its last column is left free: a cursor behind it would be
 * in the next line. */
static void draw(const struct progress *progress, double seconds, double rss)
{
    cleanup_free char *place = format_place(progress, progress->trial);
    cleanup_free char *phase = format_phase(progress);
    cleanup_free char *left = format_time_left(progress);
    struct live_line line = {.place = place,
                             .workload = progress->trial->workload->name,
                             .setting = progress->trial->setting->name,
                             .note = object_allocator_note(progress->trial),
                             .seconds = seconds,
                             .rss = rss,
                             .history = &progress->history,
                             .phase = phase,
                             .left = left};
    cleanup_free char *text =
        live_line_text(&line, terminal_columns(stderr) - 1, !progress->is_utf8);
    fprintf(stderr, "\r\033[K%s", text);
    fflush(stderr);
}

void progress_begin(struct progress *progress, const struct trial *trial)
{
    progress->trial = trial;
    progress->history = (struct history){0};
    progress->sample = (struct sample){0};
    if (has_live_line(progress)) {
        progress->drawn = clock_now();
        draw(progress, 0, 0);
    }
}

void progress_moment(struct progress *progress, double seconds, double rss)
{
    if (!has_live_line(progress) || rss <= 0) { /* without memory: it is ending */
        return;
    }
    double now = clock_now();
    history_add(&progress->history, seconds, rss);
    if (now >= progress->drawn + redraw_seconds) {
        progress->drawn = now;
        draw(progress, seconds, rss);
    }
}

void progress_phase(struct progress *progress, const struct sample *sample)
{
    progress->sample = *sample;
}

void progress_end(struct progress *progress, const struct record *record)
{
    progress->done++;
    if (progress->is_quiet || progress->is_terminal) {
        return;
    }
    const struct trial *trial = record->trial;
    cleanup_free char *place = format_place(progress, trial);
    cleanup_free char *workload = fit_text(trial->workload->name, SIZE_MAX, !progress->is_utf8);
    cleanup_free char *setting = fit_text(trial->setting->name, SIZE_MAX, !progress->is_utf8);
    cleanup_free char *left = format_time_left(progress);
    fprintf(stderr, "%s %s %s%s: %s, %.1f s%s%s\n", place, workload, setting,
            object_allocator_note(trial), outcome_name(record->outcome), record->seconds,
            count_left(progress) > 0 ? ", " : "", count_left(progress) > 0 ? left : "");
}

void progress_say(struct progress *progress, const char *text)
{
    if (!progress->is_quiet) {
        progress_clear(progress);
        fprintf(stderr, "%s\n", text);
    }
}

void progress_clear(struct progress *progress)
{
    if (has_live_line(progress)) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
}
