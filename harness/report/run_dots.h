/* The runs of a group as a picture: each one's peak and what it held after the load. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "report/summary.h"

/* What stands for memory after the load: at 'settled', or at 'end' where no run came so far. */
enum summary_what run_dots_held(const struct summary_group *group);
const char *run_dots_held_name(enum summary_what held);

/* Whether a run has either figure. */
bool run_dots_is_there(const struct summary_group *group);

/* Prints the SVG, part of a page or a file of its own (frame.h). The group has a row. */
void run_dots_print(FILE *out, const struct summary_workload *workload,
                    const struct summary_group *group, const char *id, bool is_file);
