#include "inspect/mirror.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/text.h"
#include "measure/procfs.h"

/* Read in pieces, so that nothing is asked for twice if a part fails. */
enum { PIECE = 16 << 20 };

static bool is_copied(const struct mapping *mapping)
{
    return mapping->is_readable && mapping->is_writable && !mapping->is_shared;
}

static bool has_room(const struct image *image)
{
    uint64_t bytes = 0, available = procfs_available_memory();
    for (size_t i = 0; i < image->run_count; i++) {
        bytes +=
            image->runs[i].kind == RESIDENT_FILE ? 0 : image->runs[i].end - image->runs[i].start;
    }
    return available == 0 || bytes <= available / 2;
}

/* The resident runs of a mapping, from the `first` that may lie in it on. What is not resident
 * stays zero, and takes no memory. */
static void copy_runs(struct image *image, const struct mirror_part *part, size_t *first)
{
    while (*first < image->run_count && image->runs[*first].end <= part->start) {
        ++*first;
    }
    for (size_t i = *first; i < image->run_count && image->runs[i].start < part->end; i++) {
        const struct resident_run *run = &image->runs[i];
        uint64_t at = run->start > part->start ? run->start : part->start;
        uint64_t end = run->end < part->end ? run->end : part->end;
        while (at < end && run->kind != RESIDENT_HUGE_SLACK) {
            size_t size = end - at < PIECE ? end - at : PIECE;
            image_read(image, at, part->bytes + (at - part->start), size);
            at += size;
        }
    }
}

static int add_part(struct mirror *mirror, struct image *image, const struct mapping *mapping,
                    size_t *first_run)
{
    size_t size = mapping->end - mapping->start;
    void *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (bytes == MAP_FAILED) {
        return -1;
    }
    mirror->parts = text_grow(mirror->parts, mirror->count + 1, sizeof *mirror->parts);
    mirror->parts[mirror->count] = (struct mirror_part){mapping->start, mapping->end, bytes};
    copy_runs(image, &mirror->parts[mirror->count++], first_run);
    return 0;
}

int mirror_open(struct mirror *mirror, struct image *image, struct error *err)
{
    *mirror = (struct mirror){0};
    bool has_failed = !has_room(image);
    size_t run = 0;
    for (size_t i = 0; i < image->mapping_count && !has_failed; i++) {
        has_failed =
            is_copied(&image->mappings[i]) && add_part(mirror, image, &image->mappings[i], &run);
    }
    if (has_failed) {
        mirror_close(mirror);
        error_set(err, "there is not enough memory for a copy of the process");
        return error_hint(err, "a census needs half of what is available, or less");
    }
    return 0;
}

void mirror_close(struct mirror *mirror)
{
    for (size_t i = 0; i < mirror->count; i++) {
        munmap(mirror->parts[i].bytes, mirror->parts[i].end - mirror->parts[i].start);
    }
    free(mirror->parts);
    *mirror = (struct mirror){0};
}

static const struct mirror_part *find(struct mirror *mirror, uint64_t address)
{
    const struct mirror_part *last = mirror->count ? &mirror->parts[mirror->at] : NULL;
    if (!last || (last->start <= address && address < last->end)) {
        return last;
    }
    size_t low = 0, high = mirror->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (mirror->parts[middle].end <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == mirror->count || mirror->parts[low].start > address) {
        return NULL;
    }
    mirror->at = low;
    return &mirror->parts[low];
}

const void *mirror_view(struct mirror *mirror, uint64_t address, uint64_t size)
{
    const struct mirror_part *part = find(mirror, address);
    return part && size <= part->end - address ? part->bytes + (address - part->start) : NULL;
}

bool mirror_read(struct mirror *mirror, uint64_t address, void *buffer, uint64_t size)
{
    const struct mirror_part *part = find(mirror, address);
    bool has_first = part;
    memset(buffer, 0, size);
    for (uint64_t done = 0; part && done < size; part = find(mirror, address + done)) {
        uint64_t left = part->end - (address + done);
        uint64_t taken = left < size - done ? left : size - done;
        memcpy((char *)buffer + done, part->bytes + (address + done - part->start), taken);
        done += taken;
    }
    return has_first;
}

uint64_t mirror_word(struct mirror *mirror, uint64_t address)
{
    uint64_t value = 0;
    const void *at = mirror_view(mirror, address, sizeof value);
    if (at) {
        memcpy(&value, at, sizeof value);
    }
    return value;
}
