#include "report/moment.h"

#include <string.h>

#include "base/text.h"

bool moment_comes_once(const struct sample *sample)
{
    return phase_is_built_in(sample->phase) && strcmp(sample->phase, PHASE_END) != 0;
}

char *moment_name(const struct sample *sample, unsigned cycles)
{
    if (moment_comes_once(sample) || (cycles == 1 && sample->visit == 1)) {
        return text_copy(sample->phase);
    }
    if (sample->visit == 1) {
        return text_format("%s %u", sample->phase, sample->cycle);
    }
    return cycles == 1 ? text_format("%s #%u", sample->phase, sample->visit)
                       : text_format("%s %u #%u", sample->phase, sample->cycle, sample->visit);
}
