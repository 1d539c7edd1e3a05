/* Whether a plan can answer a claim, asked before anything runs.
 *
 * Trap: of a workload that is no script the phases are not known beforehand, so a claim that passes
 * may still find no trial that came by its phase; that is known only when the run is over. */
#pragma once

#include "plan/claim.h"
#include "plan/plan.h"

/* That the plan has the allocators and the workload, and the phases as far as they are known. The
 * error shows the place in the claim and hints at what is near. */
int claim_check(const struct claim *claim, const struct plan *plan, struct error *err);
