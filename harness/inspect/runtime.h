/* The interpreter in an image: where its runtime lies, and what hangs on that.
 *
 * Known is CPython 3.11 only (measure/cpython.h); any other Python is none. The symbols come from
 * the file of the executable or of libpython, which must still lie under its path. */
#pragma once

#include "inspect/survey.h"

struct runtime {
    uint64_t address;     /* of _PyRuntime */
    uint64_t type;        /* of PyType_Type */
    uint64_t interpreter; /* the first; the others follow by their links */
    /* Where the static variables of CPython are: .data and .bss of its file. */
    uint64_t data_start, data_end;
};

/* Returns false if there is no CPython 3.11 in the image, or it has not started. */
bool runtime_find(struct runtime *runtime, struct image *image);

/* Claims the frame stacks of Python's threads: blocks of 16 KiB or more, mapped one by one. */
void runtime_survey(struct survey *survey);

/* Calls for each thread that the interpreter knows: its pthread_t (which is the address of its
 * control block in glibc, above its stack) and its thread id in the kernel. A thread that has gone
 * since, as all others have after a fork, may be among them. */
void runtime_each_thread(struct image *image,
                         void (*callback)(uint64_t pthread, pid_t tid, void *context),
                         void *context);
