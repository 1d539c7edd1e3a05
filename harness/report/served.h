/* Who served the trials of a run: the mallocs of a setting and the Pythons, as they proved it. */
#pragma once

#include <stddef.h>

#include "run/record.h"

/* The mallocs that served a setting's trials, each change of it once: one in a sane run, none where
 * no trial came so far. `identities` has room for one per record. Returns how many there are. */
size_t served_mallocs(const struct record *records, size_t count, const struct setting *setting,
                      const struct wire_hello **identities);

/* The versions of Python, separated by commas; one in a sane run. The caller frees it. */
char *served_pythons(const struct record *records, size_t count);
