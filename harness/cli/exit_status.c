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

int exit_status_for_bisect(int status)
{
    return status == EXIT_DONE || status == EXIT_REFUTED ? status : EXIT_NOT_MEASURED;
}
