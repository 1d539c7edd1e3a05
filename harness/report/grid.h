/* A grid of cells as aligned lines of text: the only file that knows libsmartcols.
 *
 * The first column is set left, the others right. Nothing is ever cut or wrapped: whoever fills a
 * grid asks for its width and leaves columns out if it is too much. Column widths follow the
 * locale's charset (LC_CTYPE), so text must be plain ASCII where that is not UTF-8. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct grid_cell {
    char *text;
    const char *color; /* an escape sequence, or NULL */
};

struct grid {
    size_t columns;
    struct grid_cell *cells; /* row by row */
    size_t count;
};

/* Puts the next cell; takes over `text`, which was allocated. */
void grid_put(struct grid *grid, char *text, const char *color);

/* The lines, each ended by a line feed, without trailing blanks; the caller frees them. */
char *grid_text(const struct grid *grid, const char *gap, bool color);

/* Terminal columns that the widest line of a text takes. */
size_t grid_width(const char *text);

void grid_clear(struct grid *grid);
