#include "report/validity.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

/* Runs of one setting that lie farther apart, in shares of their median to each side, make
 * intervals wider than what verdicts call the same (stats/threshold.c) unless there are many of
 * them. */
static const double memory_noise = 0.05, time_noise = 0.10;

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

/* ---- the run and its host ---- */

static void judge_run(struct findings *findings, const struct run_info *info,
                      const struct verdicts *verdicts)
{
    if (info->finished[0] == '\0') {
        cleanup_free char *hint = text_format("go on with --resume %s", info->id);
        findings_add(findings, FINDING_WARN, "not finished", hint,
                     "the run has not finished: this is what there was of it");
    }
    if (verdicts->is_one_layout) {
        findings_add(findings, FINDING_WARN, "fixed layout", "--layout random",
                     "what is said holds for one layout of memory only");
    }
}

static void judge_host(struct findings *findings, const struct host *host)
{
    const char *huge = host_value(host, "huge pages");
    const char *of_trials = host_value(host, HOST_TRIALS_HUGE_PAGES);
    const char *randomisation = host_value(host, "address randomisation");
    const char *processors = host_value(host, "processors");
    bool is_off = of_trials && strcmp(of_trials, "off") == 0;
    if (huge && strcmp(huge, "always") == 0 && !is_off) {
        findings_add(findings, FINDING_WARN, "huge pages", "--thp off",
                     "huge pages are always on here: a byte that is touched may weigh 2 MiB");
    }
    if (randomisation && strcmp(randomisation, "0") == 0) {
        findings_add(findings, FINDING_WARN, "host", "sysctl kernel.randomize_va_space=2",
                     "addresses are not randomised here: runs vary less than elsewhere");
    }
    if (processors && strcmp(processors, "1") == 0) {
        findings_add(findings, FINDING_WARN, "host", "do not judge times",
                     "one processor: membench and what it measures share it");
    }
}

/* ---- samples and trials ---- */

static size_t doubts_of(const struct summary *summary, enum sample_doubt kind)
{
    size_t count = 0;
    for (size_t i = 0; i < summary->workload_count; i++) {
        count += summary->workloads[i].doubts[kind];
    }
    return count;
}

static void judge_samples(struct findings *findings, const struct summary *summary)
{
    static const struct {
        const char *subject, *hint, *text;
    } words[DOUBT_KINDS] = {
        [DOUBT_SWAP] = {"swap", "swapoff -a, or more memory",
                        "with memory in swap: their rss is too low"},
        [DOUBT_MOVED] = {"moving", "the warnings of each workload say by how much",
                         "while memory moved: their parts need not sum to rss"},
        [DOUBT_HUGE] = {"huge pages", "--thp off",
                        "with more than 5 % of rss in huge pages: they look larger than what was "
                        "touched"},
    };
    for (int kind = DOUBT_NONE + 1; kind < DOUBT_KINDS; kind++) {
        size_t count = doubts_of(summary, (enum sample_doubt)kind);
        if (count > 0) {
            findings_add(findings, FINDING_WARN, words[kind].subject, words[kind].hint,
                         "%zu sample%s %s", count, plural(count), words[kind].text);
        }
    }
}

static void judge_failures(struct findings *findings, const struct summary *summary)
{
    size_t failed = 0, skipped = 0, total = 0;
    for (size_t i = 0; i < summary->workload_count; i++) {
        for (size_t j = 0; j < summary->workloads[i].group_count; j++) {
            const struct summary_group *group = &summary->workloads[i].groups[j];
            for (size_t k = 0; k < group->row_count; k++) {
                const struct summary_row *row = &group->rows[k];
                total += row->total;
                for (size_t f = 0; f < row->failure_count; f++) {
                    const struct summary_failure *failure = &row->failures[f];
                    bool is_skipped = failure->outcome == OUTCOME_SKIPPED;
                    skipped += is_skipped ? failure->count : 0;
                    failed += is_skipped || failure->is_expected ? 0 : failure->count;
                }
            }
        }
    }
    if (failed > 0) {
        findings_add(findings, failed == total ? FINDING_FAIL : FINDING_WARN, "failed trials",
                     "each workload shows its own, with traceback or stacks",
                     "%zu of %zu trial%s failed and are in no figure", failed, total,
                     plural(total));
    }
    if (skipped > 0) {
        findings_add(findings, skipped == total ? FINDING_FAIL : FINDING_WARN, "skipped trials",
                     "each workload says why", "%zu of %zu trial%s did not run", skipped, total,
                     plural(total));
    }
}

/* Whether a malloc that gives back by itself, after a time, served any of it. */
static bool has_decaying_malloc(const struct summary *summary)
{
    static const char *const families[] = {"jemalloc", "scudo"};
    for (size_t i = 0; i < summary->workload_count; i++) {
        for (size_t j = 0; j < summary->workloads[i].group_count; j++) {
            const struct summary_group *group = &summary->workloads[i].groups[j];
            for (size_t k = 0; k < group->row_count; k++) {
                const char *family = group->rows[k].family;
                if (strcmp(family, families[0]) == 0 || strcmp(family, families[1]) == 0) {
                    return true;
                }
            }
        }
    }
    return false;
}

static void judge_settling(struct findings *findings, const struct summary *summary)
{
    if (summary->settle < SUMMARY_DECAY_SETTLE && has_decaying_malloc(summary)) {
        findings_add(findings, FINDING_WARN, "short settling",
                     "--settle 5, for stock jemalloc --settle 12",
                     "'settled' is %g s after the load: a malloc that gives back by itself takes "
                     "2 to 10 s, and may hold less later",
                     summary->settle);
    }
}

/* ---- noise ---- */

/* The widest spread of a figure in the run, and whose it is. */
struct widest {
    double spread; /* share of the median; 0: none */
    const char *workload, *allocator;
};

static struct widest widest_of(const struct summary *summary, enum summary_what what)
{
    struct widest widest = {0};
    for (size_t i = 0; i < summary->workload_count; i++) {
        for (size_t j = 0; j < summary->workloads[i].group_count; j++) {
            const struct summary_group *group = &summary->workloads[i].groups[j];
            for (size_t k = 0; k < group->row_count; k++) {
                double spread = group->rows[k].figures[what].spread;
                if (spread > widest.spread) { /* not if absent */
                    widest = (struct widest){spread, summary->workloads[i].name,
                                             group->rows[k].allocator};
                }
            }
        }
    }
    return widest;
}

static void judge_noise(struct findings *findings, const struct summary *summary)
{
    struct widest memory = widest_of(summary, SUMMARY_SETTLED);
    struct widest time = widest_of(summary, SUMMARY_CPU);
    if (memory.spread > memory_noise) {
        findings_add(findings, FINDING_WARN, "noise",
                     "intervals are wide; more runs narrow them: -n 20",
                     "memory of the same setting varies: settled by \xC2\xB1%.1f %% under %s on %s",
                     100 * memory.spread, memory.allocator, memory.workload);
    }
    if (time.spread > time_noise) {
        findings_add(findings, FINDING_WARN, "noise",
                     "intervals are wide; a quiet machine or more runs narrow them",
                     "time of the same setting varies: cpu by \xC2\xB1%.1f %% under %s on %s",
                     100 * time.spread, time.allocator, time.workload);
    }
}

static bool is_odd(const struct shape *shape)
{
    return shape->modes > 1 || shape->outliers > 0;
}

static void judge_shapes(struct findings *findings, const struct verdicts *verdicts)
{
    size_t odd = 0, total = 0;
    for (size_t i = 0; i < verdicts->group_count; i++) {
        for (size_t j = 0; j < verdicts->groups[i].comparison_count; j++) {
            const struct verdicts_comparison *comparison = &verdicts->groups[i].comparisons[j];
            if (!comparison->missing && metric_table[comparison->metric].unit == UNIT_BYTES) {
                total++;
                odd +=
                    is_odd(&comparison->result.baseline) || is_odd(&comparison->result.candidate);
            }
        }
    }
    if (odd > 0) {
        findings_add(findings, FINDING_WARN, "outliers", "look at every run, not at medians alone",
                     "%zu of %zu comparison%s of memory have outliers or two modes", odd, total,
                     plural(total));
    }
}

/* Of a run's comparisons: how many so few values cannot decide, and how many it would take. */
struct shortage {
    size_t count, total;
    size_t n, needed; /* the least of those that are short */
};

static struct shortage shortage_of(const struct verdicts *verdicts)
{
    struct shortage shortage = {0};
    for (size_t i = 0; i < verdicts->group_count; i++) {
        for (size_t j = 0; j < verdicts->groups[i].comparison_count; j++) {
            const struct verdicts_comparison *comparison = &verdicts->groups[i].comparisons[j];
            const struct comparison *result = &comparison->result;
            shortage.total += !comparison->missing;
            if (comparison->missing || result->reason != REASON_TOO_FEW) {
                continue;
            }
            if (shortage.count == 0 || result->needed < shortage.needed) {
                shortage.n = result->n;
                shortage.needed = result->needed;
            }
            shortage.count++;
        }
    }
    return shortage;
}

static void judge_size(struct findings *findings, const struct verdicts *verdicts)
{
    struct shortage shortage = shortage_of(verdicts);
    if (shortage.count > 0) {
        cleanup_free char *hint =
            text_format("-n %zu shows the largest differences, -n 8 more", shortage.needed);
        findings_add(findings, FINDING_WARN, "few runs", hint,
                     "%zu of %zu comparison%s cannot be decided by %zu run%s: %zu is the least",
                     shortage.count, shortage.total, plural(shortage.total), shortage.n,
                     plural(shortage.n), shortage.needed);
    }
}

void validity_find(struct findings *findings, const struct run_info *info,
                   const struct summary *summary, const struct verdicts *verdicts)
{
    judge_failures(findings, summary);
    judge_run(findings, info, verdicts);
    judge_size(findings, verdicts);
    judge_settling(findings, summary);
    judge_noise(findings, summary);
    judge_shapes(findings, verdicts);
    judge_samples(findings, summary);
    judge_host(findings, &info->host);
}
