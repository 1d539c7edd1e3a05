#include "inspect/image.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "inspect/pagemap.h"
#include "measure/procfs.h"

enum {
    LINE_SIZE = 64 * 1024, /* as much as one call brings at little more cost than a page */
    LINE_COUNT = 32,
    HUGE_PAGE = 2 * 1024 * 1024,
};

/* Where the memory comes from, and a direct-mapped cache of it. */
struct image_source {
    int process; /* /proc/PID */
    int memory;  /* /proc/PID/mem */
    char root[32];
    char *maps; /* text that the paths of mappings point into */
    size_t mapping_at;
    uint64_t line_starts[LINE_COUNT]; /* 0: empty; nothing is mapped there */
    unsigned char lines[LINE_COUNT][LINE_SIZE];
    unsigned char across[IMAGE_VIEW_MOST]; /* a view that lies in two lines */
};

/* ---- what is mapped ---- */

static char *read_maps(int process)
{
    cleanup_close int maps = openat(process, "maps", O_RDONLY | O_CLOEXEC);
    size_t length = 0, size = 32 * 1024;
    cleanup_free char *text = text_allocate(size);
    ssize_t got = maps < 0 ? -1 : 1;
    while (got > 0) {
        if (length + 1 >= size) {
            size *= 2;
            text = text_grow(text, size, 1);
        }
        got = read(maps, text + length, size - length - 1);
        length += got > 0 ? (size_t)got : 0;
    }
    if (got < 0) {
        return NULL;
    }
    text[length] = '\0';
    return take_pointer(text);
}

/* "START-END PERM OFFSET DEVICE INODE      PATH"; the path is what remains, and may hold spaces. */
static int parse_mapping(struct mapping *mapping, char *line)
{
    char access[5];
    int path = 0;
    if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*s %*s %n", &mapping->start,
               &mapping->end, access, &mapping->offset, &path) != 4 ||
        path == 0) {
        return -1;
    }
    mapping->is_readable = access[0] == 'r';
    mapping->is_writable = access[1] == 'w';
    mapping->is_executable = access[2] == 'x';
    mapping->is_shared = access[3] == 's';
    mapping->path = line + path;
    return 0;
}

static int parse_maps(struct image *image, char *text)
{
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        if (image->mapping_count % 256 == 0) {
            image->mappings =
                text_grow(image->mappings, image->mapping_count + 256, sizeof *image->mappings);
        }
        if (parse_mapping(&image->mappings[image->mapping_count], line)) {
            errno = EINVAL;
            return -1;
        }
        image->mapping_count++;
    }
    return 0;
}

static bool holds(const struct mapping *mapping, uint64_t address)
{
    return mapping->start <= address && address < mapping->end;
}

const struct mapping *image_find(const struct image *image, uint64_t address)
{
    size_t *at = &image->source->mapping_at;
    if (*at < image->mapping_count && holds(&image->mappings[*at], address)) {
        return &image->mappings[*at];
    }
    size_t low = 0, high = image->mapping_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (image->mappings[middle].end <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *at = low;
    return low < image->mapping_count && holds(&image->mappings[low], address)
               ? &image->mappings[low]
               : NULL;
}

const char *image_root(const struct image *image)
{
    return image->source->root;
}

/* ---- what is resident ---- */

static void add_run(struct image *image, uint64_t start, uint64_t end, enum resident_kind kind)
{
    if (image->run_count > 0) {
        struct resident_run *last = &image->runs[image->run_count - 1];
        if (last->end == start && last->kind == kind) {
            last->end = end;
            return;
        }
    }
    /* Doubled: after a trim there may be a run for every other page. */
    if ((image->run_count & (image->run_count - 1)) == 0) {
        image->runs = text_grow(image->runs, image->run_count ? 2 * image->run_count : 1,
                                sizeof *image->runs);
    }
    image->runs[image->run_count++] = (struct resident_run){start, end, kind};
}

static bool is_zero(const unsigned char *page)
{
    return page[0] == 0 && memcmp(page, page + 1, IMAGE_PAGE - 1) == 0;
}

/* Not by process_vm_readv: that pins the pages, and pinning a page that a fork shares makes the
 * kernel copy it first (gup_must_unshare in mm/internal.h, Linux 5.19), so that reading a parent
 * and its child would double what they hold. Takes 0.5 ms per MiB instead of 0.3. */
static int read_process(const struct image *image, uint64_t address, void *buffer, size_t size)
{
    return pread(image->source->memory, buffer, size, (off_t)address) == (ssize_t)size ? 0 : -1;
}

/* A huge page is resident as a whole, however little of it was touched. What still holds nothing
 * but zeros is taken for untouched, as the kernel does when it splits underused huge pages
 * (mm/huge_memory.c, thp_underused). */
static void add_huge_run(struct image *image, uint64_t start, uint64_t end)
{
    cleanup_free unsigned char *bytes = text_allocate(HUGE_PAGE);
    for (uint64_t at = start; at < end; at += HUGE_PAGE) {
        size_t size = end - at < HUGE_PAGE ? end - at : HUGE_PAGE;
        bool is_read = read_process(image, at, bytes, size) == 0;
        for (size_t page = 0; page < size; page += IMAGE_PAGE) {
            bool is_slack = is_read && is_zero(bytes + page);
            add_run(image, at + page, at + page + IMAGE_PAGE,
                    is_slack ? RESIDENT_HUGE_SLACK : RESIDENT_ANON);
        }
    }
}

static void take_run(void *context, const struct pagemap_run *run)
{
    struct image *image = context;
    if (run->is_huge && !run->is_file) {
        add_huge_run(image, run->start, run->end);
    } else {
        enum resident_kind kind = run->is_file       ? RESIDENT_FILE
                                  : run->is_borrowed ? RESIDENT_BORROWED
                                                     : RESIDENT_ANON;
        add_run(image, run->start, run->end, kind);
    }
}

/* Index of the first run that ends above the address. */
static size_t find_run(struct image *image, uint64_t address)
{
    size_t low = 0, high = image->run_count;
    size_t at = image->run_at;
    if (at < high && (at == 0 || image->runs[at - 1].end <= address)) {
        for (int steps = 0; steps < 4 && at < high; steps++, at++) {
            if (image->runs[at].end > address) {
                return at;
            }
        }
        low = at;
    }
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (image->runs[middle].end <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

uint64_t image_resident(struct image *image, uint64_t start, uint64_t end, enum resident_kind kind)
{
    uint64_t sum = 0;
    size_t at = image->run_at = find_run(image, start);
    for (; at < image->run_count && image->runs[at].start < end; at++) {
        const struct resident_run *run = &image->runs[at];
        if (run->kind == kind) {
            uint64_t low = run->start > start ? run->start : start;
            uint64_t high = run->end < end ? run->end : end;
            sum += high - low;
        }
    }
    return sum;
}

/* ---- what it holds ---- */

/* Only what is resident is asked for: reading another page would make it resident. */
static int read_resident(struct image *image, uint64_t address, unsigned char *buffer, size_t size)
{
    memset(buffer, 0, size);
    uint64_t end = address + size;
    for (size_t at = find_run(image, address); at < image->run_count && image->runs[at].start < end;
         at++) {
        const struct resident_run *run = &image->runs[at];
        uint64_t low = run->start > address ? run->start : address;
        uint64_t high = run->end < end ? run->end : end;
        if (run->kind != RESIDENT_HUGE_SLACK &&
            read_process(image, low, buffer + (low - address), high - low)) {
            return -1;
        }
    }
    return 0;
}

static bool is_mapped(const struct image *image, uint64_t address, size_t size)
{
    const struct mapping *mapping = image_find(image, address);
    while (mapping && mapping->end < address + size) {
        mapping = image_find(image, mapping->end);
    }
    return mapping;
}

int image_read(struct image *image, uint64_t address, void *buffer, size_t size)
{
    return is_mapped(image, address, size) ? read_resident(image, address, buffer, size) : -1;
}

static const unsigned char *find_line(struct image *image, uint64_t start)
{
    struct image_source *source = image->source;
    size_t index = start / LINE_SIZE % LINE_COUNT;
    if (source->line_starts[index] != start) {
        source->line_starts[index] = 0;
        if (read_resident(image, start, source->lines[index], LINE_SIZE)) {
            return NULL;
        }
        source->line_starts[index] = start;
    }
    return source->lines[index];
}

const void *image_view(struct image *image, uint64_t address, size_t size)
{
    if (size == 0 || size > IMAGE_VIEW_MOST || !is_mapped(image, address, size)) {
        return NULL;
    }
    uint64_t offset = address % LINE_SIZE;
    const unsigned char *line = find_line(image, address - offset);
    if (!line || offset + size <= LINE_SIZE) {
        return line ? line + offset : NULL;
    }
    size_t first = LINE_SIZE - offset;
    unsigned char *across = image->source->across;
    memcpy(across, line + offset, first);
    line = find_line(image, address + first);
    if (!line) {
        return NULL;
    }
    memcpy(across + first, line, size - first);
    return across;
}

uint64_t image_word(struct image *image, uint64_t address)
{
    const uint64_t *word = image_view(image, address, sizeof *word);
    uint64_t value = 0;
    if (word) {
        memcpy(&value, word, sizeof value);
    }
    return value;
}

/* ---- opening ---- */

static int load(struct image *image, pid_t pid, enum image_pages pages, struct error *err)
{
    struct image_source *source = image->source;
    snprintf(source->root, sizeof source->root, "/proc/%d/root", pid);
    source->process = procfs_open(pid);
    source->maps = source->process < 0 ? NULL : read_maps(source->process);
    if (!source->maps || parse_maps(image, source->maps)) {
        return error_errno(err, "cannot read the mappings of process %d", pid);
    }
    source->memory = openat(source->process, "mem", O_RDONLY | O_CLOEXEC);
    if (source->memory < 0) {
        error_errno(err, "cannot read the memory of process %d", pid);
        return error_hint(err, "reading another process needs the right to trace it");
    }
    if (pagemap_each_run(source->process, image->mappings, image->mapping_count, pages, take_run,
                         image)) {
        return error_errno(err, "cannot read which pages of process %d are resident", pid);
    }
    return 0;
}

int image_open_process(struct image *image, pid_t pid, enum image_pages pages, struct error *err)
{
    *image = (struct image){.source = text_allocate(sizeof *image->source)};
    /* Without the cache, whose pages are not touched before they are used. */
    memset(image->source, 0, offsetof(struct image_source, lines));
    image->source->process = image->source->memory = -1;
    if (load(image, pid, pages, err)) {
        image_close(image);
        return -1;
    }
    return 0;
}

void image_close(struct image *image)
{
    if (image->source) {
        cleanup_close_descriptor(&image->source->process);
        cleanup_close_descriptor(&image->source->memory);
        free(image->source->maps);
        free(image->source);
    }
    free(image->mappings);
    free(image->runs);
    *image = (struct image){0};
}
