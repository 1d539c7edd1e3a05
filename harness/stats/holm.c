#include "stats/holm.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"

struct place {
    double p;
    size_t index;
};

static int compare_p(const void *one, const void *other)
{
    double a = ((const struct place *)one)->p;
    double b = ((const struct place *)other)->p;
    return (a > b) - (a < b);
}

void holm_adjust(const double *p, size_t count, double *adjusted)
{
    cleanup_free struct place *places = text_allocate((count + 1) * sizeof *places);
    for (size_t i = 0; i < count; i++) {
        places[i] = (struct place){.p = p[i], .index = i};
    }
    qsort(places, count, sizeof *places, compare_p);
    double highest = 0;
    for (size_t i = 0; i < count; i++) {
        double value = (double)(count - i) * places[i].p;
        if (value > highest) {
            highest = value < 1 ? value : 1;
        }
        adjusted[places[i].index] = highest;
    }
}
