/* The table of allocators. Its order is the order of every list and table. */
#include "allocator.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "families.h"

const struct allocator *const allocator_table[] = {
    &allocator_glibc,
    &allocator_glibc_arena1,
    &allocator_glibc_tuned,
    &allocator_tcmalloc,
    &allocator_tcmalloc_minimal,
    &allocator_tcmalloc_aggressive,
    &allocator_jemalloc,
    &allocator_jemalloc_background,
    &allocator_mimalloc,
    &allocator_tbbmalloc,
    &allocator_scudo,
};

const size_t allocator_count = sizeof allocator_table / sizeof *allocator_table;

const struct allocator *allocator_find(const char *name)
{
    for (size_t i = 0; i < allocator_count; i++) {
        if (strcmp(allocator_table[i]->name, name) == 0) {
            return allocator_table[i];
        }
    }
    return NULL;
}

const struct allocator_family *allocator_family_find(const char *name)
{
    for (size_t i = 0; i < allocator_count; i++) {
        if (strcmp(allocator_table[i]->family->name, name) == 0) {
            return allocator_table[i]->family;
        }
    }
    return NULL;
}

const struct allocator_family *allocator_detect(const char *library)
{
    const char *slash = strrchr(library, '/');
    const char *basename = slash ? slash + 1 : library;
    if (strcmp(basename, "libc.so.6") == 0) {
        return allocator_glibc.family;
    }
    for (size_t i = 0; i < allocator_count; i++) {
        const struct allocator_family *family = allocator_table[i]->family;
        if (family->mark && allocator_symbol(family->mark)) {
            return family;
        }
    }
    return NULL;
}

void *allocator_symbol(const char *name)
{
    return dlsym(RTLD_DEFAULT, name);
}

const char *allocator_library(const char *function)
{
    Dl_info info;
    const void *address = allocator_symbol(function);
    return address && dladdr(address, &info) ? info.dli_fname : NULL;
}

void allocator_setting(char *text, size_t size, const char *name, long long value)
{
    size_t length = strlen(text);
    snprintf(text + length, size - length, "%s%s=%lld", length ? " " : "", name, value);
}
