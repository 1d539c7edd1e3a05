/* pymalloc, CPython 3.11's allocator of objects up to 512 bytes, in an image.
 *
 * Its arenas are found by its own table of them, which lies behind one of CPython's static
 * variables and is proved by what it says: each arena's pools must name their place in the table.
 * So memory that merely looks like a pool counts nowhere, wherever the kernel merged mappings. */
#pragma once

#include "inspect/survey.h"

/* Claims the arenas and adds what is resident in them: live blocks, free ones in pools that hold a
 * live one (the part of them that was never used and what is left over at their end included), free
 * pools (those never used too, as far as resident), and headers. Without pymalloc, or in anything
 * but CPython 3.11, it does nothing. */
void pymalloc_survey(struct survey *survey);

/* Calls for each live block. A pool that has changed while it was read may be left out. */
void pymalloc_each_block(struct survey *survey,
                         void (*visit)(void *context, uint64_t address, uint64_t size),
                         void *context);
