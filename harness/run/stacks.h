/* What a trial is doing at this moment: for one that has not ended in time. */
#pragma once

#include <sys/types.h>

/* Every process below `root` with what each of its threads waits in, then the Python stacks of the
 * worker, which writes them to `descriptor`. Waits up to a second for them. The caller frees it. */
char *stacks_collect(pid_t root, pid_t worker, int descriptor);
