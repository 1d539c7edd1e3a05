#include "report/prose.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "report/grid.h"

char *prose_tame(const struct prose *prose, const char *text)
{
    return utf8_tame(text, strlen(text), prose->ascii);
}

static size_t columns_of(const char *text, size_t length)
{
    cleanup_free char *word = strndup(text, length);
    return word ? grid_width(word) : length;
}

/* What is read as one is not broken: an interval, "[0.61, 0.64]", "n = 8", and a number with its
 * unit. */
static bool is_glued(const char *word, const char *next)
{
    enum { LONGEST = 32 }; /* of an interval */
    static const char *const units[] = {"%", "MiB", "KiB", "GiB"};
    const char *end = word[0] == '[' ? strchr(word, ']') : NULL;
    if (end && end - word <= LONGEST && next < end) {
        return true;
    }
    if (strncmp(word, "n = ", 4) == 0 && next - word <= 4) {
        return true;
    }
    bool is_number = strspn(word, "(0123456789.+-") > 0 && next[-2] >= '0' && next[-2] <= '9';
    for (size_t i = 0; is_number && i < sizeof units / sizeof *units; i++) {
        if (strncmp(next, units[i], strlen(units[i])) == 0) {
            return true;
        }
    }
    return false;
}

static size_t length_of(const char *word)
{
    size_t length = strcspn(word, " ");
    while (word[length] == ' ' && is_glued(word, word + length + 1)) {
        length += 1 + strcspn(word + length + 1, " ");
    }
    return length;
}

/* Wraps into a line of which `column` columns are taken already, and leaves the last one open. */
static void wrap(const struct prose *prose, size_t column, unsigned indent, const char *text)
{
    cleanup_free char *tamed = prose_tame(prose, text);
    bool is_blank = true; /* no word in this line yet */
    for (char *word = tamed + strspn(tamed, " "); *word != '\0';) {
        size_t length = length_of(word);
        size_t columns = columns_of(word, length);
        if (!is_blank && column + 1 + columns > prose->width) {
            column = indent;
            fprintf(prose->out, "\n%*s", (int)indent, "");
        } else if (!is_blank) {
            column++;
            putc(' ', prose->out);
        }
        is_blank = false;
        fwrite(word, 1, length, prose->out);
        column += columns;
        word += length;
        word += strspn(word, " ");
    }
}

void prose_paint(const struct prose *prose, const char *color, unsigned first, unsigned indent,
                 const char *text)
{
    if (text[strspn(text, " ")] != '\0') {
        fprintf(prose->out, "%*s%s", (int)first, "", prose->color ? color : "");
        wrap(prose, first, indent, text);
        fprintf(prose->out, "%s\n", prose->color && color[0] ? PROSE_PLAIN : "");
    }
}

void prose_wrap(const struct prose *prose, unsigned first, unsigned indent, const char *text)
{
    prose_paint(prose, "", first, indent, text);
}

void prose_caption(const struct prose *prose, const char *color, const char *text)
{
    prose_paint(prose, color, 0, 2, text);
}

void prose_define(const struct prose *prose, const char *word, unsigned indent, const char *meaning)
{
    size_t columns = 2 + grid_width(word);
    int padding = columns < indent ? (int)(indent - columns) : 1;
    fprintf(prose->out, "  %s%*s", word, padding, "");
    wrap(prose, columns + (size_t)padding, indent, meaning);
    putc('\n', prose->out);
}

/* Where the last `lines` lines of [text, end) begin. */
static const char *last_lines(const char *text, const char *end, unsigned lines)
{
    const char *begin = end;
    while (begin > text && lines > 0) {
        const char *feed = memrchr(text, '\n', (size_t)(begin - text));
        begin = feed ? feed : text;
        lines--;
    }
    return begin < end && *begin == '\n' ? begin + 1 : begin;
}

void prose_quote(const struct prose *prose, const char *margin, const char *text, size_t length,
                 unsigned lines)
{
    enum { LONGEST = 400 }; /* bytes; more is no line that a person wrote */
    const char *end = text + length;
    while (end > text && (end[-1] == '\n' || end[-1] == '\r' || end[-1] == ' ')) {
        end--;
    }
    const char *line = last_lines(text, end, lines);
    if (line > text) {
        fprintf(prose->out, "%s...\n", margin);
    }
    while (line < end) {
        const char *feed = memchr(line, '\n', (size_t)(end - line));
        size_t size = (size_t)((feed ? feed : end) - line);
        cleanup_free char *tamed = utf8_tame(line, size < LONGEST ? size : LONGEST, prose->ascii);
        fprintf(prose->out, "%s%s%s\n", margin, tamed, size > LONGEST ? " ..." : "");
        line += size + 1;
    }
}
