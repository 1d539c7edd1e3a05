#include "measure/population.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* Types are added by a few hundred, so looking through them is quick enough. */
static struct population_type *find(const struct population *population, const char *name)
{
    for (size_t i = 0; i < population->type_count; i++) {
        if (strcmp(population->types[i].name, name) == 0) {
            return &population->types[i];
        }
    }
    return NULL;
}

void population_add(struct population *population, const char *name, double count, double bytes,
                    double garbage_count, double garbage_bytes)
{
    struct population_type *type = find(population, name);
    if (!type) {
        population->types =
            text_grow(population->types, population->type_count + 1, sizeof *population->types);
        type = &population->types[population->type_count++];
        *type = (struct population_type){.name = text_copy(name)};
    }
    type->count += count;
    type->bytes += bytes;
    type->garbage_count += garbage_count;
    type->garbage_bytes += garbage_bytes;
}

static int compare(const void *left, const void *right)
{
    const struct population_type *a = left, *b = right;
    if (a->bytes != b->bytes) {
        return a->bytes > b->bytes ? -1 : 1;
    }
    return strcmp(a->name, b->name);
}

void population_sort(struct population *population)
{
    if (population->type_count > 0) {
        qsort(population->types, population->type_count, sizeof *population->types, compare);
    }
}

double population_count(const struct population *population)
{
    double sum = 0;
    for (size_t i = 0; i < population->type_count; i++) {
        sum += population->types[i].count;
    }
    return sum;
}

double population_bytes(const struct population *population)
{
    double sum = 0;
    for (size_t i = 0; i < population->type_count; i++) {
        sum += population->types[i].bytes;
    }
    return sum;
}

void population_clear(struct population *population)
{
    for (size_t i = 0; i < population->type_count; i++) {
        free(population->types[i].name);
    }
    free(population->types);
    *population = (struct population){0};
}
