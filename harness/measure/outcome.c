#include "measure/outcome.h"

#include <string.h>

static const char *const names[OUTCOME_COUNT] = {
    [OUTCOME_UNFINISHED] = "unfinished",
    [OUTCOME_OK] = "ok",
    [OUTCOME_WORKLOAD_ERROR] = "workload-error",
    [OUTCOME_CRASHED] = "crashed",
    [OUTCOME_TIMED_OUT] = "timed-out",
    [OUTCOME_OUT_OF_MEMORY] = "out-of-memory",
    [OUTCOME_NOT_THIS_ALLOCATOR] = "not-this-allocator",
    [OUTCOME_SKIPPED] = "skipped",
};

const char *outcome_name(enum outcome outcome)
{
    return names[outcome];
}

int outcome_parse(const char *name)
{
    for (int i = OUTCOME_OK; i < OUTCOME_COUNT; i++) {
        if (strcmp(names[i], name) == 0) {
            return i;
        }
    }
    return -1;
}
