/* What limits what the run may be taken for. */
#pragma once

#include <stdio.h>

#include "report/report.h"

/* Prints nothing if there is nothing to say. */
void page_limits_print(FILE *out, const struct report *report);
