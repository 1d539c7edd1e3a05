#include "base/random.h"

uint64_t random_next(struct random *random)
{
    uint64_t z = (random->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t random_below(struct random *random, uint64_t limit)
{
    /* Values below 2^64 mod limit would make the low results more likely: draw again. */
    uint64_t threshold = -limit % limit;
    uint64_t value;
    do {
        value = random_next(random);
    } while (value < threshold);
    return value % limit;
}

void random_order(struct random *random, size_t *order, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t j = random_below(random, i + 1);
        order[i] = order[j];
        order[j] = i;
    }
}
