#include "cli/progress.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "cli/terminal.h"

static const double redraw_seconds = 0.2;

void progress_init(struct progress *progress, const struct plan *plan, size_t stored)
{
    *progress = (struct progress){.is_quiet = plan->options->quiet,
                                  .is_terminal = terminal_is_one(stderr),
                                  .width = terminal_width(stderr),
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
    return text_format(", about %s left", time);
}

static char *format_trial(const struct progress *progress, const struct trial *trial)
{
    bool is_malloc = trial->object_allocator == OBJECT_MALLOC;
    size_t total = progress->plan->trial_count;
    return text_format("[%*u/%zu] %s %s%s",
                       total < 10    ? 1
                       : total < 100 ? 2
                                     : 4,
                       trial->number, total, trial->workload->name, trial->setting->name,
                       is_malloc ? " (pymalloc off)" : "");
}

static void draw(const struct progress *progress, const char *text)
{
    fprintf(stderr, "\r\033[K%.*s", (int)progress->width - 1, text);
    fflush(stderr);
}

void progress_begin(struct progress *progress, const struct trial *trial)
{
    progress->trial = trial;
    progress->drawn = 0;
    progress_moment(progress, 0, 0);
}

void progress_moment(struct progress *progress, double seconds, double rss)
{
    double now = clock_now();
    if (progress->is_quiet || !progress->is_terminal || now < progress->drawn + redraw_seconds) {
        return;
    }
    progress->drawn = now;
    cleanup_free char *trial = format_trial(progress, progress->trial);
    cleanup_free char *left = format_time_left(progress);
    cleanup_free char *line =
        text_format("%s  %.1f s, %.0f MiB%s", trial, seconds, rss / 0x1p20, left);
    draw(progress, line);
}

void progress_end(struct progress *progress, const struct record *record)
{
    progress->done++;
    if (progress->is_quiet || progress->is_terminal) {
        return;
    }
    cleanup_free char *trial = format_trial(progress, record->trial);
    cleanup_free char *left = format_time_left(progress);
    fprintf(stderr, "%s: %s, %.1f s%s\n", trial, outcome_name(record->outcome), record->seconds,
            count_left(progress) > 0 ? left : "");
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
    if (!progress->is_quiet && progress->is_terminal) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
}
