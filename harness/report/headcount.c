#include "report/headcount.h"

#include <stdlib.h>

#include "base/text.h"

static double share_of(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

static void add_all(struct headcount *headcount, const struct population *population)
{
    for (size_t i = 0; i < population->type_count; i++) {
        headcount->count += population->types[i].count;
        headcount->bytes += population->types[i].bytes;
        headcount->garbage_count += population->types[i].garbage_count;
        headcount->garbage_bytes += population->types[i].garbage_bytes;
    }
}

static void add_to(struct headcount_type *sum, const struct population_type *type)
{
    sum->count += type->count;
    sum->bytes += type->bytes;
    sum->garbage_count += type->garbage_count;
    sum->garbage_bytes += type->garbage_bytes;
}

static void add_shares(struct headcount *headcount)
{
    double before = 0;
    for (size_t i = 0; i < headcount->type_count; i++) {
        struct headcount_type *type = &headcount->types[i];
        before += type->bytes;
        type->count_share = share_of(type->count, headcount->count);
        type->bytes_share = share_of(type->bytes, headcount->bytes);
        type->cumulative = share_of(before, headcount->bytes);
    }
}

void headcount_make(struct headcount *headcount, const struct population *population,
                    unsigned trial, size_t most)
{
    *headcount = (struct headcount){
        .trial = trial, .seconds = population->seconds, .phase = text_copy(population->phase)};
    size_t count = population->type_count, shown = count > most + 1 ? most : count;
    headcount->types = text_allocate((shown + 1) * sizeof *headcount->types);
    add_all(headcount, population);
    for (size_t i = 0; i < shown; i++) {
        headcount->types[i] = (struct headcount_type){.name = text_copy(population->types[i].name)};
        add_to(&headcount->types[i], &population->types[i]);
    }
    headcount->type_count = shown;
    if (shown < count) {
        struct headcount_type rest = {.name = text_format("(%zu more types)", count - shown)};
        for (size_t i = shown; i < count; i++) {
            add_to(&rest, &population->types[i]);
        }
        headcount->types[headcount->type_count++] = rest;
    }
    add_shares(headcount);
}

void headcount_clear(struct headcount *headcount)
{
    for (size_t i = 0; i < headcount->type_count; i++) {
        free(headcount->types[i].name);
    }
    free(headcount->types);
    free(headcount->phase);
    *headcount = (struct headcount){0};
}
