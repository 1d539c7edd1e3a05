/* Counts that only the interpreter knows, read in place: no allocation, no Python code, no
 * reference counts touched. This is the one module that depends on CPython's version. */
#pragma once

#include "measure/wire.h"

/* Hold the GIL. Walks all pools and all tracked objects: about 35 ms per million. */
void counts_read(struct wire_counts *counts);
