#include "inspect/pymalloc.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "inspect/runtime.h"
#include "measure/cpython.h"

enum {
    /* The table begins with as many elements and doubles (INITIAL_ARENA_OBJECTS). */
    TABLE_LEAST = 16,
    HEADER = sizeof(struct pymalloc_pool),
    BLOCKS_MOST = (PYMALLOC_POOL - HEADER) / PYMALLOC_ALIGNMENT,
};

/* An arena in use, and a pool of it that was used. */
struct arena {
    uint64_t start, first_pool, unused; /* pools are used from first_pool up to `unused` */
    uint32_t index;
};

struct pool {
    uint64_t address;
    uint64_t freeblock;
    uint32_t count, size; /* live blocks; bytes of each block */
    uint32_t carved;      /* blocks that were ever used */
};

/* Reads the header of a used pool. Without a live block the rest of it means nothing. */
static bool read_pool(struct image *image, const struct arena *arena, uint64_t address,
                      struct pool *pool)
{
    struct pymalloc_pool header;
    /* Not by a view: that would read all of the pool, and the headers are 0.3 % of an arena. */
    if (image_read(image, address, &header, sizeof header)) {
        return false;
    }
    *pool = (struct pool){.address = address, .count = header.count};
    if (header.arenaindex != arena->index || header.count == 0) {
        return header.arenaindex == arena->index;
    }
    if (header.szidx >= PYMALLOC_CLASSES) {
        return false;
    }
    uint32_t size = (header.szidx + 1) * PYMALLOC_ALIGNMENT;
    pool->size = size;
    pool->freeblock = header.freeblock;
    pool->carved = (header.nextoffset - HEADER) / size;
    return header.maxnextoffset == PYMALLOC_POOL - size && header.nextoffset >= HEADER &&
           (header.nextoffset - HEADER) % size == 0 &&
           pool->carved <= (PYMALLOC_POOL - HEADER) / size && header.count <= pool->carved;
}

enum element { ELEMENT_BROKEN, ELEMENT_UNUSED, ELEMENT_ARENA };

/* Reads an element of the table. An arena is one if the first of its pools says so too: an arena is
 * mapped when a pool is wanted, so that the first was used in all of them. */
static enum element read_element(struct image *image, uint64_t table, uint32_t index,
                                 struct arena *arena)
{
    struct pymalloc_arena element;
    const void *view = image_view(image, table + index * sizeof element, sizeof element);
    if (!view) {
        return ELEMENT_BROKEN;
    }
    memcpy(&element, view, sizeof element);
    if (element.address == 0) {
        bool is_linked =
            element.nextarena == 0 ||
            (element.nextarena > table && (element.nextarena - table) % sizeof element == 0) ||
            element.nextarena == table;
        return is_linked ? ELEMENT_UNUSED : ELEMENT_BROKEN;
    }
    uint64_t first = (element.address + PYMALLOC_POOL - 1) / PYMALLOC_POOL * PYMALLOC_POOL;
    uint64_t pools = (element.address + PYMALLOC_ARENA - first) / PYMALLOC_POOL;
    *arena = (struct arena){element.address, first, element.pool_address, index};
    struct pool pool;
    bool is_arena = element.address % IMAGE_PAGE == 0 && element.ntotalpools == pools &&
                    element.nfreepools <= pools && element.pool_address > first &&
                    element.pool_address <= first + pools * PYMALLOC_POOL &&
                    element.pool_address % PYMALLOC_POOL == 0 &&
                    read_pool(image, arena, first, &pool);
    return is_arena ? ELEMENT_ARENA : ELEMENT_BROKEN;
}

static bool is_table(struct image *image, uint64_t address)
{
    struct arena arena;
    bool has_arena = false;
    for (uint32_t i = 0; i < TABLE_LEAST; i++) {
        enum element element = read_element(image, address, i, &arena);
        if (element == ELEMENT_BROKEN) {
            return false;
        }
        has_arena = has_arena || element == ELEMENT_ARENA;
    }
    return has_arena;
}

struct candidates {
    uint64_t *items;
    size_t count;
};

static int compare_words(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

static bool is_candidate(const struct image *image, const struct runtime *runtime, uint64_t word)
{
    if (word == 0 || word % PYMALLOC_ALIGNMENT != 0 ||
        (word >= runtime->data_start && word < runtime->data_end)) {
        return false;
    }
    const struct mapping *mapping = image_find(image, word);
    return mapping && mapping->is_writable && mapping->path[0] != '/';
}

/* All that static variables point to, ascending: probing thousands of places in the order of the
 * variables would read the same memory again and again. */
static void list_candidates(struct candidates *candidates, struct image *image,
                            const struct runtime *runtime)
{
    enum { PIECE = 16 * IMAGE_PAGE };
    uint64_t words[PIECE / sizeof(uint64_t)];
    uint64_t start = runtime->data_start / IMAGE_PAGE * IMAGE_PAGE;
    for (uint64_t piece = start; piece < runtime->data_end; piece += PIECE) {
        uint64_t left = (runtime->data_end - piece + IMAGE_PAGE - 1) / IMAGE_PAGE * IMAGE_PAGE;
        size_t count = (left < PIECE ? left : PIECE) / sizeof *words;
        if (image_read(image, piece, words, count * sizeof *words)) {
            continue;
        }
        candidates->items =
            text_grow(candidates->items, candidates->count + count, sizeof *candidates->items);
        for (size_t i = 0; i < count; i++) {
            if (is_candidate(image, runtime, words[i])) {
                candidates->items[candidates->count++] = words[i];
            }
        }
    }
    if (candidates->count > 0) {
        qsort(candidates->items, candidates->count, sizeof *candidates->items, compare_words);
    }
}

/* The table of arenas lies in malloc's memory; a static variable, which no symbol names, points to
 * it. Returns 0 if there is none, as without pymalloc. */
static uint64_t find_table(struct image *image)
{
    struct runtime runtime;
    if (!runtime_find(&runtime, image)) {
        return 0;
    }
    struct candidates candidates = {0};
    list_candidates(&candidates, image, &runtime);
    uint64_t table = 0, last = 0;
    for (size_t i = 0; table == 0 && i < candidates.count; i++) {
        if (candidates.items[i] != last && is_table(image, candidates.items[i])) {
            table = candidates.items[i];
        }
        last = candidates.items[i];
    }
    free(candidates.items);
    return table;
}

static int compare_arenas(const void *left, const void *right)
{
    const struct arena *a = left, *b = right;
    return a->start < b->start ? -1 : a->start > b->start;
}

/* All arenas, ascending. How long the table is stands in a variable that nothing leads to. Behind
 * its end is something else, which is no element; and should it look like one, then no pool says
 * that it belongs to it. */
static struct arena *list_arenas(struct image *image, size_t *count)
{
    *count = 0;
    uint64_t table = find_table(image);
    if (table == 0) {
        return NULL;
    }
    struct arena *arenas = NULL;
    struct arena arena;
    enum element element;
    for (uint32_t i = 0; (element = read_element(image, table, i, &arena)) != ELEMENT_BROKEN; i++) {
        if (element == ELEMENT_ARENA) {
            arenas = text_grow(arenas, *count + 1, sizeof *arenas);
            arenas[(*count)++] = arena;
        }
    }
    if (*count > 0) {
        qsort(arenas, *count, sizeof *arenas, compare_arenas);
    }
    return arenas;
}

/* Tells for each block of a pool that was ever used whether it is free. Returns false if that is
 * not consistent: the pool has changed while it was read. */
static bool mark_free(struct image *image, const struct pool *pool, bool *is_free)
{
    uint8_t bytes[PYMALLOC_POOL];
    memset(is_free, 0, pool->carved * sizeof *is_free);
    if (image_read(image, pool->address, bytes, sizeof bytes)) {
        return false;
    }
    uint32_t free_count = 0;
    for (uint64_t block = pool->freeblock; block != 0; free_count++) {
        uint64_t offset = block - pool->address - HEADER;
        if (offset / pool->size >= pool->carved || offset % pool->size != 0 ||
            is_free[offset / pool->size]) {
            return false;
        }
        is_free[offset / pool->size] = true;
        memcpy(&block, bytes + HEADER + offset, sizeof block);
    }
    return free_count + pool->count == pool->carved;
}

/* A pool that is only partly resident, as when the rest of it was never used: block by block. */
static double live_resident(struct image *image, const struct pool *pool)
{
    bool is_free[BLOCKS_MOST];
    if (!mark_free(image, pool, is_free)) {
        return METRIC_ABSENT;
    }
    double live = 0;
    uint64_t block = pool->address + HEADER;
    for (uint32_t i = 0; i < pool->carved; i++, block += pool->size) {
        if (!is_free[i]) {
            live += (double)image_resident(image, block, block + pool->size, RESIDENT_ANON);
        }
    }
    return live;
}

static void survey_pool(struct survey *survey, const struct pool *pool)
{
    uint64_t blocks = pool->address + HEADER, end = pool->address + PYMALLOC_POOL;
    if (pool->count == 0) {
        survey_add(survey, METRIC_OWNER_PYMALLOC_HEADERS, pool->address, blocks);
        survey_add(survey, METRIC_OWNER_PYMALLOC_FREE_POOLS, blocks, end);
        return;
    }
    struct image *image = survey->image;
    double all = (double)image_resident(image, blocks, end, RESIDENT_ANON);
    double live = (double)pool->count * pool->size;
    survey->pymalloc_live += live;
    if (all < PYMALLOC_POOL - HEADER) {
        live = live_resident(image, pool);
    }
    if (!metric_is_absent(live)) {
        survey_add(survey, METRIC_OWNER_PYMALLOC_HEADERS, pool->address, blocks);
        survey->values[METRIC_OWNER_PYMALLOC_LIVE] += live;
        survey->values[METRIC_OWNER_PYMALLOC_FREE_BLOCKS] += all - live;
    }
}

static void survey_arena(struct survey *survey, const struct arena *arena)
{
    uint64_t end = arena->start + PYMALLOC_ARENA;
    if (!survey_claim(survey, arena->start, end)) {
        return;
    }
    survey_add(survey, METRIC_OWNER_PYMALLOC_FREE_POOLS, arena->start, arena->first_pool);
    for (uint64_t at = arena->first_pool; at < arena->unused; at += PYMALLOC_POOL) {
        struct pool pool;
        if (read_pool(survey->image, arena, at, &pool)) {
            survey_pool(survey, &pool);
        }
    }
    survey_add(survey, METRIC_OWNER_PYMALLOC_FREE_POOLS, arena->unused, end);
}

void pymalloc_survey(struct survey *survey)
{
    size_t count;
    cleanup_free struct arena *arenas = list_arenas(survey->image, &count);
    for (size_t i = 0; i < count; i++) {
        survey_arena(survey, &arenas[i]);
    }
}

static void each_in_pool(struct image *image, const struct pool *pool,
                         void (*visit)(void *context, uint64_t address, uint64_t size),
                         void *context)
{
    bool is_free[BLOCKS_MOST];
    if (pool->count == 0 || !mark_free(image, pool, is_free)) {
        return;
    }
    for (uint32_t i = 0; i < pool->carved; i++) {
        if (!is_free[i]) {
            visit(context, pool->address + HEADER + (uint64_t)i * pool->size, pool->size);
        }
    }
}

void pymalloc_each_block(struct survey *survey,
                         void (*visit)(void *context, uint64_t address, uint64_t size),
                         void *context)
{
    size_t count;
    cleanup_free struct arena *arenas = list_arenas(survey->image, &count);
    for (size_t i = 0; i < count; i++) {
        for (uint64_t at = arenas[i].first_pool; at < arenas[i].unused; at += PYMALLOC_POOL) {
            struct pool pool;
            if (read_pool(survey->image, &arenas[i], at, &pool)) {
                each_in_pool(survey->image, &pool, visit, context);
            }
        }
    }
}
