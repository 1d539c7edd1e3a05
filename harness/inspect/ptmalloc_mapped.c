#include "inspect/ptmalloc_mapped.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* The largest alignment that is tried; larger ones count with what lies before the block. */
enum { ALIGNMENT_MOST = 1 << 30 };

/* The size in a header, if it is one of a block with a mapping of its own; or 0. */
static uint64_t read_size(struct image *image, uint64_t chunk, uint64_t *before)
{
    uint64_t header[2];
    const void *view = image_view(image, chunk, sizeof header);
    if (!view) {
        return 0;
    }
    memcpy(header, view, sizeof header);
    *before = header[0];
    return (header[1] & CHUNK_FLAGS) == CHUNK_MMAPPED ? header[1] - CHUNK_MMAPPED : 0;
}

/* Looks for an aligned block in the mapping at `start`: its header tells the way back there. The
 * one at the start remains from before the block was aligned, and may since have become wrong by
 * realloc. */
static bool find_aligned(struct ptmalloc_mapped *found, struct image *image, uint64_t start,
                         uint64_t limit)
{
    for (uint64_t alignment = 4 * (uint64_t)CHUNK_ALIGN; alignment <= ALIGNMENT_MOST;
         alignment *= 2) {
        uint64_t payload = (start + CHUNK_PAYLOAD + alignment) & ~(alignment - 1);
        uint64_t chunk = payload - CHUNK_PAYLOAD, before = 0;
        if (chunk + CHUNK_LEAST > limit) {
            return false;
        }
        uint64_t size = read_size(image, chunk, &before);
        if (size && before == chunk - start && (before + size) % IMAGE_PAGE == 0 &&
            size <= limit - chunk) {
            *found = (struct ptmalloc_mapped){start, chunk + size, chunk};
            return true;
        }
    }
    return false;
}

/* Whether a block starts at the start of this page. */
static bool find_block(struct ptmalloc_mapped *found, struct image *image, uint64_t start,
                       uint64_t limit)
{
    uint64_t before = 0, size = read_size(image, start, &before);
    if (!size || size % IMAGE_PAGE || before != 0) {
        return false;
    }
    if (find_aligned(found, image, start, limit)) {
        return true;
    }
    *found = (struct ptmalloc_mapped){start, start + size, start};
    return size <= limit - start;
}

static void add(struct ptmalloc_mapped_list *list, struct ptmalloc_mapped block)
{
    if ((list->count & (list->count - 1)) == 0) {
        list->items =
            text_grow(list->items, list->count ? 2 * list->count : 1, sizeof *list->items);
    }
    list->items[list->count++] = block;
}

/* The first resident page at or above the address and below `end`, or `end`. */
static uint64_t next_resident(const struct image *image, size_t *run, uint64_t at, uint64_t end)
{
    while (*run < image->run_count &&
           (image->runs[*run].end <= at || (image->runs[*run].kind != RESIDENT_ANON &&
                                            image->runs[*run].kind != RESIDENT_BORROWED))) {
        ++*run;
    }
    if (*run == image->run_count || image->runs[*run].start >= end) {
        return end;
    }
    return image->runs[*run].start > at ? image->runs[*run].start : at;
}

/* Goes over memory that is nobody's. `run` goes along with it. */
static void search(struct ptmalloc_mapped_list *list, struct image *image,
                   const struct survey_range *range, size_t *run)
{
    uint64_t first = (range->start + IMAGE_PAGE - 1) / IMAGE_PAGE * IMAGE_PAGE;
    uint64_t at = next_resident(image, run, first, range->end);
    while (at < range->end) {
        struct ptmalloc_mapped block;
        uint64_t next = at + IMAGE_PAGE;
        if (find_block(&block, image, at, range->end)) {
            add(list, block);
            next = block.end;
        }
        at = next_resident(image, run, next, range->end);
    }
}

static uint64_t sum(const struct ptmalloc_mapped_list *list)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < list->count; i++) {
        bytes += list->items[i].end - list->items[i].start;
    }
    return bytes;
}

static void drop(struct ptmalloc_mapped_list *list, size_t at)
{
    list->count--;
    memmove(list->items + at, list->items + at + 1, (list->count - at) * sizeof *list->items);
}

/* If one is too many: leaves out one whose size is just what is too much. */
static void drop_excess(struct ptmalloc_mapped_list *list,
                        const struct ptmalloc_parameters *parameters)
{
    uint64_t bytes = sum(list);
    for (size_t i = 0; list->count == parameters->mmapped_count + 1 && i < list->count; i++) {
        if (bytes - (list->items[i].end - list->items[i].start) == parameters->mmapped_bytes) {
            drop(list, i);
        }
    }
}

/* Leaves out those that end in the middle of memory that is nobody's. */
static void drop_loose(struct ptmalloc_mapped_list *list, const struct survey *survey)
{
    for (size_t i = list->count; i-- > 0;) {
        uint64_t end = list->items[i].end;
        const struct mapping *behind = image_find(survey->image, end);
        bool is_bounded = !behind || behind->start == end || survey_is_claimed(survey, end) ||
                          (i + 1 < list->count && list->items[i + 1].start == end);
        if (!is_bounded) {
            drop(list, i);
        }
    }
}

void ptmalloc_mapped_find(struct ptmalloc_mapped_list *list, const struct survey *survey,
                          const struct ptmalloc_parameters *parameters)
{
    const struct image *image = survey->image;
    size_t run = 0;
    for (size_t i = 0; i < image->mapping_count; i++) {
        const struct mapping *mapping = image->mappings + i;
        if (!ptmalloc_is_anonymous(mapping)) {
            continue;
        }
        uint64_t end = ptmalloc_reach(image, mapping->start);
        struct survey_range gap = {mapping->start, mapping->start};
        while (survey_next_gap(survey, gap.end, end, &gap)) {
            search(list, survey->image, &gap, &run);
        }
        while (i + 1 < image->mapping_count && image->mappings[i + 1].end <= end) {
            i++;
        }
    }
    drop_excess(list, parameters);
    if (list->count > parameters->mmapped_count || sum(list) > parameters->mmapped_bytes) {
        drop_loose(list, survey);
        drop_excess(list, parameters);
    }
}

void ptmalloc_mapped_clear(struct ptmalloc_mapped_list *list)
{
    free(list->items);
    *list = (struct ptmalloc_mapped_list){0};
}
