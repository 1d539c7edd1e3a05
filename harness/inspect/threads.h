/* Thread stacks, and the memory of the dynamic loader, as glibc keeps account of them.
 *
 * A stack cannot be told by the size of its mapping: mappings that touch are merged, and a malloc's
 * own look the same (allocators that map 8 MiB at a time do). glibc's lists name every stack, also
 * those of threads that have ended, which it keeps for the next ones. */
#pragma once

#include "inspect/survey.h"

/* Adds stacks to METRIC_OWNER_MAIN_STACK and METRIC_OWNER_THREAD_STACKS, thread control blocks and
 * the loader's own memory to METRIC_OWNER_OTHER. */
void threads_survey(struct survey *survey);
