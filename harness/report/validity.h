/* What limits what a run may be taken for: its host, its noise, what failed in it.
 *
 * Each is a finding of grade warn with a hint; the grade fail is for what makes figures worthless.
 * The warnings of single samples stay with their workload (summary.h); here they are counted. */
#pragma once

#include "measure/finding.h"
#include "report/summary.h"
#include "stats/verdicts.h"
#include "store/store.h"

/* Adds what there is to say; findings_clear frees it. Nothing if all is well. */
void validity_find(struct findings *findings, const struct run_info *info,
                   const struct summary *summary, const struct verdicts *verdicts);
