#include "stats/interval.h"

#include <math.h>

#include "base/cleanup.h"
#include "base/text.h"

/* The places to ask at: between the points and at them, alternately, from left of the first point
 * (place 0) to right of the last. Odd places are points. */
struct places {
    const struct interval_test *test;
    double alpha;
    double *points; /* distinct */
    size_t point_count, count;
    double *distances; /* by place */
};

static size_t copy_distinct(double *distinct, const double *points, size_t count, double tolerance)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || points[i] - points[i - 1] > tolerance) {
            distinct[kept++] = points[i];
        }
    }
    return kept;
}

static double value_at(const struct places *places, size_t place)
{
    const double *points = places->points;
    size_t last = places->point_count - 1;
    if (place % 2 == 1) {
        return points[place / 2];
    }
    /* Any value beyond all points is like any other: one that is far off on every scale. */
    double far = 1 + fabs(points[0]) + fabs(points[last]);
    if (place == 0) {
        return points[0] - far;
    }
    if (place == places->count - 1) {
        return points[last] + far;
    }
    return (points[place / 2 - 1] + points[place / 2]) / 2;
}

static bool is_accepted(const struct places *places, size_t place)
{
    const struct interval_test *test = places->test;
    return test->p(test->context, value_at(places, place)) > places->alpha;
}

/* Of several that are equally near, the outermost: so both sides are treated alike. */
static size_t find_nearest(const struct places *places, int direction)
{
    const double *distances = places->distances;
    size_t nearest = 0;
    for (size_t i = 1; i < places->count; i++) {
        if (distances[i] < distances[nearest] ||
            (direction > 0 && distances[i] == distances[nearest])) {
            nearest = i;
        }
    }
    return nearest;
}

/* The outermost accepted place on one side. Steps are counted outwards from the place nearest to
 * what is tested, which always is accepted; `steps` leads to the end. */
static size_t find_outermost(const struct places *places, int direction)
{
    size_t nearest = find_nearest(places, direction);
    size_t steps = direction < 0 ? nearest : places->count - 1 - nearest;
#define PLACE(step) (direction < 0 ? nearest - (step) : nearest + (step))
    if (is_accepted(places, PLACE(steps))) {
        return PLACE(steps);
    }
    /* First as if the answers were in order, between the points only. */
    size_t accepted = 0;
    size_t rejected = steps;
    while (true) {
        size_t middle = (accepted + rejected) / 2;
        middle += PLACE(middle) % 2; /* from a point to the next gap */
        if (middle <= accepted || middle >= rejected) {
            break;
        }
        if (is_accepted(places, PLACE(middle))) {
            accepted = middle;
        } else {
            rejected = middle;
        }
    }
    /* Then whatever lies farther out and yet nearer to what is tested. */
    for (size_t step = steps; step > accepted; step--) {
        if (places->distances[PLACE(step)] < places->distances[PLACE(rejected)] &&
            is_accepted(places, PLACE(step))) {
            return PLACE(step);
        }
    }
    return PLACE(accepted);
#undef PLACE
}

struct interval interval_invert(const struct interval_test *test, const double *points,
                                size_t count, double alpha, double tolerance)
{
    cleanup_free double *distinct = text_allocate(count * sizeof *distinct);
    struct places places = {.test = test, .alpha = alpha, .points = distinct};
    places.point_count = copy_distinct(distinct, points, count, tolerance);
    places.count = 2 * places.point_count + 1;
    cleanup_free double *distances = text_allocate(places.count * sizeof *distances);
    places.distances = distances;
    for (size_t i = 0; i < places.count; i++) {
        distances[i] = test->distance(test->context, value_at(&places, i));
    }
    size_t first = find_outermost(&places, -1);
    size_t last = find_outermost(&places, 1);
    /* A gap is accepted up to its ends. */
    return (struct interval){
        .estimate = (points[(count - 1) / 2] + points[count / 2]) / 2,
        .lower = first == 0 ? -INFINITY : distinct[(first - 1) / 2],
        .upper = last == places.count - 1 ? INFINITY : distinct[last / 2],
    };
}
