/* What supervisor and worker agree on besides the wire: exit statuses and the dump signal. */
#pragma once

#include <signal.h>

enum {
    WORKER_EXIT_USAGE = 2,
    WORKER_EXIT_NOT_PROVED = 118, /* said HELLO, but malloc is not the one asked for */
    WORKER_EXIT_WIRE_LOST = 119,  /* the workload closed the wire's descriptor */
};

/* Makes the worker write every thread's Python stack to the descriptor it was given for that. A
 * real-time signal, because workloads use the named ones. */
#define WORKER_DUMP_SIGNAL (SIGRTMAX - 1)
