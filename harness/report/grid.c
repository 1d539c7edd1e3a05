#include "report/grid.h"

#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/text.h"

void grid_put(struct grid *grid, char *text, const char *color)
{
    grid->cells = text_grow(grid->cells, grid->count + 1, sizeof *grid->cells);
    grid->cells[grid->count++] = (struct grid_cell){.text = text, .color = color};
}

/* libsmartcols fails only where memory does, which base/text.h treats as the end. */
static void *need(void *pointer)
{
    return pointer ? pointer : text_grow(NULL, SIZE_MAX, 1);
}

static void fill(struct libscols_table *table, const struct grid *grid)
{
    for (size_t i = 0; i < grid->columns; i++) {
        need(scols_table_new_column(table, "", 0, i == 0 ? 0 : SCOLS_FL_RIGHT));
    }
    for (size_t at = 0; grid->columns > 0 && at < grid->count;) {
        struct libscols_line *line = need(scols_table_new_line(table, NULL));
        for (size_t column = 0; column < grid->columns && at < grid->count; column++, at++) {
            struct libscols_cell *cell = need(scols_line_get_cell(line, column));
            scols_cell_set_data(cell, grid->cells[at].text);
            scols_cell_set_color(cell, grid->cells[at].text[0] ? grid->cells[at].color : NULL);
        }
    }
}

static void strip_trailing_blanks(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        if (*from == '\n') {
            while (to > text && to[-1] == ' ') {
                to--;
            }
        }
        *to++ = *from;
    }
    *to = '\0';
}

char *grid_text(const struct grid *grid, const char *gap, bool color)
{
    enum { ENDLESS = 65536 };
    struct libscols_table *table = need(scols_new_table());
    scols_table_enable_colors(table, color);
    scols_table_enable_noheadings(table, 1);
    scols_table_set_column_separator(table, gap);
    scols_table_set_termforce(table, SCOLS_TERMFORCE_ALWAYS);
    scols_table_set_termwidth(table, ENDLESS);
    fill(table, grid);

    char *lines = NULL;
    scols_print_table_to_string(table, &lines);
    scols_unref_table(table);
    need(lines);
    char *text = text_format("%s\n", lines);
    free(lines);
    strip_trailing_blanks(text);
    return text;
}

/* Printable ASCII, one column each: nearly all of a table, and asking the locale takes long. */
static size_t plain_length(const char *text)
{
    size_t length = 0;
    while (text[length] >= ' ' && text[length] <= '~') {
        length++;
    }
    return length;
}

size_t grid_width(const char *text)
{
    size_t widest = 0, width = 0;
    mbstate_t state = {0};
    for (const char *end = text + strlen(text); text < end;) {
        size_t plain = plain_length(text);
        if (plain > 0) {
            text += plain;
            width += plain;
            widest = width > widest ? width : widest;
            continue;
        }
        wchar_t character;
        size_t taken = mbrtowc(&character, text, (size_t)(end - text), &state);
        if (taken > (size_t)(end - text)) { /* (size_t)-1, (size_t)-2: not of this charset */
            state = (mbstate_t){0};
            character = L'?';
            taken = 1;
        }
        int columns = character == L'\n' ? 0 : wcwidth(character);
        width = character == L'\n' ? 0 : width + (columns > 0 ? (size_t)columns : 0);
        widest = width > widest ? width : widest;
        text += taken;
    }
    return widest;
}

void grid_clear(struct grid *grid)
{
    for (size_t i = 0; i < grid->count; i++) {
        free(grid->cells[i].text);
    }
    free(grid->cells);
    *grid = (struct grid){0};
}
