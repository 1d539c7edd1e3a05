/* [[workload]] of a plan's file: which program, with which parameters, under which name. */
#pragma once

#include "plan/planfile_keys.h"

/* Adds an order of the workload of one table. Only its file is looked up: beside the plan, wherever
 * membench is called from, else among the shipped ones. */
int planfile_workload_apply(struct planfile_reader *reader, const char *path, json_t *table);
