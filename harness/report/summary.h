/* The summary of a run: what the terminal shows, as figures and texts, finished.
 *
 * Whoever prints it computes nothing. Figures are medians over the trials whose outcome is ok, one
 * value per trial. Absent stays absent: a figure that no trial has is METRIC_ABSENT. Everything is
 * copied, so the plan and the records may go when the summary is made.
 *
 * A difference here is one of medians and no verdict: whether it means anything is for statistics
 * to say. */
#pragma once

#include <stddef.h>

#include "plan/plan.h"
#include "report/headcount.h"
#include "report/waterfall.h"
#include "run/record.h"

enum summary_what {
    SUMMARY_START, /* anon at the phases, bytes */
    SUMMARY_PEAK,  /* highest peak_rss of the trial, bytes */
    SUMMARY_END,
    SUMMARY_SETTLED,
    SUMMARY_COLLECTED,
    SUMMARY_RELEASED,
    SUMMARY_OVER_START,  /* settled minus start, bytes */
    SUMMARY_TRACKED,     /* objects at 'settled' */
    SUMMARY_GARBAGE,     /* uncollectable objects at 'settled' */
    SUMMARY_UNCOLLECTED, /* objects that the collection before 'collected' freed */
    SUMMARY_BLOCKS,      /* at 'settled' */
    SUMMARY_CPU,         /* at the last 'end', as are wall and faults; seconds */
    SUMMARY_WALL,
    SUMMARY_MINOR_FAULTS,
    SUMMARY_WHAT_COUNT,
};

struct summary_figure {
    size_t count; /* trials that have it */
    double median, low, high;
    double spread; /* half the range as a share of the median; absent for one trial */
};

/* What the trials of a row came to that were not ok, one per outcome. */
struct summary_failure {
    enum outcome outcome;
    bool is_expected; /* the workload says that it ends so */
    size_t count;
    unsigned trial; /* the first one; the texts are its */
    char *summary, *hint;
    char *traceback, *stacks, *output;
    size_t output_length;
};

struct summary_row {
    char *allocator;
    size_t ok, total; /* trials */
    struct summary_figure figures[SUMMARY_WHAT_COUNT];
    double difference; /* of end from the group's first, as a share of that; absent there */
    unsigned typical;  /* number of the trial whose end is the median, the lower of two; or 0 */
    struct waterfall waterfall;    /* of that trial */
    struct headcount headcount;    /* of that trial, or of the first that has a census */
    struct summary_figure *cycles; /* anon at the end of each cycle; NULL if there is only one */
    struct summary_failure *failures;
    size_t failure_count;
};

/* The rows of one object allocator: only these are compared with each other. */
struct summary_group {
    enum object_allocator object_allocator;
    struct summary_row *rows;
    size_t row_count;
    const struct summary_row *first;   /* the first one with an end; NULL if none has one */
    size_t ok;                         /* trials of all rows */
    double widest[SUMMARY_WHAT_COUNT]; /* the largest spread of any row */
};

/* Warnings that differ in their numbers only are one; the text is the first one's. */
struct summary_warning {
    char *text; /* "settled: 7 % of rss is in huge pages" */
    size_t count;
    struct text_list allocators;
};

struct summary_workload {
    char *name, *summary, *parameters;
    struct summary_group *groups;
    size_t group_count;
    struct summary_warning *warnings;
    size_t warning_count;
};

struct summary {
    struct summary_workload *workloads;
    size_t workload_count;
    unsigned runs, cycles; /* as asked for; fewer may have been run */
    double settle;         /* seconds */
};

/* Sums up finished records of trials of this plan; workloads, object allocators and allocators come
 * in the plan's order, those without a record are left out. */
void summary_make(struct summary *summary, const struct plan *plan, const struct record *records,
                  size_t count);
void summary_clear(struct summary *summary);

/* An earlier failure of the workload that says the same, or NULL: a broken workload breaks under
 * every allocator, and one traceback is enough. */
const struct summary_failure *summary_find_same(const struct summary_workload *workload,
                                                const struct summary_failure *failure);
