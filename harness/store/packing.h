/* What one column of the store holds of more than one value: JSON arrays, and the curve. */
#pragma once

#include "base/text.h"
#include "measure/sample.h"
#include "plan/workload.h"

char *packing_of_texts(const struct text_list *texts);
void packing_read_texts(const char *json, struct text_list *texts);

/* [[name, type, value], ...] */
char *packing_of_parameters(const struct workload *workload);
void packing_read_parameters(const char *json, struct workload *workload);

/* Points of 4 little-endian 64-bit integers: microseconds, rss, tree_private (bytes), processes. */
void *packing_of_curve(const struct curve_point *points, size_t count, size_t *size);
struct curve_point *packing_read_curve(const void *bytes, size_t size, size_t *count);
