#include "picture/logscale.h"

#include <math.h>
#include <stdbool.h>

#include "picture/svg.h"

double logscale_place(const struct logscale *scale, double ratio)
{
    double inside = fmax(scale->low, fmin(scale->high, ratio));
    double share = log(inside / scale->low) / log(scale->high / scale->low);
    return scale->from + share * (scale->to - scale->from);
}

/* Figures that are repeated with each `stride`-th power of ten; ends with 0. */
struct figures {
    double items[9];
    int stride;
};

static size_t ticks_of(const struct logscale *scale, const struct figures *figures, size_t most,
                       double *ticks)
{
    static const double hair = 1e-9;
    size_t count = 0;
    int first = (int)floor(log10(scale->low)), last = (int)floor(log10(scale->high) + hair);
    for (int power = first; power <= last; power++) {
        for (size_t i = 0; figures->items[i] > 0 && power % figures->stride == 0; i++) {
            double tick = figures->items[i] * pow(10, power);
            bool is_inside = tick >= scale->low * (1 - hair) && tick <= scale->high * (1 + hair);
            if (is_inside && count < most) {
                ticks[count] = tick;
            }
            count += is_inside;
        }
    }
    return count;
}

size_t logscale_ticks(const struct logscale *scale, size_t most, double *ticks)
{
    static const double long_scale = 2.5; /* below, a round step is about evenly spread */
    if (scale->high / scale->low < long_scale) {
        struct svg_ticks even = svg_ticks(scale->low, scale->high, most);
        for (size_t i = 0; i < even.count; i++) {
            ticks[i] = svg_tick(&even, i);
        }
        return even.count;
    }
    static const struct figures finest_first[] = {
        {{1, 1.5, 2, 3, 4, 5, 6, 8}, 1}, {{1, 2, 3, 5}, 1}, {{1, 2, 5}, 1}, {{1, 3}, 1}, {{1}, 1},
    };
    for (size_t i = 0; i < sizeof finest_first / sizeof *finest_first; i++) {
        size_t count = ticks_of(scale, &finest_first[i], most, ticks);
        if (count <= most) {
            return count;
        }
    }
    struct figures powers = {{1}, 2};
    size_t count = ticks_of(scale, &powers, most, ticks);
    while (count > most) {
        powers.stride++;
        count = ticks_of(scale, &powers, most, ticks);
    }
    return count;
}
