/* What the supervisor asks of one worker, and the parts that the worker is made of.
 *
 * The worker is the process that is measured. Nothing here allocates between "I am at phase X" and
 * "go on", and nothing runs in a forked child: a child drops the wire and ends as under python3. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct worker_options {
    int wire;   /* descriptor of the socket to the supervisor */
    int stacks; /* descriptor that a dump of all Python stacks goes to, on WORKER_DUMP_SIGNAL */
    const char *library; /* that must serve malloc; NULL: glibc's own */
    bool use_malloc;     /* PYTHONMALLOC=malloc instead of pymalloc */
    unsigned long hash_seed;
    unsigned cycles;
    double settle; /* seconds */
    bool tick;
    bool is_script;
    bool is_interruptible;         /* SIGINT is the script's normal end (--duration) */
    const char *venv;              /* directory, or NULL */
    const char *const *parameters; /* "name=TYPE:value" */
    size_t parameter_count;
    char **arguments; /* the file and its own arguments, NULL-terminated */
    int argument_count;
};
