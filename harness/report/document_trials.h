/* What report.json has of each trial: outcome and samples. The curve is in curve.csv alone. */
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "run/record.h"

json_t *document_trials(const struct record *records, size_t count);
