#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/text.h"

int error_set(struct error *err, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err->message, sizeof err->message, format, arguments);
    va_end(arguments);
    err->hint[0] = '\0';
    return -1;
}

int error_errno(struct error *err, const char *format, ...)
{
    int code = errno;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err->message, sizeof err->message, format, arguments);
    va_end(arguments);
    err->hint[0] = '\0';

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

void error_print(const struct error *err, FILE *stream)
{
    /* A message may quote a file, whose words must not steer a terminal. */
    struct error tamed = *err;
    text_tame(tamed.message);
    text_tame(tamed.hint);
    fprintf(stream, "membench: %s\n", tamed.message);
    if (tamed.hint[0] != '\0') {
        fprintf(stream, "hint: %s\n", tamed.hint);
    }
}
