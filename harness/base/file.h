/* Files: small ones read whole, directories made, and where this program lies. */
#pragma once

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/error.h"

/* Reads up to `size - 1` bytes into `buffer` and terminates it. Returns the length, or -1 with
 * errno set. Allocates nothing; `directory` is a descriptor or AT_FDCWD. */
ssize_t file_read_at(int directory, const char *path, char *buffer, size_t size);

/* Creates the directory and its missing parents; one that is there already is fine. */
int file_make_directories(const char *path, struct error *err);

/* Writes the whole of `text` to a new file, or fails and leaves none behind. */
int file_write(const char *path, const char *text, size_t length, struct error *err);

/* Has `print` write a file and puts it in the place of one that is there, whole or not at all. */
int file_replace(const char *path, void (*print)(const void *context, FILE *out),
                 const void *context, struct error *err);

/* Removes a directory with all that is in it; follows no link. */
int file_remove_tree(const char *path, struct error *err);

/* The directory that holds the running program, absolute; the caller frees it. */
char *file_program_directory(struct error *err);

/* The last component of a path, as a pointer into it. */
const char *file_basename(const char *path);
