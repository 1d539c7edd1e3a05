#include "inspect/threads.h"

#include <string.h>

#include "inspect/elf_file.h"

/* Cut a list that never comes back to its head. */
enum { MOST_THREADS = 100000, MOST_FILES = 10000 };
/* Larger than struct pthread of any glibc so far (2304 bytes in 2.36). */
enum { THREAD_SIZE_MOST = 4096 };
/* The loader maps what it needs in small pieces; a larger mapping has been merged with others'. */
static const uint64_t loader_mapping_most = 256 * 1024;

/* What glibc itself tells debuggers of its layout: _thread_db_* in libc (nptl_db/db_info.c). */
struct layout {
    uint64_t stack_used, stack_user; /* addresses of list heads in _rtld_global */
    uint64_t list;                   /* offset of the list's links in struct pthread */
    uint64_t thread_size;            /* of struct pthread */
};

/* A number of 32 bits behind a symbol of libc's constants. */
static uint64_t number_at(const struct elf_file *libc, const char *symbol, size_t index)
{
    uint64_t address = elf_file_symbol(libc, symbol);
    uint32_t number = 0;
    const void *data =
        address ? elf_file_data(libc, address + index * sizeof number, sizeof number) : NULL;
    if (data) {
        memcpy(&number, data, sizeof number);
    }
    return number;
}

/* A field's descriptor is three numbers: bits, count, offset. */
static uint64_t offset_of(const struct elf_file *libc, const char *symbol)
{
    return number_at(libc, symbol, 2);
}

static int find_layout(const struct image *image, struct layout *layout)
{
    uint64_t rtld = elf_file_symbol_of(image, "ld-linux", "_rtld_global");
    const struct mapping *mapping = elf_file_find(image, "libc.so");
    struct elf_file libc;
    if (rtld == 0 || !mapping || elf_file_open(&libc, image, mapping)) {
        return -1;
    }
    uint64_t used = offset_of(&libc, "_thread_db_rtld_global__dl_stack_used");
    uint64_t user = offset_of(&libc, "_thread_db_rtld_global__dl_stack_user");
    layout->list = offset_of(&libc, "_thread_db_pthread_list");
    layout->thread_size = number_at(&libc, "_thread_db_sizeof_pthread", 0);
    layout->stack_used = rtld + used;
    layout->stack_user = rtld + user;
    elf_file_close(&libc);
    return used && user && layout->list && layout->thread_size &&
                   layout->thread_size <= THREAD_SIZE_MOST
               ? 0
               : -1;
}

/* struct pthread lies at the upper end of its stack's block and tells where that starts and how
 * large it is, in fields that no descriptor names: the two neighbouring numbers that fit. */
static bool find_stack(struct image *image, const struct layout *layout, uint64_t thread,
                       struct survey_range *stack)
{
    uint64_t fields[THREAD_SIZE_MOST / sizeof(uint64_t)];
    size_t count = layout->thread_size / sizeof *fields;
    if (image_read(image, thread, fields, count * sizeof *fields)) {
        return false;
    }
    uint64_t above = thread + layout->thread_size;
    for (size_t i = 0; i + 1 < count; i++) {
        uint64_t start = fields[i], size = fields[i + 1];
        if (start % IMAGE_PAGE == 0 && size % IMAGE_PAGE == 0 && start != 0 && start < thread &&
            size < 1ULL << 40 && start + size >= above && start + size - above < 2 * IMAGE_PAGE) {
            *stack = (struct survey_range){start, start + size};
            return true;
        }
    }
    return false;
}

/* A small mapping without a file, in which the loader keeps what it made before malloc was there.
 */
static void take_loader(struct survey *survey, uint64_t address)
{
    const struct mapping *mapping = image_find(survey->image, address);
    if (mapping && mapping->path[0] == '\0' &&
        mapping->end - mapping->start <= loader_mapping_most) {
        survey_take(survey, METRIC_OWNER_OTHER, mapping->start, mapping->end);
    }
}

/* Threads whose stack is not glibc's own (the main thread, and stacks that the program brought)
 * have their control block elsewhere. */
static void take_list(struct survey *survey, const struct layout *layout, uint64_t head)
{
    uint64_t node = image_word(survey->image, head);
    for (int i = 0; i < MOST_THREADS && node != head && node != 0; i++) {
        struct survey_range stack;
        uint64_t thread = node - layout->list;
        if (find_stack(survey->image, layout, thread, &stack)) {
            survey_take(survey, METRIC_OWNER_THREAD_STACKS, stack.start, stack.end);
        } else {
            take_loader(survey, thread);
        }
        node = image_word(survey->image, node);
    }
}

/* Each loaded file's struct link_map, from r_debug on (link.h: r_map at 8, l_next at 24). */
static void take_link_maps(struct survey *survey)
{
    uint64_t debug = elf_file_symbol_of(survey->image, "ld-linux", "_r_debug");
    uint64_t map = debug ? image_word(survey->image, debug + 8) : 0;
    for (int i = 0; i < MOST_FILES && map != 0; i++) {
        take_loader(survey, map);
        map = image_word(survey->image, map + 24);
    }
}

void threads_survey(struct survey *survey)
{
    const struct image *image = survey->image;
    for (size_t i = 0; i < image->mapping_count; i++) {
        if (strcmp(image->mappings[i].path, "[stack]") == 0) {
            survey_take(survey, METRIC_OWNER_MAIN_STACK, image->mappings[i].start,
                        image->mappings[i].end);
        }
    }
    struct layout layout;
    if (find_layout(image, &layout) == 0) {
        /* glibc keeps the stacks of ended threads in a third list, right behind the second
         * (struct rtld_global in sysdeps/generic/ldsodefs.h); nothing names it. */
        uint64_t cached = layout.stack_user + 16;
        take_list(survey, &layout, layout.stack_used);
        take_list(survey, &layout, layout.stack_user);
        take_list(survey, &layout, cached);
    }
    take_link_maps(survey);
}
