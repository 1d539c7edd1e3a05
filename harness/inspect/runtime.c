#include "inspect/runtime.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "measure/cpython.h"

/* No list of a sound interpreter is longer; a torn one may be a ring. */
enum { LIST_MOST = 1 << 20 };

struct elf {
    const uint8_t *bytes;
    size_t size;
};

static bool elf_open(struct elf *elf, const char *path)
{
    cleanup_close int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) || status.st_size < (off_t)sizeof(Elf64_Ehdr)) {
        return false;
    }
    void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (bytes == MAP_FAILED) {
        return false;
    }
    *elf = (struct elf){.bytes = bytes, .size = (size_t)status.st_size};
    return true;
}

static void elf_close(struct elf *elf)
{
    munmap((void *)elf->bytes, elf->size);
}

/* A part of the file, or NULL where it is shorter: it may be any file. */
static const void *elf_part(const struct elf *elf, uint64_t offset, uint64_t size)
{
    return offset <= elf->size && size <= elf->size - offset ? elf->bytes + offset : NULL;
}

static const Elf64_Ehdr *elf_header(const struct elf *elf)
{
    const Elf64_Ehdr *header = elf_part(elf, 0, sizeof *header);
    bool is_elf = header && memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
                  header->e_ident[EI_CLASS] == ELFCLASS64;
    return is_elf ? header : NULL;
}

/* The segment number `index` that is loaded, or NULL behind the last. */
static const Elf64_Phdr *elf_load(const struct elf *elf, size_t index)
{
    const Elf64_Ehdr *header = elf_header(elf);
    const Elf64_Phdr *segments =
        header ? elf_part(elf, header->e_phoff, header->e_phnum * sizeof *segments) : NULL;
    for (size_t i = 0; segments && i < header->e_phnum; i++) {
        if (segments[i].p_type == PT_LOAD && index-- == 0) {
            return &segments[i];
        }
    }
    return NULL;
}

static const Elf64_Shdr *elf_sections(const struct elf *elf)
{
    const Elf64_Ehdr *header = elf_header(elf);
    return header ? elf_part(elf, header->e_shoff, header->e_shnum * sizeof(Elf64_Shdr)) : NULL;
}

/* The value of a dynamic symbol, as linked; 0 if it has none. */
static uint64_t elf_symbol(const struct elf *elf, const char *name)
{
    const Elf64_Shdr *sections = elf_sections(elf);
    size_t count = sections ? elf_header(elf)->e_shnum : 0;
    for (size_t i = 0; i < count; i++) {
        const Elf64_Shdr *section = &sections[i];
        if (section->sh_type != SHT_DYNSYM || section->sh_link >= count) {
            continue;
        }
        const Elf64_Shdr *names = &sections[section->sh_link];
        const Elf64_Sym *symbols = elf_part(elf, section->sh_offset, section->sh_size);
        size_t size = strlen(name) + 1;
        for (size_t s = 0; symbols && s < section->sh_size / sizeof *symbols; s++) {
            const char *at = elf_part(elf, names->sh_offset + symbols[s].st_name, size);
            if (symbols[s].st_shndx != SHN_UNDEF && at && memcmp(at, name, size) == 0) {
                return symbols[s].st_value;
            }
        }
    }
    return 0;
}

/* The number in the file that is loaded at an address, as linked. */
static uint32_t elf_number(const struct elf *elf, uint64_t address)
{
    const Elf64_Phdr *segment;
    for (size_t i = 0; (segment = elf_load(elf, i)); i++) {
        if (address >= segment->p_vaddr && address - segment->p_vaddr < segment->p_filesz) {
            const void *at =
                elf_part(elf, segment->p_offset + address - segment->p_vaddr, sizeof(uint32_t));
            uint32_t number = 0;
            if (at) {
                memcpy(&number, at, sizeof number);
            }
            return number;
        }
    }
    return 0;
}

/* Fills what the file tells, moved to where it is mapped. */
static bool from_file(struct runtime *runtime, const struct elf *elf, uint64_t mapped)
{
    const Elf64_Phdr *first = elf_load(elf, 0);
    uint64_t symbol = elf_symbol(elf, "_PyRuntime");
    if (!first || symbol == 0 ||
        elf_number(elf, elf_symbol(elf, "Py_Version")) >> 16 != CPYTHON_VERSION) {
        return false;
    }
    uint64_t base = mapped - first->p_vaddr / IMAGE_PAGE * IMAGE_PAGE;
    *runtime = (struct runtime){.address = base + symbol,
                                .type = base + elf_symbol(elf, "PyType_Type")};
    const Elf64_Phdr *segment;
    for (size_t i = 0; (segment = elf_load(elf, i)); i++) {
        if (symbol >= segment->p_vaddr && symbol - segment->p_vaddr < segment->p_memsz) {
            runtime->data_start = base + segment->p_vaddr;
            runtime->data_end = runtime->data_start + segment->p_memsz;
        }
    }
    return runtime->data_end > 0;
}

/* Python lies in the executable, which is the lowest of all files that are mapped, or in
 * libpython. */
static bool may_be_python(const struct image *image, size_t index)
{
    const struct mapping *mapping = &image->mappings[index];
    if (mapping->path[0] != '/' || mapping->offset != 0) {
        return false;
    }
    for (size_t i = 0; i < index; i++) {
        if (image->mappings[i].path[0] == '/') {
            return text_starts_with(file_basename(mapping->path), "libpython");
        }
    }
    return true;
}

bool runtime_find(struct runtime *runtime, struct image *image)
{
    *runtime = (struct runtime){0};
    for (size_t i = 0; i < image->mapping_count && runtime->address == 0; i++) {
        struct elf elf;
        if (may_be_python(image, i) && elf_open(&elf, image->mappings[i].path)) {
            from_file(runtime, &elf, image->mappings[i].start);
            elf_close(&elf);
        }
    }
    if (runtime->address != 0) {
        runtime->interpreter = image_word(image, runtime->address + CPYTHON_RUNTIME_INTERPRETERS);
    }
    return runtime->interpreter != 0;
}

/* Calls for the address of each thread state. */
static void each_state(struct image *image,
                       void (*callback)(struct image *image, uint64_t state, void *context),
                       void *context)
{
    struct runtime runtime;
    if (!runtime_find(&runtime, image)) {
        return;
    }
    size_t left = LIST_MOST;
    for (uint64_t interpreter = runtime.interpreter; interpreter != 0 && left > 0;
         interpreter = image_word(image, interpreter + CPYTHON_INTERPRETER_NEXT), left--) {
        for (uint64_t state = image_word(image, interpreter + CPYTHON_INTERPRETER_THREADS);
             state != 0 && left > 0; state = image_word(image, state + CPYTHON_THREAD_NEXT)) {
            callback(image, state, context);
            left--;
        }
    }
}

static void take_stack(struct image *image, uint64_t state, void *context)
{
    struct survey *survey = context;
    uint64_t chunk = image_word(image, state + CPYTHON_THREAD_DATASTACK);
    for (size_t left = LIST_MOST; chunk != 0 && left > 0; left--) {
        uint64_t size = image_word(image, chunk + CPYTHON_CHUNK_SIZE);
        if (chunk % IMAGE_PAGE != 0 || size == 0 || size % IMAGE_PAGE != 0) {
            return;
        }
        survey_take(survey, METRIC_OWNER_OTHER, chunk, chunk + size);
        chunk = image_word(image, chunk + CPYTHON_CHUNK_PREVIOUS);
    }
}

void runtime_survey(struct survey *survey)
{
    each_state(survey->image, take_stack, survey);
}

struct thread_listener {
    void (*callback)(uint64_t pthread, pid_t tid, void *context);
    void *context;
};

static void tell_thread(struct image *image, uint64_t state, void *context)
{
    const struct thread_listener *listener = context;
    listener->callback(image_word(image, state + CPYTHON_THREAD_ID),
                       (pid_t)image_word(image, state + CPYTHON_THREAD_NATIVE_ID),
                       listener->context);
}

void runtime_each_thread(struct image *image,
                         void (*callback)(uint64_t pthread, pid_t tid, void *context),
                         void *context)
{
    struct thread_listener listener = {callback, context};
    each_state(image, tell_thread, &listener);
}
