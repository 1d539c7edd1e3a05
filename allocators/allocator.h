/* Allocators as plug-ins: what membench knows of each malloc family, and the named settings of it.
 *
 * A new family is one file and one line in allocators.c; a new setting of a known family is a few
 * lines in that family's file. No allocator header is needed to build: a family's own functions are
 * found by dlsym at run time, in the process that runs on it. So every hook must be called in the
 * worker only, never in the supervisor. Hooks do not allocate.
 *
 * Trap: under a foreign malloc, glibc's mallinfo2, malloc_info and malloc_trim still resolve, to
 * glibc's own functions, which then know nothing (they answer 0 and release nothing). */
#pragma once

#include <stddef.h>

struct allocator_family {
    const char *name;
    /* A function that only this family exports; NULL for glibc, which is what remains. */
    const char *mark;
    /* Writes the version by the family's own call. Returns 0 or -1. Required. */
    int (*version)(char *text, size_t size);
    /* Writes the effective settings as "name=value name=value", read back from the allocator.
     * NULL if it does not tell. */
    void (*settings)(char *text, size_t size);
    /* Gives back to the system what it can, now, from the calling thread. Required. */
    void (*release)(void);
};

struct allocator {
    const char *name;
    const char *summary; /* one line, no full stop */
    const struct allocator_family *family;
    const char *const *sonames;     /* tried in this order; NULL for glibc */
    const char *package;            /* Debian's, which brings the library; NULL for glibc */
    const char *const *environment; /* "NAME=VALUE", NULL-terminated; NULL if none */
    int is_stock;                   /* the family as it comes: measured when no -a is given */
};

extern const struct allocator *const allocator_table[];
extern const size_t allocator_count;

/* The allocator of that name, or NULL. */
const struct allocator *allocator_find(const char *name);

/* The family that serves this process, told by the functions it exports; NULL if malloc comes from
 * `library` and that is neither glibc nor a family known here. Call it in the worker. */
const struct allocator_family *allocator_detect(const char *library);

/* For family files: a function of the running process by name, or NULL. */
void *allocator_symbol(const char *name);
/* For family files: appends "name=value" to a list of settings. */
void allocator_setting(char *text, size_t size, const char *name, long long value);
