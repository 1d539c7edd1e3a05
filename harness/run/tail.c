#include "run/tail.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

static void keep_end(struct tail *tail, size_t size)
{
    if (tail->length > size) {
        memmove(tail->buffer, tail->buffer + tail->length - size, size);
        tail->length = size;
        tail->is_cut = true;
    }
}

bool tail_read(struct tail *tail, int descriptor)
{
    if (!tail->buffer) {
        tail->buffer = text_allocate(2 * TAIL_SIZE + 1);
    }
    for (;;) {
        ssize_t got = read(descriptor, tail->buffer + tail->length, 2 * TAIL_SIZE - tail->length);
        if (got < 0) {
            return errno == EAGAIN || errno == EINTR;
        }
        if (got == 0) {
            return false;
        }
        tail->length += (size_t)got;
        if (tail->length == 2 * TAIL_SIZE) {
            keep_end(tail, TAIL_SIZE);
            return true; /* others want to be served as well */
        }
    }
}

char *tail_take(struct tail *tail, size_t *length)
{
    keep_end(tail, TAIL_SIZE);
    char *text = tail->buffer ? tail->buffer : text_copy("");
    text[tail->length] = '\0';
    *length = tail->length;
    *tail = (struct tail){0};
    return text;
}
