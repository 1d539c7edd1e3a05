#include "picture/markup.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

#define ELLIPSIS "\xE2\x80\xA6"
#define EN_DASH "\xE2\x80\x93"
#define MINUS "\xE2\x88\x92"

/* XML has no such characters, escaped or not. */
static bool is_no_xml(uint32_t character)
{
    return character == 0xFFFE || character == 0xFFFF;
}

static void put_character(FILE *out, uint32_t character, const char *bytes, size_t length)
{
    switch (character) {
    case '&':
        fputs("&amp;", out);
        break;
    case '<':
        fputs("&lt;", out);
        break;
    case '>':
        fputs("&gt;", out);
        break;
    case '"':
        fputs("&quot;", out);
        break;
    case '\'':
        fputs("&#39;", out);
        break;
    default:
        if (character == UTF8_BROKEN || utf8_is_control(character) || is_no_xml(character)) {
            fputs(UTF8_REPLACEMENT, out);
        } else {
            fwrite(bytes, 1, length, out);
        }
    }
}

static bool is_space(uint32_t character)
{
    return character == '\t' || character == '\n' || character == '\r';
}

void markup_put_cut(FILE *out, const char *text, size_t most)
{
    size_t left = strlen(text);
    for (size_t count = 0; left > 0 && count < most; count++) {
        uint32_t character;
        size_t taken = utf8_decode(text, left, &character);
        if (is_space(character)) {
            putc(' ', out);
        } else {
            put_character(out, character, text, taken);
        }
        text += taken;
        left -= taken;
    }
    if (left > 0) {
        fputs(ELLIPSIS, out);
    }
}

void markup_put_text(FILE *out, const char *text)
{
    markup_put_cut(out, text, SIZE_MAX);
}

static void put_isolated(FILE *out, const char *text, size_t most)
{
    fputs("<bdi>", out);
    markup_put_cut(out, text, most);
    fputs("</bdi>", out);
}

void markup_put_name(FILE *out, const char *name)
{
    put_isolated(out, name, MARKUP_NAME);
}

void markup_put_paragraph(FILE *out, const char *text)
{
    put_isolated(out, text, MARKUP_PARAGRAPH);
}

void markup_put_block(FILE *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        uint32_t character;
        size_t taken = utf8_decode(text + i, length - i, &character);
        if (character == '\r') {
            bool is_pair = i + 1 < length && text[i + 1] == '\n';
            fputs(is_pair ? "" : "\n", out); /* how a progress bar begins its line again */
        } else if (is_space(character)) {
            putc((int)character, out);
        } else {
            put_character(out, character, text + i, taken);
        }
        i += taken;
    }
}

/* By printf, so that it is rounded as on the terminal; a locale's decimal sign becomes a point. */
static void format_number(char *text, size_t size, double value, int decimals)
{
    char local[400]; /* the largest double has 309 digits */
    snprintf(local, sizeof local, "%.*f", decimals, value);
    size_t used = 0;
    bool has_point = false;
    for (const char *c = local; *c != '\0' && used + 1 < size; c++) {
        if ((*c >= '0' && *c <= '9') || *c == '-') {
            text[used++] = *c;
        } else if (!has_point) {
            text[used++] = '.';
            has_point = true;
        }
    }
    text[used] = '\0';
}

/* "-0.0" is none. */
static bool is_zero(const char *text)
{
    return text[strspn(text, "-0.")] == '\0';
}

void markup_put_number(FILE *out, double value, int decimals)
{
    if (!isfinite(value)) {
        fputs(EN_DASH, out);
        return;
    }
    char text[400];
    format_number(text, sizeof text, value, decimals);
    const char *digits = text + (*text == '-');
    fputs(*text == '-' && !is_zero(text) ? MINUS : "", out);
    fputs(digits, out);
}

void markup_put_exact(FILE *out, double value)
{
    if (!isfinite(value)) {
        return;
    }
    char text[400];
    format_number(text, sizeof text, value, 9);
    size_t length = strlen(text);
    while (text[length - 1] == '0') {
        length--;
    }
    length -= text[length - 1] == '.';
    text[length] = '\0';
    fputs(text + (*text == '-' && is_zero(text)), out);
}

void markup_put_value(FILE *out, const char *name, double value)
{
    if (isfinite(value)) {
        fprintf(out, " %s=\"", name);
        markup_put_exact(out, value);
        putc('"', out);
    }
}

void markup_put_base64(FILE *out, const void *bytes, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *data = bytes;
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        unsigned bits = (unsigned)data[i] << 16;
        bits |= left > 1 ? (unsigned)data[i + 1] << 8 : 0;
        bits |= left > 2 ? (unsigned)data[i + 2] : 0;
        putc(digits[bits >> 18 & 0x3F], out);
        putc(digits[bits >> 12 & 0x3F], out);
        putc(left > 1 ? digits[bits >> 6 & 0x3F] : '=', out);
        putc(left > 2 ? digits[bits & 0x3F] : '=', out);
    }
}
