#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"

void *text_allocate(size_t size)
{
    return text_grow(NULL, size, 1);
}

void *text_grow(void *pointer, size_t count, size_t size)
{
    void *grown = reallocarray(pointer, count ? count : 1, size);
    if (!grown) {
        fputs("membench: out of memory\n", stderr);
        abort();
    }
    return grown;
}

char *text_copy(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(text_allocate(size), text, size);
}

char *text_format(const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    return length < 0 ? text_copy("") : text;
}

void text_list_add(struct text_list *list, const char *text)
{
    list->items = text_grow(list->items, list->count + 2, sizeof *list->items);
    list->items[list->count++] = text_copy(text);
    list->items[list->count] = NULL;
}

void text_list_clear(struct text_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i]);
    }
    free(list->items);
    *list = (struct text_list){0};
}

void text_list_split(struct text_list *list, const char *text, char separator)
{
    const char *start = text;
    for (;;) {
        const char *end = strchrnul(start, separator);
        char *piece = text_format("%.*s", (int)(end - start), start);
        text_list_add(list, piece);
        free(piece);
        if (*end == '\0') {
            return;
        }
        start = end + 1;
    }
}

char *text_join(const struct text_list *list, const char *separator)
{
    char *joined = text_copy("");
    for (size_t i = 0; i < list->count; i++) {
        char *longer = text_format("%s%s%s", joined, i ? separator : "", list->items[i]);
        free(joined);
        joined = longer;
    }
    return joined;
}

bool text_starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

enum { LONGEST = 64 };

/* Levenshtein distance, letters compared without case; words longer than the table are far. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    if (n > LONGEST || m > LONGEST) {
        return LONGEST;
    }
    size_t row[LONGEST + 1];
    for (size_t j = 0; j <= m; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t substituted = diagonal + (strncasecmp(&a[i - 1], &b[j - 1], 1) != 0);
            size_t inserted = row[j - 1] + 1, deleted = row[j] + 1;
            diagonal = row[j];
            row[j] = substituted < inserted ? substituted : inserted;
            row[j] = row[j] < deleted ? row[j] : deleted;
        }
    }
    return row[m];
}

/* A name is near if a third of its letters, or two, are off, or if one begins with the other. */
static bool is_near(const char *word, const char *name)
{
    size_t length = strlen(word);
    size_t allowed = length / 3 > 2 ? length / 3 : 2;
    if (length >= 2 && (text_starts_with(name, word) || text_starts_with(word, name))) {
        return true;
    }
    return length <= LONGEST && allowed < length && edit_distance(word, name) <= allowed;
}

char *text_nearest(const char *word, const char *const *names, size_t count)
{
    enum { SHOWN = 3 };
    struct text_list near = {0};
    cleanup_free size_t *distances = text_allocate((count + 1) * sizeof *distances);
    for (size_t i = 0; i < count; i++) {
        distances[i] = edit_distance(word, names[i]);
    }
    for (size_t distance = 0; distance <= LONGEST && near.count < SHOWN; distance++) {
        for (size_t i = 0; i < count && near.count < SHOWN; i++) {
            if (distances[i] == distance && is_near(word, names[i])) {
                char *quoted = text_format("'%s'", names[i]);
                text_list_add(&near, quoted);
                free(quoted);
            }
        }
    }
    char *joined = near.count ? text_join(&near, ", ") : NULL;
    text_list_clear(&near);
    return joined;
}

int text_parse_whole(const char *text, int64_t low, int64_t high, int64_t *value)
{
    const char *digits = text + (*text == '-');
    if (*digits == '\0' || strspn(digits, "0123456789") != strlen(digits)) {
        return -1;
    }
    errno = 0;
    long long parsed = strtoll(text, NULL, 10);
    if (errno == ERANGE || parsed < low || parsed > high) {
        return -1;
    }
    *value = parsed;
    return 0;
}

int text_parse_number(const char *text, double low, double *value)
{
    char *end = NULL;
    if (*text == '\0' || strspn(text, "0123456789.eE+-") != strlen(text)) {
        return -1;
    }
    double parsed = strtod(text, &end);
    if (*end != '\0' || !isfinite(parsed) || parsed < low) {
        return -1;
    }
    *value = parsed;
    return 0;
}

int text_parse_size(const char *text, uint64_t *bytes)
{
    static const struct {
        const char *name;
        double bytes;
    } units[] = {{"", 1},         {"B", 1},      {"K", 0x1p10},   {"KiB", 0x1p10}, {"M", 0x1p20},
                 {"MiB", 0x1p20}, {"G", 0x1p30}, {"GiB", 0x1p30}, {"T", 0x1p40},   {"TiB", 0x1p40}};
    size_t length = strspn(text, "0123456789.");
    char number[64];
    if (length == 0 || length >= sizeof number) {
        return -1;
    }
    memcpy(number, text, length);
    number[length] = '\0';

    double value;
    if (text_parse_number(number, 0, &value)) {
        return -1;
    }
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcasecmp(text + length, units[i].name) == 0 && value * units[i].bytes < 0x1p53) {
            *bytes = (uint64_t)(value * units[i].bytes);
            return 0;
        }
    }
    return -1;
}

void text_place(char *buffer, size_t size, const char *text)
{
    snprintf(buffer, size, "%s", text);
}

void text_tame(char *text)
{
    for (unsigned char *c = (unsigned char *)text; *c; c++) {
        if (*c < 0x20 || *c == 0x7f) {
            *c = '?';
        }
    }
}
