/* Phase names: the standstills of a trial. A workload may add its own between 'start' and 'end'. */
#pragma once

#include <stdbool.h>

enum { PHASE_NAME_SIZE = 65 }; /* 64 characters and the NUL */

#define PHASE_START "start"
#define PHASE_END "end"
#define PHASE_SETTLED "settled"
#define PHASE_COLLECTED "collected"
#define PHASE_RELEASED "released"

/* Whether it matches [a-z0-9][a-z0-9_-]{0,63}. */
bool phase_is_well_formed(const char *name);

enum { PHASE_BUILT_IN_COUNT = 5 };
/* The five above, in the order of a trial. */
extern const char *const phase_built_in[PHASE_BUILT_IN_COUNT];

/* Whether it is one of the five above, which a workload may not use. */
bool phase_is_built_in(const char *name);
