#include "tests/support/draws.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct random draws_begin(void)
{
    const char *wanted = getenv("MEMBENCH_TEST_SEED");
    uint64_t seed = wanted ? strtoull(wanted, NULL, 10) : (uint64_t)time(NULL);
    printf("seed %" PRIu64 " (MEMBENCH_TEST_SEED=%" PRIu64 " replays it)\n", seed, seed);
    return (struct random){.state = seed};
}

double draws_uniform(struct random *random)
{
    return ((double)(random_next(random) >> 11) + 0.5) * 0x1p-53;
}

double draws_normal(struct random *random)
{
    double radius = sqrt(-2 * log(draws_uniform(random)));
    return radius * cos(2 * M_PI * draws_uniform(random));
}

void draws_shuffle(struct random *random, double *values, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = random_below(random, i);
        double value = values[j];
        values[j] = values[i - 1];
        values[i - 1] = value;
    }
}
