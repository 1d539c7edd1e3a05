/* The verdicts of a run as HTML: what the claims came to, at the top, and the comparisons. */
#pragma once

#include <stdio.h>

#include "stats/verdicts.h"

/* Every claim as a banner of one sentence. */
void page_verdicts_print_claims(FILE *out, const struct verdicts *verdicts);

/* The comparisons of a workload and object allocator. */
void page_verdicts_print_group(FILE *out, const struct verdicts *verdicts, const char *workload,
                               const char *parameters, enum object_allocator object_allocator);
