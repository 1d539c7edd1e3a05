#include "worker/proof.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocator.h"

static const char *const entry_points[] = {
    "malloc",   "free",          "calloc",         "realloc",
    "memalign", "aligned_alloc", "posix_memalign", "malloc_usable_size",
};
enum { ENTRY_POINTS = sizeof entry_points / sizeof *entry_points };

/* The first doubt is kept: the later ones follow from it. */
static void doubt(struct wire_hello *hello, const char *format, ...)
{
    if (hello->doubt[0] == '\0') {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(hello->doubt, sizeof hello->doubt, format, arguments);
        va_end(arguments);
    }
}

/* The absolute path of the library that a function comes from. RTLD_NEXT passes over the program
 * itself, whose entry in its own symbol table may stand for a function of a library (a program that
 * is not position-independent has such entries). */
static void *find_provider(const char *function, char path[PATH_MAX])
{
    Dl_info info;
    void *address = dlsym(RTLD_NEXT, function);
    if (!address || !dladdr(address, &info) || !realpath(info.dli_fname, path)) {
        path[0] = '\0';
    }
    return address;
}

static void prove_entry_points(struct wire_hello *hello, const char *library)
{
    char expected[PATH_MAX] = "", provider[PATH_MAX];
    if (library && !realpath(library, expected)) {
        doubt(hello, "the library '%s' is not there", library);
    }
    for (int i = 0; i < ENTRY_POINTS; i++) {
        find_provider(entry_points[i], provider);
        if (i == 0) {
            snprintf(hello->library, sizeof hello->library, "%s", provider);
        }
        if (library && strcmp(provider, expected) != 0) {
            doubt(hello, "%s comes from '%s', not from '%s'", entry_points[i], provider, expected);
        } else if (!library && strcmp(provider, hello->library) != 0) {
            doubt(hello, "malloc comes from '%s', but %s from '%s'", hello->library,
                  entry_points[i], provider);
        }
    }
}

struct build_id_search {
    const void *address;
    char *text;
    size_t size;
};

static void format_build_id(const ElfW(Nhdr) * note, struct build_id_search *search)
{
    const unsigned char *bytes = (const unsigned char *)(note + 1) + ((note->n_namesz + 3) & ~3u);
    for (size_t i = 0; i < note->n_descsz && 2 * i + 2 < search->size; i++) {
        sprintf(search->text + 2 * i, "%02x", bytes[i]);
    }
}

static bool object_holds(const struct dl_phdr_info *object, uintptr_t address)
{
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        uintptr_t start = object->dlpi_addr + segment->p_vaddr;
        if (segment->p_type == PT_LOAD && address >= start && address - start < segment->p_memsz) {
            return true;
        }
    }
    return false;
}

static int find_build_id(struct dl_phdr_info *object, size_t size, void *context)
{
    (void)size;
    struct build_id_search *search = context;
    if (!object_holds(object, (uintptr_t)search->address)) {
        return 0;
    }
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type != PT_NOTE) {
            continue;
        }
        uintptr_t at = object->dlpi_addr + segment->p_vaddr, end = at + segment->p_memsz;
        while (at + sizeof(ElfW(Nhdr)) <= end) {
            const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)at;
            if (note->n_type == NT_GNU_BUILD_ID) {
                format_build_id(note, search);
                return 1;
            }
            at += sizeof *note + ((note->n_namesz + 3) & ~3u) + ((note->n_descsz + 3) & ~3u);
        }
    }
    return 1;
}

/* glibc counts what its own malloc has given out: that moves if, and only if, it serves us. Its
 * mallinfo2 is taken by libc's own handle: scudo brings another, which dlsym would find first. */
static void prove_behaviour(struct wire_hello *hello, bool is_glibc)
{
    enum { BLOCKS = 8, SIZE = 3000 };
    void *libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
    struct mallinfo2 (*usage)(void) = libc ? dlsym(libc, "mallinfo2") : NULL;
    if (!usage) {
        doubt(hello, "glibc's mallinfo2 was not found");
        return;
    }
    void *blocks[BLOCKS];
    size_t before = usage().uordblks;
    for (int i = 0; i < BLOCKS; i++) {
        blocks[i] = malloc(SIZE);
        /* Or the compiler may leave out blocks that nobody uses. */
        __asm__ volatile("" : : "r"(blocks[i]) : "memory");
    }
    size_t grown = usage().uordblks - before;
    for (int i = 0; i < BLOCKS; i++) {
        free(blocks[i]);
    }
    dlclose(libc);
    if (is_glibc && grown < (size_t)BLOCKS * SIZE) {
        doubt(hello, "glibc's own count does not move when malloc is called");
    } else if (!is_glibc && grown != 0) {
        doubt(hello, "glibc's own count moves when malloc is called, so glibc serves it");
    }
}

static void identify(struct wire_hello *hello)
{
    const struct allocator_family *family = allocator_detect(hello->library);
    snprintf(hello->family, sizeof hello->family, "%s", family ? family->name : "unknown");
    if (!family) {
        return;
    }
    if (family->version(hello->version, sizeof hello->version)) {
        doubt(hello, "%s does not tell its version", family->name);
    }
    if (family->settings) {
        family->settings(hello->settings, sizeof hello->settings);
    }
}

void proof_make(struct wire_hello *hello, const char *library)
{
    memset(hello, 0, sizeof *hello);
    prove_entry_points(hello, library);
    identify(hello);
    bool is_glibc = strcmp(hello->family, "glibc") == 0;
    if (!library && !is_glibc) {
        doubt(hello, "malloc comes from '%s', not from glibc", hello->library);
    }
    prove_behaviour(hello, is_glibc);

    char path[PATH_MAX];
    struct build_id_search search = {.address = find_provider("malloc", path),
                                     .text = hello->build_id,
                                     .size = sizeof hello->build_id};
    dl_iterate_phdr(find_build_id, &search);
    hello->proved = hello->doubt[0] == '\0';
}
