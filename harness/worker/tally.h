/* Objects and bytes by type: counted in a copy of the worker, without Python code.
 *
 * Found is what the collector tracks and all that it reaches by the types' own traversal: strings,
 * numbers, untracked tuples and dictionaries too. Not found is what only C holds: an object that no
 * traversed object refers to, as the name in a frozen module's table.
 *
 * Bytes are those of sys.getsizeof() where __sizeof__ is written in C, which it is for all of
 * Python's own types. Where it is written in Python it is passed over for the nearest base's in C.
 * Instances add what getsizeof leaves out: the values of their attributes, while they lie beside
 * the instance; a dictionary of theirs is an object of its own. */
#pragma once

#include <Python.h>

#include "worker/census.h"
#include "worker/hash.h"

struct tally {
    struct census_result *result;
    struct hash types; /* of a type's address: its row, from 1 */
    struct hash seen;  /* untracked objects */
    struct stack open; /* of them: whose references were not followed yet */
    PyObject *size_name;
    PyCFunction sizes[CENSUS_TYPES_MOST];
    bool has_pymalloc;
};

/* Makes this process one that only counts: Python's memory comes from mmap from now on and is
 * never given back. */
void tally_prepare(struct tally *tally, struct census_result *result);

void tally_count_all(struct tally *tally);

/* Counts objects that only gc.garbage keeps alive, by the collector's own method: what has more
 * references than come from among what gc.garbage reaches is kept by somebody else, and so is all
 * that it reaches. */
void tally_count_garbage(struct tally *tally);
