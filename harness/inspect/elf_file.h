/* The programs and libraries of an image, as their files on disk describe them: where their symbols
 * lie, and where their zero-initialised variables.
 *
 * Read from the file and not from memory: symbol tables are mostly not resident, and asking for
 * them would make them so. A file that was replaced since it was mapped is not noticed. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "inspect/survey.h"

struct elf_file {
    const unsigned char *bytes; /* the whole file, mapped */
    size_t size;
    uint64_t bias; /* what is added to the file's addresses */
};

/* Opens the file behind a mapping. Returns 0, or -1 if it is no 64-bit ELF file or not there. */
int elf_file_open(struct elf_file *file, const struct image *image, const struct mapping *mapping);
void elf_file_close(struct elf_file *file);

/* The first mapping of the file whose basename starts with `name`, or NULL. */
const struct mapping *elf_file_find(const struct image *image, const char *name);

/* Address of an exported symbol in the process, or 0. */
uint64_t elf_file_symbol(const struct elf_file *file, const char *name);

/* The same in the first file whose basename starts with `library`, or 0. */
uint64_t elf_file_symbol_of(const struct image *image, const char *library, const char *name);

/* The same in whatever file exports it first, or 0; slow. */
uint64_t elf_file_symbol_anywhere(const struct image *image, const char *name);

/* What the file holds for an address of the process: constants need not be resident. NULL if it is
 * not in the file. */
const void *elf_file_data(const struct elf_file *file, uint64_t address, size_t size);

/* Adds the bss of every file to METRIC_OWNER_BSS. By the program headers, not by what lies behind a
 * file's mapping: an arena may lie there. */
void elf_file_survey(struct survey *survey);
