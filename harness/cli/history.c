#include "cli/history.h"

#include <math.h>
#include <stdbool.h>

static const double shortest = 0.02; /* seconds */

/* Puts it into the last stretch if it belongs there, else into the next one. */
static void put(struct history *history, struct svg_point point)
{
    struct svg_point *last = &history->points[history->count - (history->count > 0)];
    bool is_same =
        history->count > 0 && floor(last->x / history->step) >= floor(point.x / history->step);
    if (!is_same) {
        history->points[history->count++] = point;
    } else if (point.y > last->y) {
        *last = point;
    }
}

static void halve(struct history *history)
{
    struct history former = *history;
    *history = (struct history){.step = 2 * former.step};
    for (size_t i = 0; i < former.count; i++) {
        put(history, former.points[i]);
    }
}

void history_add(struct history *history, double seconds, double value)
{
    history->step = fmax(history->step, shortest);
    while (history->count == HISTORY_MOST) {
        halve(history);
    }
    put(history, (struct svg_point){seconds, value});
}
