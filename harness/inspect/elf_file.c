#include "inspect/elf_file.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"

/* A table of the file, or NULL if it does not lie in it whole. */
static const void *table_at(const struct elf_file *file, uint64_t offset, uint64_t count,
                            size_t size)
{
    bool is_inside = offset <= file->size && count <= (file->size - offset) / size;
    return is_inside && offset % 8 == 0 ? file->bytes + offset : NULL;
}

static const Elf64_Ehdr *header_of(const struct elf_file *file)
{
    return (const Elf64_Ehdr *)file->bytes;
}

static const Elf64_Phdr *program_headers(const struct elf_file *file, size_t *count)
{
    const Elf64_Ehdr *header = header_of(file);
    *count = header->e_phnum;
    return table_at(file, header->e_phoff, header->e_phnum, sizeof(Elf64_Phdr));
}

static bool is_elf(const struct elf_file *file)
{
    const Elf64_Ehdr *header = header_of(file);
    return file->size >= sizeof *header && memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
           header->e_ident[EI_CLASS] == ELFCLASS64 && header->e_phentsize == sizeof(Elf64_Phdr);
}

/* The segment that was mapped from this offset tells how far the file was moved. */
static int find_bias(struct elf_file *file, const struct mapping *mapping)
{
    size_t count;
    const Elf64_Phdr *headers = program_headers(file, &count);
    for (size_t i = 0; headers && i < count; i++) {
        uint64_t page = headers[i].p_offset & ~(uint64_t)(IMAGE_PAGE - 1);
        if (headers[i].p_type == PT_LOAD && page == mapping->offset) {
            file->bias = mapping->start - (headers[i].p_vaddr & ~(uint64_t)(IMAGE_PAGE - 1));
            return 0;
        }
    }
    return -1;
}

static int map_file(struct elf_file *file, const struct image *image, const char *path)
{
    cleanup_free char *seen = text_format("%s%s", image_root(image), path);
    cleanup_close int descriptor = open(seen, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) || !S_ISREG(status.st_mode) ||
        status.st_size < (off_t)sizeof(Elf64_Ehdr)) {
        return -1;
    }
    file->size = (size_t)status.st_size;
    void *bytes = mmap(NULL, file->size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    file->bytes = bytes == MAP_FAILED ? NULL : bytes;
    return file->bytes ? 0 : -1;
}

int elf_file_open(struct elf_file *file, const struct image *image, const struct mapping *mapping)
{
    *file = (struct elf_file){0};
    if (mapping->path[0] != '/' || map_file(file, image, mapping->path)) {
        return -1;
    }
    if (!is_elf(file) || find_bias(file, mapping)) {
        elf_file_close(file);
        return -1;
    }
    return 0;
}

void elf_file_close(struct elf_file *file)
{
    if (file->bytes) {
        munmap((void *)file->bytes, file->size);
    }
    *file = (struct elf_file){0};
}

const struct mapping *elf_file_find(const struct image *image, const char *name)
{
    for (size_t i = 0; i < image->mapping_count; i++) {
        const struct mapping *mapping = &image->mappings[i];
        if (mapping->path[0] == '/' && text_starts_with(file_basename(mapping->path), name)) {
            return mapping;
        }
    }
    return NULL;
}

static uint64_t symbol_in(const struct elf_file *file, const Elf64_Shdr *symbols_header,
                          const Elf64_Shdr *names_header, const char *name)
{
    size_t count = symbols_header->sh_size / sizeof(Elf64_Sym);
    const Elf64_Sym *symbols = table_at(file, symbols_header->sh_offset, count, sizeof *symbols);
    if (!symbols || names_header->sh_offset > file->size ||
        names_header->sh_size > file->size - names_header->sh_offset) {
        return 0;
    }
    const char *names = (const char *)file->bytes + names_header->sh_offset;
    size_t length = strlen(name) + 1;
    for (size_t i = 0; i < count; i++) {
        if (symbols[i].st_shndx != SHN_UNDEF && symbols[i].st_name < names_header->sh_size &&
            names_header->sh_size - symbols[i].st_name >= length &&
            memcmp(names + symbols[i].st_name, name, length) == 0) {
            return file->bias + symbols[i].st_value;
        }
    }
    return 0;
}

uint64_t elf_file_symbol(const struct elf_file *file, const char *name)
{
    const Elf64_Ehdr *header = header_of(file);
    const Elf64_Shdr *sections =
        table_at(file, header->e_shoff, header->e_shnum, sizeof(Elf64_Shdr));
    for (size_t i = 0; sections && i < header->e_shnum; i++) {
        if (sections[i].sh_type == SHT_DYNSYM && sections[i].sh_link < header->e_shnum) {
            return symbol_in(file, &sections[i], &sections[sections[i].sh_link], name);
        }
    }
    return 0;
}

const void *elf_file_data(const struct elf_file *file, uint64_t address, size_t size)
{
    size_t count;
    const Elf64_Phdr *headers = program_headers(file, &count);
    for (size_t i = 0; headers && i < count; i++) {
        uint64_t start = file->bias + headers[i].p_vaddr;
        if (headers[i].p_type == PT_LOAD && address >= start &&
            address - start + size <= headers[i].p_filesz &&
            headers[i].p_offset + headers[i].p_filesz <= file->size) {
            return file->bytes + headers[i].p_offset + (address - start);
        }
    }
    return NULL;
}

static uint64_t symbol_behind(const struct image *image, const struct mapping *mapping,
                              const char *name)
{
    struct elf_file file;
    uint64_t address = 0;
    if (mapping && elf_file_open(&file, image, mapping) == 0) {
        address = elf_file_symbol(&file, name);
        elf_file_close(&file);
    }
    return address;
}

uint64_t elf_file_symbol_of(const struct image *image, const char *library, const char *name)
{
    return symbol_behind(image, elf_file_find(image, library), name);
}

/* Whether this mapping is the first one of its file: each file is looked at once. */
static bool is_first(const struct image *image, size_t index)
{
    const struct mapping *mapping = &image->mappings[index];
    return mapping->path[0] == '/' && mapping->offset == 0 &&
           (index == 0 || strcmp(mapping[-1].path, mapping->path) != 0);
}

uint64_t elf_file_symbol_anywhere(const struct image *image, const char *name)
{
    uint64_t address = 0;
    for (size_t i = 0; address == 0 && i < image->mapping_count; i++) {
        if (is_first(image, i)) {
            address = symbol_behind(image, &image->mappings[i], name);
        }
    }
    return address;
}

static uint64_t page_up(uint64_t address)
{
    return (address + IMAGE_PAGE - 1) & ~(uint64_t)(IMAGE_PAGE - 1);
}

/* Up to the first whole page, the variables share a page with .data, which is the file's. */
static void take_bss(struct survey *survey, const struct elf_file *file)
{
    size_t count;
    const Elf64_Phdr *headers = program_headers(file, &count);
    for (size_t i = 0; headers && i < count; i++) {
        if (headers[i].p_type == PT_LOAD && headers[i].p_memsz > headers[i].p_filesz) {
            uint64_t start = file->bias + headers[i].p_vaddr;
            survey_take(survey, METRIC_OWNER_BSS, page_up(start + headers[i].p_filesz),
                        page_up(start + headers[i].p_memsz));
        }
    }
}

void elf_file_survey(struct survey *survey)
{
    for (size_t i = 0; i < survey->image->mapping_count; i++) {
        struct elf_file file;
        if (is_first(survey->image, i) &&
            elf_file_open(&file, survey->image, &survey->image->mappings[i]) == 0) {
            take_bss(survey, &file);
            elf_file_close(&file);
        }
    }
}
