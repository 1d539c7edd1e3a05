#include "cli/exit_status.h"

int exit_status_of_verdicts(const struct verdicts *verdicts, bool is_complete)
{
    static const int statuses[] = {
        [VERDICTS_HOLD] = EXIT_DONE,
        [VERDICTS_FAIL] = EXIT_REFUTED,
        [VERDICTS_INCONCLUSIVE] = EXIT_INCONCLUSIVE,
        [VERDICTS_NOT_MEASURED] = EXIT_NOT_MEASURED,
    };
    return is_complete ? statuses[verdicts_conclude(verdicts)] : EXIT_NOT_MEASURED;
}

int exit_status_worse(int one, int other)
{
    static const int order[] = {EXIT_NOT_MEASURED, EXIT_REFUTED, EXIT_INCONCLUSIVE};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (one == order[i] || other == order[i]) {
            return order[i];
        }
    }
    return one;
}

int exit_status_for_bisect(int status)
{
    return status == EXIT_DONE || status == EXIT_REFUTED ? status : EXIT_NOT_MEASURED;
}
