#include "tests/support/owners.h"

void owners_set(struct sample *sample, double unit, bool is_split, double unexplained)
{
    double sum = 0;
    for (int i = METRIC_OWNER_FIRST; i <= METRIC_OWNER_LAST; i++) {
        bool is_part = i >= METRIC_OWNER_MALLOC_IN_USE && i <= METRIC_OWNER_MALLOC_METADATA;
        bool is_absent = is_split ? i == METRIC_OWNER_MALLOC_UNSPLIT : is_part;
        sample->values[i] = is_absent ? METRIC_ABSENT : (i - METRIC_OWNER_FIRST + 1) * unit;
        sum += metric_is_absent(sample->values[i]) ? 0 : sample->values[i];
    }
    sample->values[METRIC_OWNER_UNEXPLAINED] = unexplained;
    sample->values[METRIC_RSS] = sum + unexplained;
}
