/* Scope cleanup: what is marked here is released when its scope is left, on every way out.
 *
 * Ownership is handed over by take_pointer and take_descriptor, which empty the variable. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_free_pointer(void *address)
{
    free(*(void **)address);
}

static inline void cleanup_close_descriptor(const int *descriptor)
{
    if (*descriptor >= 0) {
        close(*descriptor);
    }
}

static inline void cleanup_close_stream(FILE **stream)
{
    if (*stream) {
        fclose(*stream);
    }
}

/* Unused: clang does not count the release as a use. */
#define cleanup_free __attribute__((unused, cleanup(cleanup_free_pointer)))
#define cleanup_close __attribute__((unused, cleanup(cleanup_close_descriptor)))
#define cleanup_fclose __attribute__((unused, cleanup(cleanup_close_stream)))

#define take_pointer(pointer)                                                                      \
    ({                                                                                             \
        __typeof__(pointer) taken_ = (pointer);                                                    \
        (pointer) = NULL;                                                                          \
        taken_;                                                                                    \
    })

static inline int take_descriptor(int *descriptor)
{
    int taken = *descriptor;
    *descriptor = -1;
    return taken;
}
