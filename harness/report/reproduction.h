/* A reproduction: a run beside the earlier one that it repeats, row by row.
 *
 * A row was reproduced if every median lies within the practical threshold of its metric (gate.h)
 * or within what the reading itself cannot tell apart. Trap: that is a comparison of medians and no
 * verdict. Whether a difference is more than chance is for statistics to say, and here is where
 * they will say it. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "report/summary.h"
#include "store/store.h"

enum { REPRODUCTION_FIGURES = 8 };

struct reproduction_figure {
    const char *name;     /* as in the table: "settled" */
    enum metric metric;   /* it is one of these */
    double first, second; /* medians; METRIC_ABSENT if no trial has it */
    double difference;    /* a share of the first; absent if one of them is, or the first is 0 */
    bool is_within;       /* of what is tolerated; absent in both is */
};

struct reproduction_row {
    char *workload, *allocator;
    enum object_allocator object_allocator;
    bool is_comparable; /* both runs have a trial of it that is ok */
    bool is_reproduced;
    struct reproduction_figure figures[REPRODUCTION_FIGURES];
};

struct reproduction {
    char *first;                   /* id of the run that was repeated */
    struct text_list changes;      /* of files and libraries between the two, one line each */
    struct text_list notes;        /* of the machine and of membench */
    struct reproduction_row *rows; /* those of the first run */
    size_t row_count, reproduced;
};

/* What has changed since a run was made: files of workloads, allocators and their libraries, and
 * Python. `identities`: for each setting of `plan` which malloc it is now, or NULL. One line each
 * is added. */
void reproduction_add_changes(const struct stored_run *first, const struct plan *plan,
                              const struct wire_hello *const *identities,
                              struct text_list *changes);

/* The same of the machine and of membench, which is worth knowing but refuses nothing. */
void reproduction_add_notes(const struct run_info *first, const struct host *host,
                            const char *version, struct text_list *notes);

void reproduction_make(struct reproduction *reproduction, const struct stored_run *first,
                       const struct stored_run *second);
void reproduction_clear(struct reproduction *reproduction);

void reproduction_print(const struct reproduction *reproduction, FILE *out);
