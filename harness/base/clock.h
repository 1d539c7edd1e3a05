/* The clocks, as seconds. */
#pragma once

#include <sys/types.h>
#include <time.h>

static inline double clock_seconds(struct timespec moment)
{
    return (double)moment.tv_sec + (double)moment.tv_nsec * 1e-9;
}

/* Seconds on the monotonic clock. */
static inline double clock_now(void)
{
    struct timespec moment;
    clock_gettime(CLOCK_MONOTONIC, &moment);
    return clock_seconds(moment);
}
