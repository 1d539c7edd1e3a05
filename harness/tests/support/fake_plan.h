/* A plan of one trial, whose worker is the fake one and plays a part.
 *
 * What a test wants otherwise, it changes in the structs before it runs the trial. */
#pragma once

#include "plan/plan.h"

struct fake_plan {
    struct options options;
    struct workload workload;
    struct setting setting;
    struct trial trial;
    struct plan plan;
};

/* `part` is a name from fake_worker.c. */
void fake_plan_init(struct fake_plan *fake, const char *part);
void fake_plan_clear(struct fake_plan *fake);
