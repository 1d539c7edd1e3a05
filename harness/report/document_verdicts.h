/* What report.json has of comparisons and claims: the fields of comparisons.csv. */
#pragma once

#include <jansson.h>

#include "report/summary.h"
#include "stats/verdicts.h"

/* Of one workload and object allocator. */
json_t *document_comparisons(const struct verdicts *verdicts,
                             const struct summary_workload *workload,
                             enum object_allocator object_allocator);

json_t *document_claims(const struct verdicts *verdicts);
