#include "report/markdown.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

#define ELLIPSIS "\xE2\x80\xA6"

/* ---- text ---- */

struct writer {
    FILE *out;
    const char *begin, *at; /* the text, and the character in it */
    size_t left;            /* bytes from `at` on */
    bool is_begun;          /* something was written */
    bool is_number;         /* and that is digits only */
    bool has_gap;           /* white space before this character */
    bool is_code;           /* a code span is open */
};

/* Not beyond ASCII: there is punctuation too. */
static bool is_word(char c)
{
    return (unsigned char)c < 0x80 && isalnum((unsigned char)c);
}

static char before(const struct writer *writer, size_t distance)
{
    if ((size_t)(writer->at - writer->begin) < distance) {
        return '\0';
    }
    return writer->at[-(ptrdiff_t)distance];
}

static char after(const struct writer *writer, size_t distance)
{
    if (distance >= writer->left) {
        return '\0';
    }
    return writer->at[distance];
}

static bool ends_with(const struct writer *writer, const char *word)
{
    size_t length = strlen(word);
    return (size_t)(writer->at - writer->begin) >= length &&
           strncasecmp(writer->at - length, word, length) == 0;
}

/* ":smile:" */
static bool is_emoji(const struct writer *writer)
{
    size_t length = 1;
    while (is_word(after(writer, length)) ||
           (after(writer, length) != '\0' && strchr("_+-", after(writer, length)))) {
        length++;
    }
    return length > 1 && after(writer, length) == ':';
}

/* What GitHub links, or replaces, in finished text, where escapes are gone already. */
static bool makes_link(const struct writer *writer)
{
    switch (*writer->at) {
    case '@':
        return true;
    case '#':
        return isdigit((unsigned char)after(writer, 1));
    case '-':
        return ends_with(writer, "GH") && isdigit((unsigned char)after(writer, 1));
    case ':':
        return after(writer, 1) == '/' || is_emoji(writer);
    case '.':
        return ends_with(writer, "www");
    default:
        return false;
    }
}

static bool is_before_space(const struct writer *writer)
{
    char next = after(writer, 1);
    return next == '\0' || isspace((unsigned char)next);
}

/* Signs that mean something wherever they stand, or where this one stands: '_' does not inside of a
 * word, '*' between blanks, a list's sign behind the beginning. */
static bool is_escaped(const struct writer *writer)
{
    char c = *writer->at;
    if (c == '_') {
        return !is_word(before(writer, 1)) || !is_word(after(writer, 1));
    }
    if (c == '*' && writer->is_begun) {
        return !writer->has_gap || !is_before_space(writer);
    }
    if (strchr("\\`*[]~#", c)) {
        return true;
    }
    if (!writer->is_begun) {
        return c == '-' || c == '+' || c == '=';
    }
    return writer->is_number && !writer->has_gap && (c == '.' || c == ')') &&
           is_before_space(writer);
}

static void set_code(struct writer *writer, bool is_code)
{
    if (writer->is_code != is_code) {
        putc('`', writer->out);
        writer->is_code = is_code;
    }
}

static void put_ascii(struct writer *writer)
{
    char c = *writer->at;
    bool is_comparison = (c == '<' || c == '>') && writer->is_begun && after(writer, 1) == '=';
    if (strchr("<>&|$", c) && !is_comparison) {
        fprintf(writer->out, "&#%d;", c); /* of no meaning to tables, HTML and formulas */
    } else {
        fprintf(writer->out, "%s%c", !writer->is_code && is_escaped(writer) ? "\\" : "", c);
    }
}

static void put_gap(struct writer *writer)
{
    if (writer->has_gap && writer->is_begun) {
        putc(' ', writer->out);
    }
}

static void put_character(struct writer *writer, uint32_t character, size_t length)
{
    bool is_ascii = character < 0x80 && !utf8_is_control(character);
    set_code(writer, writer->is_code && !writer->has_gap && is_ascii && makes_link(writer));
    put_gap(writer);
    set_code(writer, is_ascii && makes_link(writer));
    if (character == UTF8_BROKEN || utf8_is_control(character)) {
        fputs(UTF8_REPLACEMENT, writer->out);
    } else if (is_ascii) {
        put_ascii(writer);
    } else {
        fwrite(writer->at, 1, length, writer->out);
    }
    writer->is_number =
        character < 0x80 && isdigit((int)character) && (!writer->is_begun || writer->is_number);
    writer->is_begun = true;
    writer->has_gap = false;
}

static bool is_space(uint32_t character)
{
    return character < 0x80 && isspace((int)character);
}

void markdown_put_text(FILE *out, const char *text, size_t most)
{
    struct writer writer = {.out = out, .begin = text, .at = text, .left = strlen(text)};
    for (size_t shown = 0; writer.left > 0; shown++) {
        uint32_t character;
        size_t taken = utf8_decode(writer.at, writer.left, &character);
        if (shown == most) {
            set_code(&writer, false);
            fputs(ELLIPSIS, out);
            return;
        }
        if (is_space(character)) {
            writer.has_gap = true;
        } else {
            put_character(&writer, character, taken);
        }
        writer.at += taken;
        writer.left -= taken;
    }
    set_code(&writer, false);
}

/* ---- code ---- */

/* The longest run of backticks; a longer one encloses it. */
static int longest_run(const char *text)
{
    int longest = 0, run = 0;
    for (; *text; text++) {
        run = *text == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

static void put_run(FILE *out, int length)
{
    for (int i = 0; i < length; i++) {
        putc('`', out);
    }
}

/* At most `most` characters; line ends stay only if `has_lines`. */
static void put_raw(FILE *out, const char *text, size_t most, bool has_lines)
{
    for (size_t left = strlen(text), shown = 0; left > 0; shown++) {
        uint32_t character;
        size_t taken = utf8_decode(text, left, &character);
        if (shown == most) {
            fputs(ELLIPSIS, out);
            return;
        }
        if (character == '\n' && has_lines) {
            putc('\n', out);
        } else if (is_space(character)) {
            putc(' ', out);
        } else if (character == UTF8_BROKEN || utf8_is_control(character)) {
            fputs(UTF8_REPLACEMENT, out);
        } else {
            fwrite(text, 1, taken, out);
        }
        text += taken;
        left -= taken;
    }
}

/* A blank beside each fence is taken away by the reader; a backtick there needs one. */
void markdown_put_code(FILE *out, const char *text, size_t most)
{
    int fence = longest_run(text) + 1;
    if (text[strspn(text, " \t\r\n\v\f")] == '\0') {
        return;
    }
    const char *blank = fence > 1 || isspace((unsigned char)text[0]) ? " " : "";
    put_run(out, fence);
    fputs(blank, out);
    put_raw(out, text, most, false);
    fputs(blank, out);
    put_run(out, fence);
}

void markdown_put_block(FILE *out, const char *text)
{
    enum { LEAST = 3 };
    int fence = longest_run(text) + 1;
    fence = fence < LEAST ? LEAST : fence;
    put_run(out, fence);
    fputs("sh\n", out);
    put_raw(out, text, SIZE_MAX, true);
    putc('\n', out);
    put_run(out, fence);
    putc('\n', out);
}
