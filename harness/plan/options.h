/* What the user asked for, as given: nothing is looked up yet. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum layout { LAYOUT_RANDOM, LAYOUT_FIXED };

/* CPython's own layer for objects up to 512 bytes: on, or every object through malloc. */
enum object_allocator { OBJECT_PYMALLOC, OBJECT_MALLOC, OBJECT_ALLOCATOR_COUNT };

struct options {
    struct text_list given;      /* long names of the options on the command line */
    struct text_list workloads;  /* paths, or names of shipped workloads */
    struct text_list arguments;  /* behind "--": for scripts */
    struct text_list allocators; /* each a list of names, or one definition NAME=BASE[;ENV=VALUE] */
    struct text_list parameters; /* "NAME=VALUE" */
    struct text_list environment; /* "NAME=VALUE" or "NAME", which is taken from the caller */
    bool use_object_allocator[OBJECT_ALLOCATOR_COUNT];
    unsigned runs;
    unsigned cycles;
    double settle;   /* seconds */
    double timeout;  /* seconds per trial; NAN: the workload's own, else 300 */
    double duration; /* seconds until a script gets KeyboardInterrupt; NAN: never */
    uint64_t seed;
    uint64_t memory_limit; /* bytes of the whole process tree */
    enum layout layout;
    bool no_huge_pages;
    bool tick;
    bool dump;      /* keep the allocator's own text about itself */
    bool census;    /* objects and bytes by type, at 'settled' */
    bool as_script; /* run the file as __main__ even if it defines run() */
    char *venv;     /* absolute, or NULL */
    const char *out;
    const char *db;     /* or NULL: membench.db in `out` */
    const char *resume; /* a run's id, or NULL */
    bool allow_changed; /* resume although a workload's file has changed */
    bool dry_run;
    bool quiet;
    bool no_color;
    bool help;
};

/* The name of an object allocator: "pymalloc" or "malloc". */
const char *options_object_allocator_name(enum object_allocator allocator);
const char *options_layout_name(enum layout layout);

/* The defaults of every option but `seed`, which is drawn anew. */
void options_init(struct options *options);
void options_clear(struct options *options);
