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

#include "inspect/cause.h"
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

/* Figures of the causes of what is held, bytes; from SUMMARY_CAUSE_KIND on one for each kind. */
enum {
    SUMMARY_CAUSE_HELD,
    SUMMARY_CAUSE_CHILDREN, /* of it, in descendants */
    SUMMARY_CAUSE_SLOPE,    /* per cycle; of three cycles or more */
    SUMMARY_CAUSE_KIND,
    SUMMARY_CAUSE_FIGURES = SUMMARY_CAUSE_KIND + CAUSE_KINDS,
};

/* How soon a part of what was held at the last 'end' was given back by itself. */
struct summary_decay {
    size_t meant;                  /* trials that held something there */
    struct summary_figure reached; /* seconds, of those of them that gave back so much in time */
    double median; /* of all of them: HUGE_VAL if most did not; METRIC_ABSENT if none was meant */
};

enum { SUMMARY_DECAY_HALF, SUMMARY_DECAY_MOST, SUMMARY_DECAYS }; /* 50 %, 90 % */

/* A shorter idle time does not tell how fast an allocator gives back: they wait for seconds
 * (scudo's release_to_os_interval_ms is 5000 by default, jemalloc's dirty_decay_ms 10000). */
#define SUMMARY_DECAY_SETTLE 5.0

/* What follows for who wants memory back, for the allocators that it holds for. */
struct summary_advice {
    enum cause_kind kind;
    const char *remedy; /* static */
    struct text_list allocators;
    double bytes; /* of that kind, all those rows together */
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

/* One trial of a row, as all figures see it. */
struct summary_trial {
    unsigned number, block;
    enum outcome outcome;
    double values[SUMMARY_WHAT_COUNT]; /* METRIC_ABSENT unless the outcome is ok */
    struct cause cause;                /* not known unless the outcome is ok */
    char *cause_text;                  /* as a sentence; "" unless the outcome is ok */
};

struct summary_row {
    char *allocator;
    struct summary_trial *trials; /* in the order they were run */
    size_t trial_count;           /* as `total` */
    size_t ok, total;             /* trials */
    struct summary_figure figures[SUMMARY_WHAT_COUNT];
    double difference; /* of end from the group's first, as a share of that; absent there */
    unsigned typical;  /* number of the trial whose end is the median, the lower of two; or 0 */
    struct waterfall waterfall; /* of that trial */
    struct cause cause;         /* of what is held: of the ok trials together */
    char *cause_text;           /* as a sentence */
    char *family;               /* who served malloc; "" unknown */
    struct summary_figure cause_figures[SUMMARY_CAUSE_FIGURES];
    struct summary_decay decays[SUMMARY_DECAYS];
    struct headcount headcount;    /* of the typical trial, or of the first that has a census */
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
    bool has_causes;                   /* of any row */
    bool has_decays;                   /* any row held something that could go back */
    struct summary_advice *advices;    /* the one that cures most bytes first */
    size_t advice_count;
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
    size_t doubts[DOUBT_KINDS]; /* samples that there is such a doubt about */
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
