/* Names and tables made to fit a terminal: what is too long is cut in its middle, what is too wide
 * is continued below.
 *
 * Columns are what the locale's charset says (LC_CTYPE): a wide character takes two. */
#pragma once

#include "report/grid.h"
#include "report/prose.h"

/* A copy that others' text may leave in (see utf8_tame) and that takes at most `columns` columns,
 * an ellipsis in the place of what is left out: both ends of a name tell it from others. What the
 * locale cannot print is '?'. The caller frees it. */
char *fit_text(const char *text, size_t columns, bool ascii);

/* The grid's lines (see grid_text), none of them wider than `width`, which is at least 20. If the
 * whole is too wide, the names in the first column are cut, though not to less than a quarter of
 * the width; then the other columns go into several tables, each with the names, one below the
 * other. */
char *fit_grid(const struct grid *grid, const char *gap, bool color, size_t width, bool ascii);

/* Prints the grid if it fits as it is, or if it `must`, as above. Returns whether it did. */
bool fit_print(const struct grid *grid, const char *gap, const struct prose *prose, bool must);
