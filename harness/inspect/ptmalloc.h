/* glibc's malloc, read from outside: who owns each byte of its heaps, and what malloc_trim(0) would
 * give back.
 *
 * What is found is held to account before it is believed: the lists of the bins point to each
 * other, chunks lead from one to the next up to the end of their heap, the counters of malloc agree
 * with what is found. What is not consistent, as under another version of glibc, is not claimed,
 * and shows as unexplained.
 *
 * The owners, of resident bytes:
 *   in use       payload of chunks handed out, and of blocks that have a mapping of their own
 *   releasable   whole pages inside of free memory, whether or not malloc_trim takes them: it
 * leaves the top of a thread's arena. Free neighbours count as one: chunks in fastbins are merged
 * with theirs by any trim and by most large requests. pinned       free bytes in pages that hold
 * something else too; chunks in a tcache, which no other thread can use and no trim merges metadata
 * chunk headers, arenas, heap headers, tcaches, fenceposts; where aligned blocks have a mapping of
 * their own, what lies before them there */
#pragma once

#include "inspect/survey.h"

/* Fills the four owners, METRIC_FORECAST_BYTES, malloc_live and malloc_in_use. To be called for
 * survey->family "glibc", after pymalloc's arenas, stacks and static data have been claimed: what
 * they hold is passed over, also within a chunk. */
void ptmalloc_survey(struct survey *survey);

/* Calls back for every chunk handed out, with the address of its payload and its usable size: first
 * the heaps, each in ascending order, then blocks that have a mapping of their own. Chunks that are
 * free or cached, and malloc's own, are left out. Nothing is called if ptmalloc_survey found
 * nothing, or was not called. */
void ptmalloc_each_block(struct survey *survey,
                         void (*visit)(void *context, uint64_t address, uint64_t usable),
                         void *context);

/* What survey->ptmalloc points to; NULL too. survey_clear calls it. */
void ptmalloc_free(struct ptmalloc *ptmalloc);
