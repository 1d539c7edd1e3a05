/* What report.json has of each workload: its figures, causes, failures and comparisons. */
#pragma once

#include <jansson.h>

#include "report/report.h"

json_t *document_workloads(const struct report *report);
