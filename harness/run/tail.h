/* The end of a stream: whatever is written, the last 64 KiB are kept. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { TAIL_SIZE = 65536 };

struct tail {
    char *buffer; /* twice TAIL_SIZE, allocated with the first byte */
    size_t length;
    bool is_cut; /* more was written than is kept */
};

/* Reads what a non-blocking descriptor holds. Returns false at the end of the stream. */
bool tail_read(struct tail *tail, int descriptor);

/* Hands over the text, terminated; `*length` is without the terminator. Empties the tail. */
char *tail_take(struct tail *tail, size_t *length);
