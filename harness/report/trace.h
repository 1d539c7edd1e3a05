/* The course of one trial's resident memory, as it is drawn: its curve through every standstill,
 * and its phases as moments on it. */
#pragma once

#include <stdbool.h>

#include "picture/chart.h"
#include "run/record.h"

/* The record of the trial with that number, or NULL; 0 is none's. */
const struct record *trace_find(const struct record *records, size_t count, unsigned trial);

/* Fills points and moments of a line, bytes over seconds since the worker's start; chart_line_clear
 * frees them. The curve ends with the last standstill, as behind it the process only ends. Of many
 * cycles evenly chosen ones have moments, with those of the last. False, and nothing to free, if
 * there is no point that could be drawn. */
bool trace_fill(struct chart_line *line, const struct record *record, unsigned cycles);
