/* One figure of the summary from the values of its trials. */
#pragma once

#include "report/summary.h"

/* Of present values, one per trial; sorts them. */
struct summary_figure summary_figure_of(double *values, size_t count);
