/* The keys of a plan's file: what may stand where, and the errors that name the dotted path.
 *
 * Every part of a plan is checked and taken by these. Each error reads "the plan's file: the dotted
 * path: what is wrong", so a function takes the path of what it looks at; it returns -1 then. */
#pragma once

#include <jansson.h>

#include "plan/options.h"

struct planfile_reader {
    struct options *options; /* what the plan is taken over into */
    struct error *err;
};

/* What a value may be, as a sum. */
enum { PLANFILE_TEXT = 1, PLANFILE_WHOLE = 2, PLANFILE_NUMBER = 4, PLANFILE_FLAG = 8 };

/* "the plan's file: the dotted path: " in front of an error that is set. */
int planfile_keys_at(struct planfile_reader *reader, const char *path);

/* An error at the path, with a hint. */
__attribute__((format(printf, 4, 5))) int planfile_keys_fail(struct planfile_reader *reader,
                                                             const char *path, const char *hint,
                                                             const char *format, ...);

/* The path of a key in a table at `path`, as one writes it: bare, or in quotes. The caller frees
 * it. */
char *planfile_keys_join(const char *path, const char *key);

/* "a table", "a list" and so on. */
const char *planfile_keys_type(const json_t *value);

/* That it is a table, else `form` says what to write; and that a table has no keys but these. */
int planfile_keys_check_table(struct planfile_reader *reader, const char *path, const json_t *value,
                              const char *form);
int planfile_keys_check(struct planfile_reader *reader, const char *path, json_t *table,
                        const char *const *known, size_t count);

/* A value as one would give it on the command line, which the caller frees; NULL and an error if it
 * is of none of these kinds. */
char *planfile_keys_take_value(struct planfile_reader *reader, const char *path,
                               const json_t *value, int kinds);

/* A text of a table: into `target` if the key is there. */
int planfile_keys_take(struct planfile_reader *reader, const char *path, const json_t *table,
                       const char *key, char **target);
