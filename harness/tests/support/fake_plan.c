#include "tests/support/fake_plan.h"

#include <math.h>
#include <stdlib.h>

void fake_plan_init(struct fake_plan *fake, const char *part)
{
    *fake = (struct fake_plan){
        .workload = {.path = text_copy(part),
                     .given = text_copy(part),
                     .name = text_copy(part),
                     .summary = text_copy(""),
                     .timeout = NAN,
                     .expect = OUTCOME_OK},
        .setting = {.name = text_copy("glibc"), .is_available = true},
        .trial = {.number = 1, .block = 1, .position = 1, .hash_seed = 5, .padding = 100},
    };
    options_init(&fake->options);
    fake->options.venv = NULL;
    fake->options.timeout = 60; /* only what hangs needs it, and that is no test's wish */
    fake->trial.workload = &fake->workload;
    fake->trial.setting = &fake->setting;
    fake->plan = (struct plan){.options = &fake->options,
                               .workloads = &fake->workload,
                               .workload_count = 1,
                               .settings = &fake->setting,
                               .setting_count = 1,
                               .trials = &fake->trial,
                               .trial_count = 1};
}

void fake_plan_clear(struct fake_plan *fake)
{
    workload_clear(&fake->workload);
    setting_clear(&fake->setting);
    options_clear(&fake->options);
}
