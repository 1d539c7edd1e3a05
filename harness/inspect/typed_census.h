/* Objects and bytes by type, read from outside: the second witness of the worker's census.
 *
 * Two things are counted. What the collector tracks stands in its lists, and the count is complete.
 * What it does not track (strings, numbers, most tuples of them) is found among the blocks that
 * pymalloc and glibc's malloc have handed out, by what stands at their beginning: a reference count
 * and a type. So it finds also what only C holds, as the table of interned strings does, and does
 * not find the static objects of the program and its libraries. Under another malloc, blocks above
 * 512 bytes are not seen, and with PYTHONMALLOC=malloc none.
 *
 * Bytes are counted as sys.getsizeof() does for list, dict, set, str, int, bytearray, type and all
 * whose size follows from their type; private buffers of other types written in C are left out. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "measure/population.h"
#include "measure/wire.h"

struct typed {
    uint64_t address; /* of the type; 0: no type, but something that looked like one */
    uint64_t flags, basic_size, item_size;
    uint64_t values_size;  /* of the attributes beside an instance, without their order */
    char name[96];         /* tp_name: the class without its module, if written in Python */
    uint64_t count, bytes; /* all that were seen */
    uint64_t tracked, tracked_bytes;
    uint64_t garbage; /* members of gc.garbage */
};

struct typed_census {
    struct typed *types;
    size_t type_count;
    bool sees_malloc; /* blocks beyond pymalloc's too */
    double seconds;
};

/* Reads a process that stands still. Returns -1 if it cannot be read or holds no CPython 3.11. */
int typed_census_take(struct typed_census *census, pid_t pid, const char *family,
                      struct error *err);

/* Holds the worker's own census against it: tracked objects must agree to the last, and their bytes
 * where both count them in full; of the others none may be missing that is no static data. Returns
 * the first few disagreements in words, or NULL; the caller frees it. */
char *typed_census_compare(const struct typed_census *census, const struct wire_type *types,
                           size_t count);

/* As a population, for when the worker's own census has failed. */
void typed_census_tell(const struct typed_census *census, struct population *population);

void typed_census_clear(struct typed_census *census);
