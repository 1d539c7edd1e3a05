/* Text that others wrote (workloads, libraries, users), made safe to pass on.
 *
 * It may be broken UTF-8, cut in the middle of a character, or meant to steer a terminal. What is
 * passed on is valid UTF-8 without control characters. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UTF8_BROKEN = 0xFFFD }; /* U+FFFD, the replacement character */
#define UTF8_REPLACEMENT "\xEF\xBF\xBD"

/* Reads the character at `text`, `length` at least 1. Returns how many bytes it takes; what is no
 * character (RFC 3629: no overlong forms, no surrogates) is one byte of UTF8_BROKEN. */
size_t utf8_decode(const char *text, size_t length, uint32_t *character);

/* Whether a terminal could be steered or a line be broken by it: C0, C1, DEL, the line separators,
 * and what reverses the direction of writing. */
bool utf8_is_control(uint32_t character);

/* A copy fit for one line on a terminal: white space becomes a blank, what is broken or a control
 * becomes '?', and so does everything beyond ASCII if `ascii`, but for the sign of a spread, which
 * is
 * "+-" there. The caller frees it. */
char *utf8_tame(const char *text, size_t length, bool ascii);
