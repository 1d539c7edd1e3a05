#include "measure/phase.h"

#include <string.h>

bool phase_is_well_formed(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    size_t length = strlen(name);
    return length > 0 && length < PHASE_NAME_SIZE && strspn(name, letters) == length &&
           name[0] != '_' && name[0] != '-';
}

bool phase_is_built_in(const char *name)
{
    static const char *const built_in[] = {PHASE_START, PHASE_END, PHASE_SETTLED, PHASE_COLLECTED,
                                           PHASE_RELEASED};
    for (size_t i = 0; i < sizeof built_in / sizeof *built_in; i++) {
        if (strcmp(name, built_in[i]) == 0) {
            return true;
        }
    }
    return false;
}
