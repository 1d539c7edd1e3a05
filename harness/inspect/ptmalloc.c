#include "inspect/ptmalloc.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "inspect/ptmalloc_arenas.h"
#include "inspect/ptmalloc_chunks.h"
#include "inspect/ptmalloc_mapped.h"

struct ptmalloc {
    struct ptmalloc_arenas arenas;
    struct ptmalloc_set fast;    /* chunks in fastbins */
    struct ptmalloc_set cached;  /* chunks in tcaches */
    struct ptmalloc_set tcaches; /* chunks that are tcaches */
    uint64_t tcache_key;
    struct ptmalloc_mapped_list mapped;
};

/* The account of one heap, taken in one go from its start to its end. */
struct ledger {
    struct survey *survey;
    struct ptmalloc *ptmalloc;
    const struct ptmalloc_arena *arena;
    bool is_shared;                /* others have claimed parts of it */
    uint64_t done;                 /* what is below has its owner */
    uint64_t free_start, free_end; /* neighbours that are free, not yet added; or 0 */
    uint64_t free_bytes, live_bytes;
};

static uint64_t page_down(uint64_t address)
{
    return address / IMAGE_PAGE * IMAGE_PAGE;
}

static uint64_t page_up(uint64_t address)
{
    return page_down(address + IMAGE_PAGE - 1);
}

/* Gives an owner what lies between what is done and `end`. */
static void add(struct ledger *ledger, enum metric owner, uint64_t end)
{
    if (end <= ledger->done) {
        return;
    }
    if (!ledger->is_shared) {
        survey_add(ledger->survey, owner, ledger->done, end);
    } else {
        struct survey_range gap = {ledger->done, ledger->done};
        while (survey_next_gap(ledger->survey, gap.end, end, &gap)) {
            survey_add(ledger->survey, owner, gap.start, gap.end);
        }
    }
    ledger->done = end;
}

/* ---- what malloc_trim(0) would give back ----
 *
 * By the rules of mtrim and systrim in malloc/malloc.c: it first merges what is in fastbins, then
 * gives back the whole pages inside of free chunks of every arena; of the top, only that of
 * main_arena, and only if nobody has called sbrk since. Huge pages' slack goes with it. */

static void forecast(struct ledger *ledger, uint64_t start, uint64_t end)
{
    struct image *image = ledger->survey->image;
    ledger->survey->values[METRIC_FORECAST_BYTES] +=
        (double)image_resident(image, start, end, RESIDENT_ANON) +
        (double)image_resident(image, start, end, RESIDENT_HUGE_SLACK);
}

/* Whether a top that ends there can be given back: nobody else has got memory behind it. */
static bool is_end_of_heap(const struct image *image, uint64_t end)
{
    const struct mapping *mapping = image_find(image, end - 1);
    return mapping && strcmp(mapping->path, "[heap]") == 0 && ptmalloc_reach(image, end - 1) == end;
}

static void forecast_top(struct ledger *ledger, uint64_t start, uint64_t end)
{
    uint64_t unit = ledger->ptmalloc->arenas.parameters.thp_page;
    unit = unit ? unit : IMAGE_PAGE;
    uint64_t area = end - start > CHUNK_LEAST ? end - start - CHUNK_LEAST - 1 : 0;
    bool is_main = ledger->arena == ledger->ptmalloc->arenas.arenas;
    if (is_main && area >= unit && is_end_of_heap(ledger->survey->image, end)) {
        forecast(ledger, end - area / unit * unit, end);
    }
}

/* ---- the owners within a heap ---- */

/* Adds free neighbours as one chunk; with the top as the last one if `is_top`. */
static void close_free(struct ledger *ledger, bool is_top)
{
    uint64_t start = ledger->free_start, end = ledger->free_end;
    if (!end) {
        return;
    }
    /* Its links stay with it as long as it is in a bin: the page that holds them cannot go. */
    uint64_t low = page_up(start + CHUNK_LINKS), high = page_down(end);
    add(ledger, METRIC_OWNER_MALLOC_METADATA, start + CHUNK_PAYLOAD);
    if (low < high) {
        add(ledger, METRIC_OWNER_MALLOC_PINNED, low);
        add(ledger, METRIC_OWNER_MALLOC_RELEASABLE, high);
    }
    if (is_top) {
        forecast_top(ledger, start, end);
    } else if (low < high) {
        forecast(ledger, low, high);
    }
    add(ledger, METRIC_OWNER_MALLOC_PINNED, is_top ? end : end + CHUNK_SIZE);
    ledger->free_bytes += end - start;
    ledger->free_start = ledger->free_end = 0;
}

static void add_used(struct ledger *ledger, uint64_t chunk, uint64_t size)
{
    struct ptmalloc *ptmalloc = ledger->ptmalloc;
    add(ledger, METRIC_OWNER_MALLOC_METADATA, chunk + CHUNK_PAYLOAD);
    add(ledger, METRIC_OWNER_MALLOC_IN_USE, chunk + size + CHUNK_SIZE);
    ledger->live_bytes += size;
    if (ptmalloc_add_tcache(&ptmalloc->cached, &ptmalloc->arenas, ledger->survey->image, chunk,
                            size, &ptmalloc->tcache_key)) {
        ptmalloc_set_add(&ptmalloc->tcaches, chunk);
    }
}

static void add_chunk(void *context, enum ptmalloc_chunk kind, uint64_t chunk, uint64_t size)
{
    struct ledger *ledger = context;
    if (kind == PTMALLOC_FREE || kind == PTMALLOC_TOP) {
        ledger->free_start = ledger->free_end ? ledger->free_start : chunk;
        ledger->free_end = chunk + size;
    }
    if (kind != PTMALLOC_FREE) {
        close_free(ledger, kind == PTMALLOC_TOP);
    }
    if (kind == PTMALLOC_USED) {
        add_used(ledger, chunk, size);
    } else if (kind == PTMALLOC_FENCE) {
        add(ledger, METRIC_OWNER_MALLOC_METADATA, chunk + size);
    }
}

static bool has_claims(const struct survey *survey, uint64_t start, uint64_t end)
{
    struct survey_range gap;
    return !survey_next_gap(survey, start, end, &gap) || gap.start != start || gap.end != end;
}

static void claim(struct survey *survey, uint64_t start, uint64_t end)
{
    struct survey_range gap = {start, start};
    while (survey_next_gap(survey, gap.end, end, &gap)) {
        survey_claim(survey, gap.start, gap.end);
    }
}

/* Takes the account of a heap, claims it, and makes it end where its chunks do. */
static enum ptmalloc_walked survey_segment(struct survey *survey, struct ptmalloc_segment *segment)
{
    struct ptmalloc *ptmalloc = survey->ptmalloc;
    struct ledger ledger = {
        .survey = survey,
        .ptmalloc = ptmalloc,
        .arena = ptmalloc->arenas.arenas + segment->arena,
        .is_shared = has_claims(survey, segment->start, segment->end),
        .done = segment->start,
    };
    struct ptmalloc_walk walk = {
        .image = survey->image,
        .at = segment->first,
        .end = segment->end,
        .top = ledger.arena->top,
        .free = &ptmalloc->fast,
        .visit = add_chunk,
        .context = &ledger,
    };
    enum ptmalloc_walked walked = ptmalloc_walk(&walk);
    close_free(&ledger, false);
    segment->end = ledger.done;
    claim(survey, segment->start, segment->end);
    survey->malloc_live += (double)ledger.live_bytes;
    survey->malloc_in_use += (double)(segment->end - segment->start - ledger.free_bytes);
    return walked;
}

/* ---- the main heap ---- */

/* Surveys chunks from `start` on, and after every fencepost goes on behind what others have got
 * from sbrk. Returns whether it came to the top. */
static bool survey_run(struct survey *survey, uint64_t start, uint64_t end, uint64_t step)
{
    struct ptmalloc_arenas *arenas = &survey->ptmalloc->arenas;
    enum ptmalloc_walked walked = PTMALLOC_AT_FENCE;
    while (start && walked == PTMALLOC_AT_FENCE) {
        uint64_t first = (start + CHUNK_ALIGN - 1) / CHUNK_ALIGN * CHUNK_ALIGN;
        struct ptmalloc_segment segment = {.start = start, .first = first, .end = end};
        walked = survey_segment(survey, &segment);
        if (segment.first < segment.end) {
            ptmalloc_arenas_add(arenas, segment);
        }
        start = 0;
        if (walked == PTMALLOC_AT_FENCE) {
            uint64_t from = (segment.end + step - 1) / step * step;
            start = ptmalloc_find_chunks(survey->image, from, end, arenas->arenas[0].top, step);
        }
        if (start && arenas->arenas[0].is_contiguous) {
            /* mallinfo2 takes for its own what others have got in between. */
            survey->malloc_in_use += (double)(start - segment.end);
        }
    }
    return walked == PTMALLOC_AT_TOP;
}

/* Where sbrk has failed, main_arena goes on in mappings. */
static void survey_mapped_heaps(struct survey *survey)
{
    const struct image *image = survey->image;
    uint64_t top = survey->ptmalloc->arenas.arenas[0].top;
    for (size_t i = 0; i < image->mapping_count; i++) {
        const struct mapping *mapping = image->mappings + i;
        struct survey_range gap = {mapping->start, mapping->start};
        while (ptmalloc_is_anonymous(mapping) &&
               survey_next_gap(survey, gap.end, mapping->end, &gap)) {
            uint64_t start =
                ptmalloc_find_chunks(survey->image, page_up(gap.start), gap.end, top, IMAGE_PAGE);
            if (start) {
                survey_run(survey, start, gap.end, IMAGE_PAGE);
                gap.end = start; /* goes on behind it: the newest is the lowest */
            }
        }
    }
}

static void survey_main_heap(struct survey *survey)
{
    const struct ptmalloc_arenas *arenas = &survey->ptmalloc->arenas;
    uint64_t base = arenas->parameters.sbrk_base;
    if (base == 0) {
        return; /* nothing has been asked of main_arena yet */
    }
    if (!survey_run(survey, base, ptmalloc_reach(survey->image, base), CHUNK_ALIGN) &&
        !arenas->arenas[0].is_contiguous) {
        survey_mapped_heaps(survey);
    }
}

/* ---- the rest ---- */

/* What is cached had been taken for handed out until its tcache was met. Returns its size. */
static double move(struct survey *survey, uint64_t chunk, enum metric owner)
{
    struct image *image = survey->image;
    uint64_t size = image_word(image, chunk + CHUNK_SIZE) & ~(uint64_t)CHUNK_FLAGS;
    double bytes = (double)image_resident(image, chunk + CHUNK_PAYLOAD, chunk + size + CHUNK_SIZE,
                                          RESIDENT_ANON);
    survey->values[METRIC_OWNER_MALLOC_IN_USE] -= bytes;
    survey->values[owner] += bytes;
    return (double)size;
}

static void move_cached(struct survey *survey)
{
    struct ptmalloc *ptmalloc = survey->ptmalloc;
    uint64_t chunk = 0;
    while ((chunk = ptmalloc_set_next(&ptmalloc->cached, chunk + 1))) {
        survey->malloc_live -= move(survey, chunk, METRIC_OWNER_MALLOC_PINNED);
    }
    while ((chunk = ptmalloc_set_next(&ptmalloc->tcaches, chunk + 1))) {
        survey->malloc_live -= move(survey, chunk, METRIC_OWNER_MALLOC_METADATA);
    }
}

static void survey_mapped_blocks(struct survey *survey)
{
    struct ptmalloc *ptmalloc = survey->ptmalloc;
    ptmalloc_mapped_find(&ptmalloc->mapped, survey, &ptmalloc->arenas.parameters);
    for (size_t i = 0; i < ptmalloc->mapped.count; i++) {
        const struct ptmalloc_mapped *block = ptmalloc->mapped.items + i;
        survey_claim(survey, block->start, block->end);
        uint64_t payload = block->chunk + CHUNK_PAYLOAD;
        survey_add(survey, METRIC_OWNER_MALLOC_METADATA, block->start, payload);
        survey_add(survey, METRIC_OWNER_MALLOC_IN_USE, payload, block->end);
        survey->malloc_live += (double)(block->end - block->chunk);
        survey->malloc_in_use += (double)(block->end - block->start);
    }
}

void ptmalloc_survey(struct survey *survey)
{
    struct ptmalloc *ptmalloc = text_allocate(sizeof *ptmalloc);
    *ptmalloc = (struct ptmalloc){0};
    if (!ptmalloc_arenas_find(&ptmalloc->arenas, survey->image)) {
        ptmalloc_free(ptmalloc);
        return;
    }
    survey->ptmalloc = ptmalloc;
    survey->values[METRIC_FORECAST_BYTES] = 0;
    survey->malloc_live = survey->malloc_in_use = 0;
    const struct ptmalloc_arenas *arenas = &ptmalloc->arenas;
    for (size_t i = 0; i < arenas->arena_count; i++) {
        ptmalloc_add_fastbins(&ptmalloc->fast, survey->image, arenas->arenas + i);
    }
    for (size_t i = 0; i < arenas->segment_count; i++) {
        survey_segment(survey, arenas->segments + i);
    }
    survey_main_heap(survey);
    survey_mapped_blocks(survey);
    move_cached(survey);
}

/* ---- blocks ---- */

struct blocks {
    struct ptmalloc *ptmalloc;
    void (*visit)(void *context, uint64_t address, uint64_t usable);
    void *context;
};

static void visit_chunk(void *context, enum ptmalloc_chunk kind, uint64_t chunk, uint64_t size)
{
    const struct blocks *blocks = context;
    struct ptmalloc *ptmalloc = blocks->ptmalloc;
    if (kind == PTMALLOC_USED && !ptmalloc_set_has(&ptmalloc->cached, chunk) &&
        !ptmalloc_set_has(&ptmalloc->tcaches, chunk)) {
        blocks->visit(blocks->context, chunk + CHUNK_PAYLOAD, size - CHUNK_SIZE);
    }
}

void ptmalloc_each_block(struct survey *survey,
                         void (*visit)(void *context, uint64_t address, uint64_t usable),
                         void *context)
{
    struct ptmalloc *ptmalloc = survey->ptmalloc;
    struct blocks blocks = {ptmalloc, visit, context};
    for (size_t i = 0; ptmalloc && i < ptmalloc->arenas.segment_count; i++) {
        const struct ptmalloc_segment *segment = ptmalloc->arenas.segments + i;
        struct ptmalloc_walk walk = {
            .image = survey->image,
            .at = segment->first,
            .end = segment->end,
            .top = ptmalloc->arenas.arenas[segment->arena].top,
            .free = &ptmalloc->fast,
            .visit = visit_chunk,
            .context = &blocks,
        };
        ptmalloc_walk(&walk);
    }
    for (size_t i = 0; ptmalloc && i < ptmalloc->mapped.count; i++) {
        const struct ptmalloc_mapped *block = ptmalloc->mapped.items + i;
        visit(context, block->chunk + CHUNK_PAYLOAD, block->end - block->chunk - CHUNK_PAYLOAD);
    }
}

void ptmalloc_free(struct ptmalloc *ptmalloc)
{
    if (ptmalloc) {
        ptmalloc_arenas_clear(&ptmalloc->arenas);
        ptmalloc_set_clear(&ptmalloc->fast);
        ptmalloc_set_clear(&ptmalloc->cached);
        ptmalloc_set_clear(&ptmalloc->tcaches);
        ptmalloc_mapped_clear(&ptmalloc->mapped);
        free(ptmalloc);
    }
}
