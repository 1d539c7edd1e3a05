#include "stats/self_check.h"

#include <stdlib.h>

#include "measure/phase.h"
#include "stats/observations.h"
#include "stats/permutation.h"
#include "stats/power.h"
#include "stats/threshold.h"

static struct observations_key key_of(const struct plan *plan, size_t workload, size_t setting,
                                      const char *phase, enum metric metric)
{
    return (struct observations_key){.workload = &plan->workloads[workload],
                                     .setting = &plan->settings[setting],
                                     .phase = phase,
                                     .metric = metric};
}

/* Anon at 'settled' of two arms. */
static void compare(struct self_check *check, struct comparison *comparison,
                    const struct observations_source *source,
                    const struct observations_key *baseline,
                    const struct observations_key *candidate)
{
    struct observations before, after;
    observations_read_both(&before, &after, source, baseline, candidate, false);
    const char *missing = before.missing ? before.missing : after.missing;
    if (missing && !check->missing) {
        check->missing = text_copy(missing);
    }
    struct comparison_question question = {
        .baseline = before.values,
        .candidate = after.values,
        .baseline_count = before.count,
        .candidate_count = after.count,
        .better = metric_table[METRIC_ANON].better,
        .threshold = threshold_of(METRIC_ANON),
        .looks = 1,
        .seed = permutation_seed(source->plan->options->seed, "self_check"),
    };
    comparison_make(comparison, &question);
    observations_clear(&before);
    observations_clear(&after);
}

/* As a run with --runs auto would judge: each look has its part of the chance of error. */
static void find_visible(struct self_check_noise *noise, const double *values, size_t count,
                         uint64_t seed)
{
    enum { LEAST = 4 }; /* power_visible_ratio needs so many */
    double alpha = looks_alpha(LOOKS_COUNT);
    for (size_t i = 0; i < LOOKS_COUNT; i++) {
        noise->visible[i] = count < LEAST ? METRIC_ABSENT
                                          : power_visible_ratio(values, count, looks_blocks[i],
                                                                alpha, noise->threshold, seed);
    }
}

/* Both arms are one setting, so their values are one sample. */
static void read_noise(struct self_check_noise *noise, const struct observations_source *source)
{
    struct observations arms[2];
    for (size_t i = 0; i < 2; i++) {
        struct observations_key key = key_of(source->plan, 0, i, noise->phase, noise->metric);
        observations_read(&arms[i], source, &key);
        noise->arms[i] = shape_of(arms[i].values, arms[i].count);
    }
    size_t count = 0;
    double *values = text_allocate((arms[0].count + arms[1].count + 1) * sizeof *values);
    for (size_t i = 0; i < 2; i++) {
        for (size_t j = 0; j < arms[i].count; j++) {
            values[count++] = arms[i].values[j];
        }
        observations_clear(&arms[i]);
    }
    noise->threshold = threshold_of(noise->metric).ratio;
    find_visible(noise, values, count, permutation_seed(source->plan->options->seed, "noise"));
    free(values);
}

void self_check_make(struct self_check *check, const struct plan *plan,
                     const struct record *records, size_t count)
{
    struct observations_source source = {.plan = plan, .records = records, .count = count};
    struct observations_key small = key_of(plan, 0, 0, PHASE_SETTLED, METRIC_ANON);
    struct observations_key again = key_of(plan, 0, 1, PHASE_SETTLED, METRIC_ANON);
    struct observations_key large = key_of(plan, 1, 1, PHASE_SETTLED, METRIC_ANON);
    *check = (struct self_check){0};
    compare(check, &check->same, &source, &small, &again);
    compare(check, &check->worse, &source, &small, &large);
}

void self_check_measure_noise(struct self_check *check, const struct plan *plan,
                              const struct record *records, size_t count)
{
    struct observations_source source = {.plan = plan, .records = records, .count = count};
    static const struct self_check_noise figures[SELF_CHECK_FIGURES] = {
        {.phase = PHASE_SETTLED, .metric = METRIC_ANON},
        {.phase = PHASE_END, .metric = METRIC_CPU_SECONDS},
        {.phase = PHASE_END, .metric = METRIC_WALL_SECONDS}};
    for (size_t i = 0; i < SELF_CHECK_FIGURES; i++) {
        check->noise[i] = figures[i];
        read_noise(&check->noise[i], &source);
    }
}

void self_check_clear(struct self_check *check)
{
    free(check->missing);
    *check = (struct self_check){0};
}

bool self_check_passes(const struct self_check *check)
{
    return !check->missing && check->same.verdict == VERDICT_SAME &&
           check->worse.verdict == VERDICT_WORSE;
}
