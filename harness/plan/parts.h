/* The parts that a run is made of: the worker, its Python, and the libraries of the allocators. */
#pragma once

#include "measure/finding.h"
#include "plan/setting.h"

/* Tries each of them and adds what it found. */
void parts_judge(struct findings *findings);

/* What follows for a measurement if a listed allocator was tried with this result. */
void parts_judge_setting(const struct setting *setting, struct findings *findings);
