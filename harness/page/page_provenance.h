/* What a run was made of, as HTML: enough to repeat it, or to see why another one differs. */
#pragma once

#include <stdio.h>

#include "page/page.h"

void page_provenance_print(FILE *out, const struct report *report);
