/* Text: formatting into new memory, parsing what people type, and saying what they may have meant.
 *
 * Everything returned as `char *` is the caller's to free. Running out of memory for a few bytes of
 * text ends the process with a message: there is no way to go on that would measure anything. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* A growing list of strings it owns. `items` ends with a NULL, so it can serve as an argv. */
struct text_list {
    char **items;
    size_t count;
};

/* malloc, realloc that never return NULL. */
void *text_allocate(size_t size);
void *text_grow(void *pointer, size_t count, size_t size);

char *text_copy(const char *text);
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

void text_list_add(struct text_list *list, const char *text);
void text_list_clear(struct text_list *list);
/* Splits at every separator; empty pieces are kept. Adds to what is there. */
void text_list_split(struct text_list *list, const char *text, char separator);
char *text_join(const struct text_list *list, const char *separator);

bool text_starts_with(const char *text, const char *prefix);

/* The names nearest to `word` (at most three, by edit distance, quoted and comma-separated), or
 * NULL if none is near. */
char *text_nearest(const char *word, const char *const *names, size_t count);

/* A whole number in [low, high], decimal digits only. */
int text_parse_whole(const char *text, int64_t low, int64_t high, int64_t *value);
/* A finite number of at least `low`. */
int text_parse_number(const char *text, double low, double *value);
/* Bytes: a number with an optional KiB, MiB or GiB (or K, M, G). */
int text_parse_size(const char *text, uint64_t *bytes);

/* Copies into a fixed buffer, cutting at the end; always terminated. */
void text_place(char *buffer, size_t size, const char *text);

/* Replaces control characters (line feeds and tabs too) by '?', in place: what a workload says
 * must not steer a terminal. */
void text_tame(char *text);
