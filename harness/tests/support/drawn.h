/* A run drawn at random: of whatever a store may hold.
 *
 * Of one allocator or twelve, of one workload or four, of no trial or many; with parameters,
 * claims, gates and censuses or without; with phases, metrics and curves that are missing, phases
 * that are visited again, values of any size, and texts of an enemy in place of any text. */
#pragma once

#include "base/random.h"
#include "tests/support/fixture.h"

enum { DRAWN_WORKLOADS = 4 };

struct drawn {
    struct fixture fixture;
    struct workload workloads[DRAWN_WORKLOADS]; /* of the plan, in place of the fixture's own */
};

/* Stays where it is until it is cleared: its trials point into it. */
void drawn_make(struct drawn *drawn, struct random *random);
void drawn_clear(struct drawn *drawn);
