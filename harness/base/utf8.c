#include "base/utf8.h"

#include <string.h>

#include "base/text.h"

enum { PLUS_MINUS = 0xB1 };

size_t utf8_decode(const char *text, size_t length, uint32_t *character)
{
    static const struct {
        unsigned char mask, lead;
        uint32_t lowest; /* below it, the form is overlong */
    } forms[] = {{0x80, 0x00, 0}, {0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}};

    const unsigned char *bytes = (const unsigned char *)text;
    size_t extra = 0;
    while (extra < 4 && (bytes[0] & forms[extra].mask) != forms[extra].lead) {
        extra++;
    }
    *character = UTF8_BROKEN;
    if (extra == 4 || extra >= length) {
        return 1;
    }
    uint32_t value = bytes[0] & (unsigned char)~forms[extra].mask;
    for (size_t i = 1; i <= extra; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            return 1;
        }
        value = value << 6 | (bytes[i] & 0x3F);
    }
    if (value < forms[extra].lowest || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
        return 1;
    }
    *character = value;
    return extra + 1;
}

bool utf8_is_control(uint32_t character)
{
    return character < 0x20 || (character >= 0x7F && character <= 0x9F) || character == 0x061C ||
           character == 0x200E || character == 0x200F ||
           (character >= 0x2028 && character <= 0x202E) ||
           (character >= 0x2066 && character <= 0x2069);
}

char *utf8_tame(const char *text, size_t length, bool ascii)
{
    char *tamed = text_allocate(length + 1), *end = tamed;
    for (size_t i = 0; i < length;) {
        uint32_t character;
        size_t taken = utf8_decode(text + i, length - i, &character);
        if (character == '\t' || character == '\n' || character == '\r') {
            *end++ = ' ';
        } else if (ascii && character == PLUS_MINUS) {
            end = mempcpy(end, "+-", 2); /* as long as it was */
        } else if (character == UTF8_BROKEN || utf8_is_control(character) ||
                   (ascii && character > 0x7E)) {
            *end++ = '?';
        } else {
            end = mempcpy(end, text + i, taken);
        }
        i += taken;
    }
    *end = '\0';
    return tamed;
}
