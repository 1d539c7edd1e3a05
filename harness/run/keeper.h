/* The keeper: a tiny process above each trial that lets nothing of it live on.
 *
 *     membench --- keeper --- membench-worker --- whatever the workload starts
 *
 * The keeper is a subreaper: what loses its parent becomes its child. It kills and reaps every
 * descendant when the worker has ended, when it is told to, and when the supervisor is gone, even
 * by `kill -9`. It runs no allocator but glibc's, and its own session keeps terminal signals away.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

/* The descriptors under which a worker finds its wire and the file for stacks. High, so that a
 * program's own descriptors have the numbers that they have under python3. */
enum { KEEPER_WIRE = 200, KEEPER_STACKS = 201 };

struct keeper_order {
    const char *const *argv; /* argv[0] is the path of the worker */
    const char *const *environment;
    int wire, stacks, output; /* descriptors; the worker's stdout and stderr go to `output` */
    bool is_layout_fixed;     /* address space layout randomisation off */
    bool no_huge_pages;
};

struct keeper {
    pid_t pid;
    int line; /* to the keeper; readable when it has something to report */
};

enum keeper_word {
    KEEPER_NOTHING,        /* nothing to report yet */
    KEEPER_STARTED,        /* value: the worker's pid */
    KEEPER_NOT_STARTED,    /* value: errno of the failed exec */
    KEEPER_LAYOUT_REFUSED, /* value: errno of personality(); the worker runs with a random layout */
    KEEPER_ENDED,          /* value: the worker's wait status */
    KEEPER_GONE,           /* every process of the trial is dead and reaped, the keeper too */
};

struct keeper_report {
    enum keeper_word word;
    int value;
};

int keeper_start(struct keeper *keeper, const struct keeper_order *order, struct error *err);

/* The next report, without waiting for one. After KEEPER_GONE there is none. */
struct keeper_report keeper_receive(const struct keeper *keeper);

/* Tells it to kill everything. It reports KEEPER_GONE when that is done. */
void keeper_kill(const struct keeper *keeper);

/* Reaps the keeper after KEEPER_GONE, and kills what it left if it was killed itself. Returns false
 * if something of the trial is still alive after `seconds`. */
bool keeper_clear(struct keeper *keeper, double seconds);
