/* membench-allocates (tests/fixtures/allocates.c, where its commands stand): a process whose memory
 * a test knows. It is killed when the test's process ends. Whatever goes wrong fails the test. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

struct allocates {
    pid_t pid;
    int to, from;
    char answer[1024]; /* to the last command */
};

/* Starts it with the environment of the test and `variables` ("NAME=VALUE", ended by NULL; or
 * NULL), as LD_PRELOAD or GLIBC_TUNABLES. */
void allocates_start(struct allocates *target, const char *const *variables);
void allocates_end(struct allocates *target);

/* Tells it a command and waits for the answer. After this it stands still. */
void allocates_tell(struct allocates *target, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A number of the last answer, as "live" or "hblkhd". */
uint64_t allocates_number(const struct allocates *target, const char *name);
