/* The wire between supervisor and worker: one message per packet of a SOCK_SEQPACKET socket.
 *
 * Both ends come from the same build, so messages are plain structs. The worker's end allocates
 * nothing. A trial speaks like this:
 *
 *     worker: HELLO                   which malloc this is, proved
 *     worker: PHASE name      supervisor reads from outside, then: COUNT
 *     worker: COUNTS          with --dump at some of them, then:   DUMP
 *     worker: DUMPED          for a census, or of garbage, then:   CENSUS
 *     worker: TYPES ...       supervisor resets the peak, then:    GO
 *     ...                     (PHASE, COUNT, COUNTS, GO for every standstill)
 *     worker: DONE | FAILURE          and it leaves
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "measure/outcome.h"
#include "measure/phase.h"

enum wire_kind {
    WIRE_HELLO = 1,
    WIRE_PHASE,
    WIRE_COUNT,
    WIRE_COUNTS,
    WIRE_GO,
    WIRE_DONE,
    WIRE_FAILURE,
    WIRE_DUMP,   /* write the allocator's own text to the descriptor of the stacks */
    WIRE_DUMPED, /* it is written */
    WIRE_CENSUS,
    WIRE_TYPES, /* a census in pieces */
};

/* Who serves malloc in the worker, as it proved it for itself. Texts are empty where unknown. */
struct wire_hello {
    uint32_t proved;    /* 1 if every proof agreed */
    char doubt[512];    /* if not: which proof failed, in words */
    char family[32];    /* "glibc", "tcmalloc", ... or "unknown" */
    char library[4096]; /* absolute path of the library that serves malloc */
    char build_id[64];  /* GNU build-id in hexadecimal */
    char version[64];   /* by the family's own call */
    char settings[512]; /* effective settings, "name=value name=value", read back where possible */
    char python[32];    /* "3.11.2" */
};

struct wire_phase {
    uint32_t cycle; /* from 1 */
    char name[PHASE_NAME_SIZE];
};

/* The allocator's own account of what it holds, bytes; -1 is unknown (allocators/allocator.h). */
struct wire_account {
    int64_t live, releasable, pinned, fresh, metadata, resident;
};

/* Counts read in place; -1 is unknown. */
struct wire_counts {
    int64_t allocated_blocks;
    int64_t tracked_objects;
    int64_t garbage_objects;
    int64_t collected_objects; /* since the interpreter started */
    struct wire_account account;
};

enum { WIRE_SUMMARY_SIZE = 1024, WIRE_TRACEBACK_SIZE = 32768 };

struct wire_failure {
    uint32_t outcome;                    /* enum outcome */
    char summary[WIRE_SUMMARY_SIZE];     /* one line */
    char hint[512];                      /* one line, or empty */
    char traceback[WIRE_TRACEBACK_SIZE]; /* its end, if it is longer */
};

/* What a census is to find. */
struct wire_census {
    uint32_t only_garbage; /* 1: what gc.garbage keeps alive, and nothing else */
};

/* One type of a census. */
struct wire_type {
    uint64_t address; /* of the type object; 0 for the rest */
    uint64_t count, bytes;
    uint64_t tracked, tracked_bytes;       /* of them: objects in the collector's lists */
    uint64_t fixed;                        /* of them: static data of the program or a library */
    uint64_t garbage_count, garbage_bytes; /* what only gc.garbage keeps alive */
    char name[96];                         /* "module.Class", cut at the end */
};

/* The name of the row for types that are too many. */
#define WIRE_OTHER_TYPES "(other types)"

enum { WIRE_TYPES_MOST = 200 };

/* A census, or a piece of it. */
struct wire_types {
    uint32_t is_last;
    uint32_t count;
    double seconds;       /* that it took; in the last piece */
    double garbage_bytes; /* what only gc.garbage keeps alive, in blocks of memory; in the last */
    char failure[128];    /* why there is none, in words; else empty */
    struct wire_type types[WIRE_TYPES_MOST];
};

struct wire_message {
    uint32_t kind; /* enum wire_kind */
    union {
        struct wire_hello hello;
        struct wire_phase phase;
        struct wire_counts counts;
        struct wire_failure failure;
        struct wire_census census;
        struct wire_types types;
    };
};

/* Bytes of a message that are sent for its kind. */
size_t wire_size(enum wire_kind kind);

/* Sends one message whole. Returns 0, or -1 with errno set. Never raises SIGPIPE. */
int wire_send(int wire, const struct wire_message *message);

/* Receives one message, waiting for it unless the socket does not block. Returns 1, 0 at the end of
 * the stream, or -1 with errno set (EBADMSG if it is none of ours). Retries on EINTR. */
int wire_receive(int wire, struct wire_message *message);
