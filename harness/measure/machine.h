/* How this machine is set up, as far as it decides what memory figures are worth. */
#pragma once

#include <stdint.h>

#include "measure/finding.h"

struct machine {
    unsigned kernel_major, kernel_minor;
    char kernel[128];     /* "6.1.0-18-amd64" */
    char name[64];        /* "x86_64" */
    char huge_pages[32];  /* "always", "madvise", "never"; "" if this kernel has none */
    int randomisation;    /* of addresses: 0 to 2; -1 if unknown */
    int ptrace_scope;     /* of Yama: 0 to 3; -1 without Yama */
    uint64_t swap;        /* bytes */
    uint64_t swap_used;   /* bytes */
    uint64_t memory;      /* bytes available; 0 if unknown */
    uint64_t group_limit; /* bytes, of the own cgroup; 0 if it has none */
    unsigned processors;  /* that this process may run on */
    unsigned online;      /* of the machine */
};

/* Reads what can be read. */
void machine_read(struct machine *machine);

/* What follows from it for a measurement. */
void machine_judge(const struct machine *machine, struct findings *findings);
