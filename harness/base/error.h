/* An error as a value on the caller's stack: a message, and what to do about it.
 *
 * A function that can fail takes `struct error *err` last and returns 0 or -1 (or a pointer or
 * NULL). On success it leaves err alone. Messages are lower case, the cause first, the subject in
 * single quotes. Trap: error_errno reads errno, so call it before anything that may change it. */
#pragma once

#include <stdio.h>

struct error {
    char message[2048];
    char hint[512];
    char excerpt[96]; /* of a text that was given, the place of the error in it; or "" */
    unsigned caret;   /* characters before that place */
};

/* Sets the message and clears the hint. Returns -1, so that a caller can return it. */
int error_set(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Like error_set, with ": " and the text of errno behind it. */
int error_errno(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts "context: " in front of the message. Returns -1. */
int error_wrap(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds what to do. Returns -1. */
int error_hint(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds the line of `text` (UTF-8) that byte `place` stands in, cut to a terminal's width around it.
 * Returns -1. */
int error_excerpt(struct error *err, const char *text, size_t place);

/* Prints "membench: MESSAGE", where there is an excerpt that and a caret under the place, and where
 * there is a hint a line "hint: HINT". */
void error_print(const struct error *err, FILE *stream);
