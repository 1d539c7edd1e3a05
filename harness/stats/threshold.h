/* From which size on a difference matters, by metric.
 *
 * A difference can be real and too small for anybody: a verdict needs the interval to lie beyond
 * this. A plan may replace `ratio` for one metric. */
#pragma once

#include "measure/metric.h"

struct threshold {
    double ratio;   /* 0.03: from 1/1.03 to 1.03 times the baseline is the same */
    double quantum; /* differences up to this never matter, in the metric's unit */
};

/* Memory 3 % and 64 KiB, time 10 %, page faults and ratios 3 %, counts of objects 0. */
struct threshold threshold_of(enum metric metric);
