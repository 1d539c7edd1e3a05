#include "picture/svg.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "base/utf8.h"

double svg_place(const struct svg_scale *scale, double value)
{
    double share = (value - scale->low) / (scale->high - scale->low);
    return scale->from + share * (scale->to - scale->from);
}

void svg_reach(double *low, double *high, double size)
{
    static const double air = 0.05,
                        least = 0.025; /* what differs by less must not fill a picture */
    if (*low >= 0 && *low <= *high / 2) {
        *low = 0;
        *high = *high > 0 ? *high * (1 + air) : size;
        return;
    }
    double more = fmax(air * (*high - *low), least * fmax(fabs(*low), fabs(*high)));
    *low -= more;
    *high += more;
}

/* Multiples of the step within [low, high]; a hair beyond the ends still counts. */
static struct svg_ticks ticks_at(double low, double high, double step)
{
    static const double hair = 1e-9;
    double first = ceil(low / step - hair), last = floor(high / step + hair);
    double count = last - first + 1;
    return (struct svg_ticks){
        .first = first * step, .step = step, .count = count > 0 ? (size_t)count : 0};
}

struct svg_ticks svg_ticks(double low, double high, size_t most)
{
    static const double steps[] = {1, 2, 5, 10};
    int power = (int)floor(log10((high - low) / (double)most));
    struct svg_ticks ticks = {0};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        ticks = ticks_at(low, high, steps[i] * pow(10, power));
        if (ticks.count <= most) {
            int digits = power + (steps[i] == 10);
            ticks.decimals = digits < 0 ? -digits : 0;
            break;
        }
    }
    return ticks;
}

double svg_tick(const struct svg_ticks *ticks, size_t index)
{
    return ticks->first + (double)index * ticks->step;
}

/* Appends the lowest and the highest of a stretch in the order in which they come. */
static size_t put_extremes(const struct svg_point *points, size_t begin, size_t end,
                           struct svg_point *thinned)
{
    if (begin == end) {
        return 0;
    }
    size_t low = begin, high = begin;
    for (size_t i = begin; i < end; i++) {
        low = points[i].y < points[low].y ? i : low;
        high = points[i].y > points[high].y ? i : high;
    }
    thinned[0] = points[low < high ? low : high];
    thinned[1] = points[low < high ? high : low];
    return low == high ? 1 : 2;
}

size_t svg_thin(const struct svg_point *points, size_t count, size_t most,
                struct svg_point *thinned)
{
    if (count <= most) {
        memcpy(thinned, points, count * sizeof *points);
        return count;
    }
    size_t stretches = (most - 2) / 2, used = 0, begin = 1, last = count - 1;
    double width = (points[last].x - points[0].x) / (double)stretches;
    thinned[used++] = points[0];
    for (size_t i = 1; i <= stretches; i++) {
        double limit = points[0].x + (double)i * width;
        size_t end = begin;
        while (end < last && (i == stretches || points[end].x < limit)) {
            end++;
        }
        used += put_extremes(points, begin, end, thinned + used);
        begin = end;
    }
    thinned[used++] = points[last];
    return used;
}

/* In tenths, which is finer than a screen: so points can be compared as they are drawn. */
static struct svg_point placed(const struct svg_point *point, const struct svg_scale *x,
                               const struct svg_scale *y)
{
    return (struct svg_point){round(svg_place(x, point->x) * 10),
                              round(svg_place(y, point->y) * 10)};
}

static bool bends(struct svg_point before, struct svg_point point, struct svg_point after)
{
    bool is_level = before.y == point.y && point.y == after.y;
    bool is_upright = before.x == point.x && point.x == after.x &&
                      (point.y - before.y) * (after.y - point.y) >= 0;
    return !is_level && !is_upright;
}

static void put_coordinate(FILE *out, double tenths)
{
    long whole = lround(tenths), size = labs(whole);
    fprintf(out, "%s%ld", whole < 0 ? "-" : "", size / 10);
    if (size % 10 != 0) {
        fprintf(out, ".%ld", size % 10);
    }
}

void svg_put_path(FILE *out, const struct svg_point *points, size_t count,
                  const struct svg_scale *x, const struct svg_scale *y)
{
    struct svg_point before = {0}, point = {0};
    for (size_t i = 0; i < count; i++) {
        struct svg_point after = i + 1 < count ? placed(&points[i + 1], x, y) : point;
        point = i == 0 ? placed(&points[i], x, y) : point;
        if (i == 0 || i + 1 == count || bends(before, point, after)) {
            putc(i == 0 ? 'M' : 'L', out);
            put_coordinate(out, point.x);
            putc(' ', out);
            put_coordinate(out, point.y);
            before = point;
        }
        point = after;
    }
}

/* Labels that touch each other and so move together. */
struct cluster {
    size_t count;
    double sum;   /* of where each would put the first one */
    double first; /* where that is */
};

static void settle_cluster(struct cluster *cluster, double height, double low, double high)
{
    double highest = high - (double)(cluster->count - 1) * height;
    cluster->first = fmax(low, fmin(highest, cluster->sum / (double)cluster->count));
}

struct wish {
    double centre;
    size_t index;
};

static int compare_wishes(const void *a, const void *b)
{
    const struct wish *x = a, *y = b;
    if (x->centre != y->centre) {
        return x->centre < y->centre ? -1 : 1;
    }
    return (x->index > y->index) - (x->index < y->index);
}

/* Least squares with an order kept: clusters that overlap become one ("pool adjacent violators").
 */
static size_t pool(struct cluster *clusters, const struct wish *wishes, size_t count, double height,
                   double low, double high)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        clusters[used] = (struct cluster){.count = 1, .sum = wishes[i].centre};
        settle_cluster(&clusters[used++], height, low, high);
        while (used > 1) {
            struct cluster *last = &clusters[used - 1], *former = &clusters[used - 2];
            if (last->first >= former->first + (double)former->count * height) {
                break;
            }
            last->sum -= (double)last->count * (double)former->count * height;
            former->count += last->count;
            former->sum += last->sum;
            settle_cluster(former, height, low, high);
            used--;
        }
    }
    return used;
}

void svg_spread(double *centres, size_t count, double height, double low, double high)
{
    if (count == 0) {
        return;
    }
    double room = (high - low) / (double)(count > 1 ? count - 1 : 1);
    height = fmin(height, room);
    cleanup_free struct wish *wishes = text_allocate(count * sizeof *wishes);
    cleanup_free struct cluster *clusters = text_allocate(count * sizeof *clusters);
    for (size_t i = 0; i < count; i++) {
        wishes[i] = (struct wish){centres[i], i};
    }
    qsort(wishes, count, sizeof *wishes, compare_wishes);
    size_t used = pool(clusters, wishes, count, height, low, high);
    for (size_t i = 0, label = 0; i < used; i++) {
        for (size_t j = 0; j < clusters[i].count; j++) {
            centres[wishes[label++].index] = clusters[i].first + (double)j * height;
        }
    }
}

/* The highest row such that the texts of it and of all below have ended before x; `rows` if none.
 */
static int free_row(const double *ends, int rows, double x)
{
    int row = rows;
    while (row > 0 && ends[row - 1] <= x) {
        row--;
    }
    return row;
}

void svg_raise(struct svg_flag *flags, size_t count, int rows)
{
    cleanup_free double *ends = text_allocate((size_t)rows * sizeof *ends);
    for (int row = 0; row < rows; row++) {
        ends[row] = -INFINITY;
    }
    for (size_t i = 0; i < count; i++) {
        int row = free_row(ends, rows, flags[i].x);
        flags[i].row = row < rows ? row : -1;
        if (row < rows) {
            ends[row] = flags[i].x + flags[i].width;
        }
    }
}

/* In ems, of DejaVu Sans, which is a wide font. */
static double character_width(uint32_t character)
{
    if (character == 0x2026) { /* the ellipsis of what was cut */
        return 1;
    }
    if (character >= 0x1100 || utf8_is_control(character)) { /* drawn as U+FFFD */
        return 1.05;
    }
    if (character >= 0x250) {
        return 0.9;
    }
    bool is_ascii = character > 0 && character < 0x80;
    if (is_ascii && strchr("mwMW@%", (int)character)) {
        return 1;
    }
    return is_ascii && character >= 'A' && character <= 'Z' ? 0.78 : 0.64;
}

/* Of the first `most` characters. */
static double width_of(const char *text, double size, size_t most)
{
    double width = 0;
    for (size_t left = strlen(text); left > 0 && most > 0; most--) {
        uint32_t character;
        size_t taken = utf8_decode(text, left, &character);
        width += size * character_width(character);
        text += taken;
        left -= taken;
    }
    return width;
}

double svg_text_width(const char *text, double size)
{
    return width_of(text, size, SIZE_MAX);
}

size_t svg_text_fit(const char *text, double size, double width)
{
    size_t length = strlen(text), count = 0;
    if (svg_text_width(text, size) <= width) {
        return length;
    }
    while (count < length && width_of(text, size, count + 1) + size <= width) {
        count++;
    }
    return count;
}
