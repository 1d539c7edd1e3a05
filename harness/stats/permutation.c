#include "stats/permutation.h"

#include "base/cleanup.h"
#include "base/random.h"
#include "base/text.h"

double permutation_divisions(size_t n, size_t m)
{
    double divisions = 1;
    for (size_t i = 1; i <= n; i++) {
        divisions = divisions * (double)(m + i) / (double)i;
    }
    return divisions;
}

static bool takes_all(size_t n, size_t m)
{
    return permutation_divisions(n, m) <= PERMUTATION_ALL;
}

double permutation_least_p(size_t n, size_t m)
{
    if (!takes_all(n, m)) {
        return 1.0 / (PERMUTATION_DRAWN + 1);
    }
    double p = 2 / permutation_divisions(n, m);
    return p < 1 ? p : 1;
}

/* The row of `below` that says which positions are the first arm's. */
static void write_row(uint16_t *below, const bool *is_first, size_t count)
{
    below[0] = 0;
    for (size_t i = 0; i < count; i++) {
        below[i + 1] = (uint16_t)(below[i] + is_first[i]);
    }
}

/* The next choice of as many positions, in lexicographic order: the last one that can move up does,
 * and those behind it follow closely. */
static void move_on(bool *is_first, size_t count)
{
    size_t end = count;
    size_t stuck = 0;
    while (end > 0 && is_first[end - 1]) {
        is_first[--end] = false;
        stuck++;
    }
    while (end > 0 && !is_first[end - 1]) {
        end--;
    }
    if (end == 0) {
        return; /* that was the last one */
    }
    is_first[end - 1] = false;
    for (size_t i = 0; i <= stuck; i++) {
        is_first[end + i] = true;
    }
}

static void take_all(struct permutation *permutation)
{
    size_t count = permutation->n + permutation->m;
    cleanup_free bool *is_first = text_allocate(count * sizeof *is_first);
    for (size_t i = 0; i < count; i++) {
        is_first[i] = i < permutation->n;
    }
    for (size_t row = 0; row < permutation->count; row++) {
        write_row(permutation->below + row * (count + 1), is_first, count);
        move_on(is_first, count);
    }
}

static void draw(struct permutation *permutation, uint64_t seed)
{
    size_t count = permutation->n + permutation->m;
    bool draws_first = permutation->n <= permutation->m;
    size_t drawn = draws_first ? permutation->n : permutation->m;
    struct random random = {.state = seed};
    cleanup_free size_t *positions = text_allocate(count * sizeof *positions);
    cleanup_free bool *is_first = text_allocate(count * sizeof *is_first);
    random_order(&random, positions, count);
    for (size_t row = 0; row < permutation->count; row++) {
        for (size_t i = 0; i < count; i++) {
            is_first[i] = !draws_first;
        }
        for (size_t i = 0; i < drawn; i++) {
            size_t j = i + random_below(&random, count - i);
            size_t position = positions[j];
            positions[j] = positions[i];
            positions[i] = position;
            is_first[position] = draws_first;
        }
        write_row(permutation->below + row * (count + 1), is_first, count);
    }
}

void permutation_init(struct permutation *permutation, size_t n, size_t m, uint64_t seed)
{
    *permutation = (struct permutation){.n = n, .m = m, .is_all = takes_all(n, m)};
    permutation->count =
        permutation->is_all ? (size_t)permutation_divisions(n, m) : PERMUTATION_DRAWN;
    permutation->below =
        text_allocate(permutation->count * (n + m + 1) * sizeof *permutation->below);
    if (permutation->is_all) {
        take_all(permutation);
    } else {
        draw(permutation, seed);
    }
}

void permutation_clear(struct permutation *permutation)
{
    free(permutation->below);
    permutation->below = NULL;
}

/* FNV-1a over the text, stirred with the seed: near names and near seeds must not give near
 * sequences. */
uint64_t permutation_seed(uint64_t plan_seed, const char *what)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (const char *byte = what; *byte; byte++) {
        hash = (hash ^ (unsigned char)*byte) * 0x100000001b3u;
    }
    struct random random = {.state = plan_seed};
    random.state = random_next(&random) ^ hash;
    return random_next(&random);
}
