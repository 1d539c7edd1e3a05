#include "report/sparkline.h"

#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

enum { HEIGHTS = 8, LONGEST_MARK = 3 /* bytes */ };

void sparkline_reach(struct sparkline_scale *scale, const struct svg_point *points, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        scale->end = fmax(scale->end, points[i].x);
        scale->top = fmax(scale->top, points[i].y);
    }
}

/* In which of the cells a moment is; the end belongs to the last one. */
static size_t cell_of(double x, double end, size_t cells)
{
    double at = end > 0 ? floor(x / end * (double)cells) : 0;
    return at < (double)cells ? (size_t)at : cells - 1;
}

static void raise(double *highest, double value)
{
    if (!(*highest >= value)) { /* nothing yet is NAN */
        *highest = value;
    }
}

/* Where the line passes from one cell into the next, it is as high in both. */
static void raise_between(double *highest, const struct svg_point *from, const struct svg_point *to,
                          double end, size_t cells)
{
    size_t last = cell_of(to->x, end, cells);
    for (size_t cell = cell_of(from->x, end, cells); cell < last; cell++) {
        double border = end * (double)(cell + 1) / (double)cells;
        double part = fmin(1, fmax(0, (border - from->x) / (to->x - from->x)));
        double y = from->y + part * (to->y - from->y);
        raise(&highest[cell], y);
        raise(&highest[cell + 1], y);
    }
}

static const char *mark_of(double value, double top, bool ascii)
{
    static const char *const marks[][HEIGHTS] = {{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
                                                 {".", ":", "-", "=", "+", "*", "#", "@"}};
    if (isnan(value)) {
        return " ";
    }
    double height = top > 0 ? ceil(value / top * HEIGHTS) : 0;
    return marks[ascii][height < 1 ? 0 : height > HEIGHTS ? HEIGHTS - 1 : (size_t)height - 1];
}

char *sparkline_text(const struct svg_point *points, size_t count,
                     const struct sparkline_scale *scale, size_t cells, bool ascii)
{
    cleanup_free double *highest = text_allocate(cells * sizeof *highest);
    for (size_t i = 0; i < cells; i++) {
        highest[i] = NAN;
    }
    for (size_t i = 0; i < count && cells > 0; i++) {
        raise(&highest[cell_of(points[i].x, scale->end, cells)], points[i].y);
        if (i > 0) {
            raise_between(highest, &points[i - 1], &points[i], scale->end, cells);
        }
    }
    char *text = text_allocate(cells * LONGEST_MARK + 1), *end = text;
    for (size_t i = 0; i < cells; i++) {
        end = stpcpy(end, mark_of(highest[i], scale->top, ascii));
    }
    *end = '\0';
    return text;
}
