/* What the allocator that serves this process says of itself.
 *
 * The family is found once, and asked once for nothing, before anything is measured: a function
 * that is not there makes dlsym allocate its error message, and a first call touches pages. */
#pragma once

#include "measure/wire.h"

/* `library` serves malloc, NULL: glibc's own. `descriptor` takes the allocator's own text. */
void account_open(const char *library, int descriptor);

/* Without allocating; -1 is unknown. Some 0.1 ms, and 4 ms a GiB where free memory is looked up
 * page by page (tcmalloc, jemalloc); glibc walks its free chunks, 0.4 us each. */
void account_read(struct wire_account *account);

/* Writes the allocator's own text to the descriptor. May allocate. Writes nothing if the family has
 * none, or if the workload has put something else in the descriptor's place. */
void account_dump(void);
