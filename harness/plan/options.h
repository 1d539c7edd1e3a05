/* What the user asked for, as given: nothing is looked up yet. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "plan/claim.h"
#include "plan/gate.h"

enum layout { LAYOUT_RANDOM, LAYOUT_FIXED };

/* CPython's own layer for objects up to 512 bytes: on, or every object through malloc. */
enum object_allocator { OBJECT_PYMALLOC, OBJECT_MALLOC, OBJECT_ALLOCATOR_COUNT };

/* With -n auto. Until a later look asks for more, as many as the first look sees. */
enum { OPTIONS_AUTO_RUNS = 8 };
/* And as many as the last look sees. */
enum { OPTIONS_MOST_AUTO_RUNS = 20 };

/* A workload of a plan, with parameters of its own. */
struct workload_order {
    char *path;                  /* or the name of a shipped one */
    char *name;                  /* or "": the file's */
    char *origin;                /* where it was ordered, for errors: "ci.toml: workload[2]" */
    struct text_list parameters; /* "NAME=VALUE" */
};

struct options {
    struct text_list given;      /* long names of the options on the command line */
    struct text_list workloads;  /* paths, or names of shipped workloads */
    struct text_list arguments;  /* behind "--": for scripts */
    struct text_list allocators; /* each a list of names, or one definition NAME=BASE[;ENV=VALUE] */
    struct text_list parameters; /* "NAME=VALUE" */
    struct text_list environment; /* "NAME=VALUE" or "NAME", which is taken from the caller */
    bool use_object_allocator[OBJECT_ALLOCATOR_COUNT];
    struct workload_order *orders; /* a plan's; `workloads` go before them */
    size_t order_count;
    struct claim *claims;
    size_t claim_count;
    struct gate *gates;
    size_t gate_count;
    char *plan_path;           /* as given, absolute once it was read; or NULL */
    char *plan_json;           /* what planfile.h read from it, or NULL */
    char *title, *description; /* of the plan; NULL or "" */
    unsigned runs;
    bool has_runs;  /* somebody asked for a number of them, or for auto */
    bool runs_auto; /* as many as the verdicts need; `runs` is what is certain */
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
    const char *db;           /* or NULL: membench.db in `out` */
    const char *resume;       /* a run's id, or NULL */
    const char *again;        /* a run's id, or NULL */
    const char *baseline;     /* a file, or NULL: what the run is held against */
    const char *control;      /* of `compare`: an allocator, or NULL */
    const char *csv;          /* of `compare`: a file to write, or NULL */
    struct text_list formats; /* of the report, besides what is always written */
    bool json;                /* print the report as JSON, and nothing else */
    bool allow_changed;       /* resume or repeat although a file has changed */
    bool dry_run;
    bool bisect; /* the exit status is for `git bisect run` */
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

/* Whether the command line has the option of this long name. */
bool options_is_given(const struct options *options, const char *name);

/* Adds an empty one, to be filled in. */
struct workload_order *options_add_order(struct options *options);
struct gate *options_add_gate(struct options *options);
/* Adds a claim; title and source may be NULL. */
int options_add_claim(struct options *options, const char *text, const char *title,
                      const char *source, struct error *err);

/* What both the command line and a plan may set, each from its text. */
int options_set_object_allocator(struct options *options, const char *value, struct error *err);
int options_set_runs(struct options *options, const char *value, struct error *err);
int options_set_cycles(struct options *options, const char *value, struct error *err);
int options_set_settle(struct options *options, const char *value, struct error *err);
int options_set_timeout(struct options *options, const char *value, struct error *err);
int options_set_duration(struct options *options, const char *value, struct error *err);
int options_set_seed(struct options *options, const char *value, struct error *err);
int options_set_layout(struct options *options, const char *value, struct error *err);
int options_set_thp(struct options *options, const char *value, struct error *err);
int options_set_memory_limit(struct options *options, const char *value, struct error *err);

/* When all is set: where nobody asked for a number of runs, claims and gates make it auto. */
void options_choose_runs(struct options *options);
