/* A setting: one malloc configuration, named, with the library that brings it, proved.
 *
 * Each is tried in a short-lived worker before anything is measured: that run tells the library's
 * path, build-id and version, and whether the preload really takes. */
#pragma once

#include <stdbool.h>

#include "allocator.h"
#include "base/error.h"
#include "base/text.h"
#include "measure/wire.h"

struct setting {
    char *name;
    const struct allocator *allocator; /* NULL for a library given by its path */
    char *library;                     /* absolute path to preload; NULL for glibc */
    struct text_list environment;      /* "NAME=VALUE": what makes the setting */
    bool is_available;
    char *reason;              /* why it is not available, one line; NULL if it is */
    char *hint;                /* what would help; NULL or ""  */
    struct text_list warnings; /* what in its environment cannot be checked, one line each */
    struct wire_hello proof;   /* as the short-lived worker proved it; if available */
};

/* Parses one -a value: a comma list of names, or one definition NAME=BASE[;ENV=VALUE]...; appends
 * to the array. Unknown names and misspelt knobs (plan/knobs.h) are errors; a library that is
 * missing is a setting that is not available. */
int setting_parse(const char *text, struct setting **settings, size_t *count, struct error *err);

/* Whether a setting of one's own may have that name: 1 to 64 letters, digits, '.', '_', '-'. */
bool setting_is_name(const char *name);

/* All stock settings whose library is installed. */
int setting_defaults(struct setting **settings, size_t *count, struct error *err);

/* The setting of one listed allocator, tried. */
int setting_of_allocator(struct setting *setting, const struct allocator *allocator,
                         struct error *err);

void setting_clear(struct setting *setting);
