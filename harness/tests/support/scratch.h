/* A temporary directory for one test, and small files in it.
 *
 * `*state` of the test is its path. */
#pragma once

#include <stddef.h>

int scratch_setup(void **state);
/* Removes it with all that is in it. */
int scratch_teardown(void **state);

#define scratch_test(function)                                                                     \
    cmocka_unit_test_setup_teardown(function, scratch_setup, scratch_teardown)

/* The path of a name there; the caller frees it. */
char *scratch_path(void *const *state, const char *name);

/* Writes a file there; returns its path, which the caller frees. */
char *scratch_write(void *const *state, const char *name, const void *bytes, size_t length);
char *scratch_write_text(void *const *state, const char *name, const char *text);
