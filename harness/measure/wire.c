#include "measure/wire.h"

#include <errno.h>
#include <sys/socket.h>

size_t wire_size(enum wire_kind kind)
{
    size_t head = offsetof(struct wire_message, hello);
    switch (kind) {
    case WIRE_HELLO:
        return head + sizeof(struct wire_hello);
    case WIRE_PHASE:
        return head + sizeof(struct wire_phase);
    case WIRE_COUNTS:
        return head + sizeof(struct wire_counts);
    case WIRE_FAILURE:
        return head + sizeof(struct wire_failure);
    case WIRE_CENSUS:
        return head + sizeof(struct wire_census);
    case WIRE_TYPES:
        return head + sizeof(struct wire_types);
    case WIRE_COUNT:
    case WIRE_DUMP:
    case WIRE_DUMPED:
    case WIRE_GO:
    case WIRE_DONE:
        return head;
    }
    return 0;
}

int wire_send(int wire, const struct wire_message *message)
{
    ssize_t sent;
    do {
        sent = send(wire, message, wire_size((enum wire_kind)message->kind), MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? -1 : 0;
}

int wire_receive(int wire, struct wire_message *message)
{
    ssize_t length;
    do {
        length = recv(wire, message, sizeof *message, MSG_TRUNC);
    } while (length < 0 && errno == EINTR);
    if (length <= 0) {
        return (int)length;
    }
    if ((size_t)length < sizeof message->kind ||
        (size_t)length != wire_size((enum wire_kind)message->kind)) {
        errno = EBADMSG;
        return -1;
    }
    return 1;
}
