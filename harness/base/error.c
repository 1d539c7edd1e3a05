#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"

static void forget_additions(struct error *err)
{
    err->hint[0] = '\0';
    err->excerpt[0] = '\0';
    err->caret = 0;
}

int error_set(struct error *err, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err->message, sizeof err->message, format, arguments);
    va_end(arguments);
    forget_additions(err);
    return -1;
}

int error_errno(struct error *err, const char *format, ...)
{
    int code = errno;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err->message, sizeof err->message, format, arguments);
    va_end(arguments);
    forget_additions(err);

    size_t length = strlen(err->message);
    snprintf(err->message + length, sizeof err->message - length, ": %s", strerror(code));
    return -1;
}

int error_wrap(struct error *err, const char *format, ...)
{
    char inner[sizeof err->message];
    memcpy(inner, err->message, sizeof inner);

    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err->message, sizeof err->message, format, arguments);
    va_end(arguments);

    size_t length = strlen(err->message);
    snprintf(err->message + length, sizeof err->message - length, ": %s", inner);
    return -1;
}

int error_hint(struct error *err, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err->hint, sizeof err->hint, format, arguments);
    va_end(arguments);
    return -1;
}

static bool continues_character(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80; /* UTF-8 */
}

int error_excerpt(struct error *err, const char *text, size_t place)
{
    enum { WIDTH = 76, BEFORE = 50 }; /* what a terminal of 80 columns shows, indented by 2 */
    size_t start = place;
    while (start > 0 && place - start < BEFORE && text[start - 1] != '\n') {
        start--;
    }
    while (start < place && continues_character(text[start])) {
        start++;
    }
    size_t length = strcspn(text + start, "\n");
    if (length > WIDTH) {
        length = WIDTH;
        while (length > 0 && continues_character(text[start + length])) {
            length--;
        }
    }
    snprintf(err->excerpt, sizeof err->excerpt, "%.*s", (int)length, text + start);
    for (char *tab = err->excerpt; (tab = strchr(tab, '\t'));) {
        *tab = ' ';
    }
    err->caret = 0;
    for (size_t i = start; i < place; i++) {
        err->caret += !continues_character(text[i]);
    }
    return -1;
}

void error_print(const struct error *err, FILE *stream)
{
    /* A message may quote a file, whose words must not steer a terminal. */
    struct error tamed = *err;
    text_tame(tamed.message);
    text_tame(tamed.hint);
    text_tame(tamed.excerpt);
    fprintf(stream, "membench: %s\n", tamed.message);
    if (tamed.excerpt[0] != '\0') {
        fprintf(stream, "  %s\n  %*s^\n", tamed.excerpt, (int)tamed.caret, "");
    }
    if (tamed.hint[0] != '\0') {
        fprintf(stream, "hint: %s\n", tamed.hint);
    }
}
