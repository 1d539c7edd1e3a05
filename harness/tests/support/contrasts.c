#include "tests/support/contrasts.h"

#include "base/text.h"
#include "stats/threshold.h"

static const double mib = 0x1p20;

void contrasts_add(struct contrast *contrast, const char *allocator, const char *phase,
                   enum metric metric, enum gate_level level, double before, double now,
                   const char *missing)
{
    const double baseline[] = {before, before, before}, candidate[] = {now, now, now};
    struct comparison_question question = {.baseline = baseline,
                                           .candidate = candidate,
                                           .baseline_count = 3,
                                           .candidate_count = 3,
                                           .better = metric_table[metric].better,
                                           .threshold = threshold_of(metric),
                                           .looks = 1};
    struct verdicts_added added = {.baseline = "b.txt",
                                   .candidate = allocator,
                                   .phase = phase,
                                   .metric = metric,
                                   .level = level,
                                   .is_against_baseline = true,
                                   .missing = missing,
                                   .question = &question};
    verdicts_add(&contrast->verdicts.groups[0], &added);
    contrast->compared += missing == NULL;
}

/* Ratios to a control that vary, five of them. */
static void add_ratio(struct contrast *contrast)
{
    static const double before[] = {1.20, 1.21, 1.22, 1.23, 1.24};
    static const double now[] = {1.18, 1.22, 1.26, 1.30, 1.34};
    struct comparison_question question = {.baseline = before,
                                           .candidate = now,
                                           .baseline_count = 5,
                                           .candidate_count = 5,
                                           .better = BETTER_LESS,
                                           .threshold = {.ratio = 0.03},
                                           .looks = 1};
    struct verdicts_added added = {.baseline = "b.txt",
                                   .candidate = "tcmalloc-aggressive",
                                   .control = "glibc",
                                   .phase = "settled",
                                   .metric = METRIC_ANON,
                                   .level = GATE_ERROR,
                                   .is_against_baseline = true,
                                   .question = &question};
    verdicts_add(&contrast->verdicts.groups[0], &added);
    contrast->compared++;
}

void contrasts_init(struct contrast *contrast, const char *name)
{
    static const char python[] = "Python 3.11.2, not 3.12.1";
    *contrast = (struct contrast){.difference = text_copy("kernel 6.18, not 5.10")};
    verdicts_add_group(&contrast->verdicts, name, "articles=9", OBJECT_PYMALLOC);
    contrasts_add(contrast, "glibc", "end", METRIC_ANON, GATE_ERROR, 100 * mib, 110 * mib, NULL);
    contrasts_add(contrast, "jemalloc", "end", METRIC_ANON, GATE_ERROR, 100 * mib, 100 * mib, NULL);
    contrasts_add(contrast, "mimalloc", "end", METRIC_ANON, GATE_ERROR, 100 * mib, 50 * mib, NULL);
    add_ratio(contrast);
    contrasts_add(contrast, "glibc", "end", METRIC_TRACKED_OBJECTS, GATE_ERROR, 0, 0, python);
    contrasts_add(contrast, "jemalloc", "end", METRIC_TRACKED_OBJECTS, GATE_ERROR, 0, 0, python);
    contrasts_add(contrast, "glibc", "end", METRIC_CPU_SECONDS, GATE_WARN, 1, 1.5, NULL);
    text_list_add(&contrast->notes, "shop: the file is not the one of b.txt");
}
