/* Running text for the terminal: captions, paragraphs wrapped at a width, and the end of what
 * others printed.
 *
 * All text is tamed on its way: see utf8_tame. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define PROSE_BOLD "\033[1m"
#define PROSE_DIM "\033[2m"
#define PROSE_RED "\033[31m"
#define PROSE_GREEN "\033[32m"
#define PROSE_YELLOW "\033[33m"
#define PROSE_PLAIN "\033[0m"

struct prose {
    FILE *out;
    unsigned width; /* columns */
    bool color;     /* otherwise no escape sequence may leave */
    bool ascii;     /* nothing beyond ASCII may leave */
};

/* A tamed copy; the caller frees it. */
char *prose_tame(const struct prose *prose, const char *text);

/* Prints a paragraph: the first line begins in column `first`, the others in column `indent`. A
 * word longer than a line stands on its own, uncut: a path can be copied. Empty text prints
 * nothing. */
void prose_wrap(const struct prose *prose, unsigned first, unsigned indent, const char *text);
/* The same in a colour (one of the above, or several, or ""). */
void prose_paint(const struct prose *prose, const char *color, unsigned first, unsigned indent,
                 const char *text);
/* The same from the first column on. */
void prose_caption(const struct prose *prose, const char *color, const char *text);

/* Prints a word of ours, and behind it, from column `indent` on, what it means. */
void prose_define(const struct prose *prose, const char *word, unsigned indent,
                  const char *meaning);

/* Prints at most the last `lines` lines, each behind `margin` and cut to a sane length. */
void prose_quote(const struct prose *prose, const char *margin, const char *text, size_t length,
                 unsigned lines);
