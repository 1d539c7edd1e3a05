#include "report/fit.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "base/utf8.h"

/* The columns of a character, and the bytes it takes. */
static size_t columns_at(const char *text, const char *end, size_t *taken)
{
    uint32_t character;
    *taken = utf8_decode(text, (size_t)(end - text), &character);
    int columns = wcwidth((wchar_t)character);
    return columns > 0 ? (size_t)columns : 0;
}

/* In place. */
static void replace_unprintable(char *text)
{
    char *to = text;
    for (const char *from = text, *end = text + strlen(text); from < end;) {
        uint32_t character;
        size_t taken = utf8_decode(from, (size_t)(end - from), &character);
        if (wcwidth((wchar_t)character) < 0) {
            *to++ = '?';
        } else {
            memmove(to, from, taken);
            to += taken;
        }
        from += taken;
    }
    *to = '\0';
}

/* How many bytes of the beginning take at most so many columns. */
static size_t bytes_within(const char *text, size_t columns)
{
    size_t bytes = 0, taken;
    for (const char *end = text + strlen(text); text + bytes < end; bytes += taken) {
        size_t needed = columns_at(text + bytes, end, &taken);
        if (needed > columns) {
            break;
        }
        columns -= needed;
    }
    return bytes;
}

/* Where the end begins that takes at most so many columns. */
static const char *end_within(const char *text, size_t columns)
{
    size_t width = grid_width(text), taken;
    const char *end = text + strlen(text);
    while (width > columns) {
        width -= columns_at(text, end, &taken);
        text += taken;
    }
    return text;
}

char *fit_text(const char *text, size_t columns, bool ascii)
{
    char *tamed = utf8_tame(text, strlen(text), ascii);
    replace_unprintable(tamed);
    if (grid_width(tamed) <= columns) {
        return tamed;
    }
    const char *ellipsis = ascii ? "..." : "…";
    size_t left = grid_width(ellipsis) < columns ? columns - grid_width(ellipsis) : 0;
    size_t tail = left / 3;
    char *cut = left == 0 ? text_format("%.*s", (int)bytes_within(tamed, columns), tamed)
                          : text_format("%.*s%s%s", (int)bytes_within(tamed, left - tail), tamed,
                                        ellipsis, end_within(tamed, tail));
    free(tamed);
    return cut;
}

/* ---- tables ---- */

struct widths {
    size_t *columns; /* of each column its widest cell */
    size_t gap, total;
};

static void measure(struct widths *widths, const struct grid *grid, const char *gap)
{
    *widths = (struct widths){.columns = text_allocate(grid->columns * sizeof *widths->columns),
                              .gap = grid_width(gap)};
    memset(widths->columns, 0, grid->columns * sizeof *widths->columns);
    for (size_t i = 0; i < grid->count; i++) {
        size_t *widest = &widths->columns[i % grid->columns];
        size_t width = grid_width(grid->cells[i].text);
        *widest = width > *widest ? width : *widest;
    }
    for (size_t i = 0; i < grid->columns; i++) {
        widths->total += widths->columns[i] + (i > 0 ? widths->gap : 0);
    }
}

/* How a grid is cut. */
struct cut {
    const struct grid *grid;
    struct widths widths;
    size_t width, names, others; /* columns: of a line, and that cells may have */
    bool color, ascii;
};

/* How many columns from `first` on go beside the names; at least one. */
static size_t count_beside(const struct cut *cut, size_t first)
{
    size_t count = 0, taken = cut->names;
    while (first + count < cut->grid->columns) {
        taken += cut->widths.gap + cut->widths.columns[first + count];
        if (taken > cut->width && count > 0) {
            break;
        }
        count++;
    }
    return count;
}

/* The lines of the names and `count` other columns from `first` on. */
static char *piece(const struct cut *cut, size_t first, size_t count, const char *gap)
{
    struct grid part = {.columns = 1 + count};
    for (size_t row = 0; row < cut->grid->count; row += cut->grid->columns) {
        const struct grid_cell *cells = &cut->grid->cells[row];
        grid_put(&part, fit_text(cells[0].text, cut->names, cut->ascii), cells[0].color);
        for (size_t i = first; i < first + count; i++) {
            grid_put(&part, fit_text(cells[i].text, cut->others, cut->ascii), cells[i].color);
        }
    }
    char *text = grid_text(&part, gap, cut->color);
    grid_clear(&part);
    return text;
}

static void choose_names(struct cut *cut)
{
    enum { LEAST = 10 };
    const struct widths *widths = &cut->widths;
    size_t least = cut->width / 4 > LEAST ? cut->width / 4 : LEAST;
    size_t figures = widths->total - widths->columns[0];
    cut->names = figures + least <= cut->width ? cut->width - figures : least;
    if (cut->names > widths->columns[0]) {
        cut->names = widths->columns[0];
    }
    size_t beside = cut->names + widths->gap;
    cut->others = cut->width > beside ? cut->width - beside : 1;
}

char *fit_grid(const struct grid *grid, const char *gap, bool color, size_t width, bool ascii)
{
    struct cut cut = {.grid = grid, .width = width, .color = color, .ascii = ascii};
    measure(&cut.widths, grid, gap);
    choose_names(&cut);
    char *text = text_copy("");
    for (size_t done = 1; done < grid->columns || text[0] == '\0';) {
        size_t count = count_beside(&cut, done);
        cleanup_free char *former = text;
        cleanup_free char *more = piece(&cut, done, count, gap);
        text = text_format("%s%s", former, more);
        done += count;
    }
    free(cut.widths.columns);
    return text;
}

bool fit_print(const struct grid *grid, const char *gap, const struct prose *prose, bool must)
{
    struct widths widths;
    measure(&widths, grid, gap);
    free(widths.columns);
    if (!must && widths.total > prose->width) {
        return false;
    }
    cleanup_free char *lines = fit_grid(grid, gap, prose->color, prose->width, prose->ascii);
    fputs(lines, prose->out);
    return true;
}
