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
#include <stdint.h>

/* How a misspelt knob of a family can be seen before anything is measured. */
enum allocator_check {
    ALLOCATOR_SILENT,    /* not at all: a value that is not read back is a doubt */
    ALLOCATOR_COMPLAINS, /* it says so on stderr when it starts */
    ALLOCATOR_LISTS,     /* as above, and asked by MIMALLOC_VERBOSE it lists its options */
    ALLOCATOR_TUNABLES,  /* ld.so lists the tunables of glibc and their values */
};

/* A variable of the environment that a family reads. */
struct allocator_knob {
    const char *variable;
    const char *shown; /* its name where it is read back; NULL if it is not */
};

/* What a family says of itself, bytes; -1 where it does not tell. It is a witness beside the
 * reading from outside, not the truth: `live` and `pinned` may be pages that were never touched. */
struct allocator_account {
    int64_t live;       /* blocks handed out, whole usable sizes, caches of free blocks left out */
    int64_t releasable; /* what release() would give back now: free, in whole pages, resident */
    int64_t pinned;     /* free, but release() leaves it: caches, partly used spans and slabs */
    int64_t fresh;      /* of pinned: at most so much may never have been touched */
    int64_t metadata;   /* as far as resident */
    int64_t resident;   /* all that it has not given back: at most so much is resident */
};

#define ALLOCATOR_ACCOUNT_UNKNOWN ((struct allocator_account){-1, -1, -1, -1, -1, -1})

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
    /* Fills in what it tells of its account, without allocating; what it does not tell stays as it
     * was. NULL if it has none. */
    void (*account)(struct allocator_account *account);
    /* Writes the family's own text about itself to a descriptor; may allocate. NULL if none. */
    void (*dump)(int descriptor);

    enum allocator_check check;
    const char *prefix;                 /* of its variables: "TCMALLOC_" */
    const struct allocator_knob *knobs; /* ends with {0}; NULL if it lists them itself */
    const char *const *options;         /* names within a variable's value, for hints; or NULL */
    const char *const *complaints;      /* parts of the lines that it prints about bad knobs */
};

struct allocator {
    const char *name;
    const char *summary; /* one line, no full stop */
    const struct allocator_family *family;
    /* Tried in this order: sonames, which ld.so looks up, or absolute paths with * in them where
     * the library is in none of its directories (of several matches, the highest version). NULL for
     * glibc. */
    const char *const *sonames;
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

/* The family of that name, or NULL. */
const struct allocator_family *allocator_family_find(const char *name);

/* For family files: a function of the running process by name, or NULL. */
void *allocator_symbol(const char *name);
/* For family files: the path of the library that a function comes from, or NULL. */
const char *allocator_library(const char *function);
/* For family files: appends "name=value" to a list of settings. */
void allocator_setting(char *text, size_t size, const char *name, long long value);
