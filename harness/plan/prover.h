/* The prover: a short-lived worker that starts under a malloc and tells which one it got. */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "measure/wire.h"

struct prover_answer {
    bool is_there; /* else the worker could not start */
    struct wire_hello hello;
    char *said; /* its stderr; if it is not there, why: that text's first line, or in our words */
};

/* Starts it with the small environment of every worker, `added` (NULL-terminated "NAME=VALUE"; may
 * be NULL) and `preload` (or NULL). `expected` is the library that must serve malloc, or NULL.
 * Returns -1 only on an error of membench's own. */
int prover_run(const char *const *added, const char *preload, const char *expected,
               struct prover_answer *answer, struct error *err);
void prover_answer_clear(struct prover_answer *answer);
