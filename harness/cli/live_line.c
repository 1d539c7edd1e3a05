#include "cli/live_line.h"

#include <stdint.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/fit.h"
#include "report/sparkline.h"

/* From roomy to tight. */
static const struct form {
    size_t cells; /* of the sparkline */
    bool phase, left;
    size_t names; /* columns that both may be cut to */
} forms[] = {
    {.cells = 16, .phase = true, .left = true, .names = SIZE_MAX},
    {.cells = 8, .phase = true, .left = true, .names = 24},
    {.cells = 8, .left = true, .names = 20},
    {.left = true, .names = 12},
    {.cells = 4, .names = 10},
    {.names = 0},
};
enum { FORM_COUNT = sizeof forms / sizeof *forms };

/* What follows the names. */
static char *rest_of(const struct live_line *line, const struct form *form, bool ascii)
{
    const struct history *history = line->history;
    struct sparkline_scale scale = {0};
    sparkline_reach(&scale, history->points, history->count);
    cleanup_free char *sparkline =
        sparkline_text(history->points, history->count, &scale, form->cells, ascii);
    cleanup_free char *phase = fit_text(form->phase ? line->phase : "", SIZE_MAX, ascii);
    const char *left = form->left ? line->left : "";
    return text_format("%s  %.1f s, %.0f MiB%s%s%s%s%s%s", line->note, line->seconds,
                       line->rss / 0x1p20, form->cells > 0 ? " " : "", sparkline,
                       phase[0] ? " after " : "", phase, left[0] ? ", " : "", left);
}

/* Both names in so many columns: what one does not need is the other's. */
static char *names_of(const struct live_line *line, size_t columns, bool ascii)
{
    cleanup_free char *workload = fit_text(line->workload, SIZE_MAX, ascii);
    cleanup_free char *setting = fit_text(line->setting, SIZE_MAX, ascii);
    size_t first = grid_width(workload), second = grid_width(setting);
    size_t room = columns > 0 ? columns - 1 : 0;
    if (first + second > room) {
        size_t half = room / 2;
        second = second < half ? second : first < room - half ? room - first : half;
        first = room - second < first ? room - second : first;
    }
    cleanup_free char *left = fit_text(workload, first, ascii);
    cleanup_free char *right = fit_text(setting, second, ascii);
    return text_format("%s %s", left, right);
}

char *live_line_text(const struct live_line *line, size_t width, bool ascii)
{
    cleanup_free char *whole = names_of(line, SIZE_MAX, ascii);
    size_t needed = grid_width(whole);
    for (int i = 0; i < FORM_COUNT; i++) {
        cleanup_free char *rest = rest_of(line, &forms[i], ascii);
        size_t taken = grid_width(line->place) + 1 + grid_width(rest);
        size_t room = width > taken ? width - taken : 0;
        size_t least = forms[i].names < needed ? forms[i].names : needed;
        if (room >= least && room > 0) {
            cleanup_free char *names = names_of(line, room, ascii);
            return text_format("%s %s%s", line->place, names, rest);
        }
    }
    cleanup_free char *figures = text_format("%.1f s, %.0f MiB", line->seconds, line->rss / 0x1p20);
    return fit_text(figures, width, ascii);
}
