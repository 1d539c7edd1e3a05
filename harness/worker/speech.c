#include "worker/speech.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "measure/worker_exit.h"
#include "worker/account.h"
#include "worker/census.h"
#include "worker/counts.h"

/* The fork handler needs to find it, and a handler takes no argument. */
static struct {
    int wire; /* -1 in a forked child */
    dev_t device;
    ino_t inode;
} speech = {.wire = -1};

static struct wire_message message; /* too large for the stack of a measured process */

static bool wire_is_ours(void)
{
    struct stat status;
    return fstat(speech.wire, &status) == 0 && S_ISSOCK(status.st_mode) &&
           status.st_dev == speech.device && status.st_ino == speech.inode;
}

static void drop_wire_in_child(void)
{
    if (wire_is_ours()) {
        close(speech.wire);
    }
    speech.wire = -1;
}

void speech_open(int wire)
{
    struct stat status;
    if (fstat(wire, &status)) {
        fprintf(stderr, "membench-worker: descriptor %d is not open\n", wire);
        _exit(WORKER_EXIT_USAGE);
    }
    /* Programs that the workload starts must not hold it open. */
    fcntl(wire, F_SETFD, FD_CLOEXEC);
    speech.wire = wire;
    speech.device = status.st_dev;
    speech.inode = status.st_ino;
    pthread_atfork(NULL, NULL, drop_wire_in_child);
}

bool speech_is_worker(void)
{
    return speech.wire >= 0;
}

/* Checked before each word: a workload may have closed the descriptor and opened a file there. */
static void say(enum wire_kind kind)
{
    if (!wire_is_ours()) {
        _exit(WORKER_EXIT_WIRE_LOST);
    }
    message.kind = kind;
    if (wire_send(speech.wire, &message)) {
        _exit(WORKER_EXIT_WIRE_LOST);
    }
}

void speech_hello(const struct wire_hello *hello)
{
    message.hello = *hello;
    say(WIRE_HELLO);
}

static void describe_end(char *text, size_t size, const struct census *census)
{
    switch (census->end) {
    case CENSUS_DONE:
        break;
    case CENSUS_NOT_FORKED:
        snprintf(text, size, "no copy could be made: errno %d", census->detail);
        break;
    case CENSUS_CRASHED:
        snprintf(text, size, "the copy was killed by signal %d", census->detail);
        break;
    case CENSUS_FAILED:
        snprintf(text, size, "the copy left with exit status %d", census->detail);
        break;
    case CENSUS_LATE:
        snprintf(text, size, "the copy was not done after %.0f s", census->seconds);
        break;
    }
}

static void say_types(const struct census *census)
{
    uint32_t total = census->end == CENSUS_DONE ? census->result->type_count : 0, at = 0;
    struct wire_types *types = &message.types;
    do {
        memset(types, 0, sizeof *types);
        types->count = total - at < WIRE_TYPES_MOST ? total - at : WIRE_TYPES_MOST;
        if (types->count > 0) {
            memcpy(types->types, census->result->types + at, types->count * sizeof *types->types);
        }
        at += types->count;
        types->is_last = at == total;
        types->seconds = census->seconds;
        types->garbage_bytes = total > 0 ? census->result->garbage_bytes : 0;
        describe_end(types->failure, sizeof types->failure, census);
        say(WIRE_TYPES);
    } while (at < total);
}

static void take_census(void)
{
    struct census census;
    census_take(&census, message.census.only_garbage);
    say_types(&census);
    census_clear(&census);
}

void speech_standstill(const char *phase, unsigned cycle)
{
    if (!speech_is_worker()) {
        return;
    }
    memset(&message.phase, 0, sizeof message.phase);
    message.phase.cycle = cycle;
    strncpy(message.phase.name, phase, sizeof message.phase.name - 1);
    say(WIRE_PHASE);
    for (;;) {
        if (wire_receive(speech.wire, &message) != 1) {
            _exit(WORKER_EXIT_WIRE_LOST);
        }
        if (message.kind == WIRE_GO) {
            return;
        }
        if (message.kind == WIRE_COUNT) {
            counts_read(&message.counts);
            account_read(&message.counts.account);
            say(WIRE_COUNTS);
        }
        if (message.kind == WIRE_CENSUS) {
            take_census();
        }
        if (message.kind == WIRE_DUMP) {
            account_dump();
            say(WIRE_DUMPED);
        }
    }
}

void speech_failure(const struct wire_failure *failure)
{
    if (speech_is_worker()) {
        message.failure = *failure;
        say(WIRE_FAILURE);
    }
}

void speech_done(void)
{
    if (speech_is_worker()) {
        say(WIRE_DONE);
    }
}
