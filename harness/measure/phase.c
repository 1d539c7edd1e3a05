#include "measure/phase.h"

#include <string.h>

const char *const phase_built_in[PHASE_BUILT_IN_COUNT] = {PHASE_START, PHASE_END, PHASE_SETTLED,
                                                          PHASE_COLLECTED, PHASE_RELEASED};

bool phase_is_well_formed(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    size_t length = strlen(name);
    return length > 0 && length < PHASE_NAME_SIZE && strspn(name, letters) == length &&
           name[0] != '_' && name[0] != '-';
}

bool phase_is_built_in(const char *name)
{
    for (size_t i = 0; i < PHASE_BUILT_IN_COUNT; i++) {
        if (strcmp(name, phase_built_in[i]) == 0) {
            return true;
        }
    }
    return false;
}
