/* A group of comparisons as a table: candidates down, figures across, one table per baseline.
 *
 * It points into the verdicts it was made of. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "stats/verdicts.h"

struct verdict_table {
    const struct verdicts_group *group;
    const char *baseline;
    const struct verdicts_comparison **columns; /* any comparison of it stands for a figure */
    size_t column_count;
    struct text_list candidates;
    struct text_list notes; /* what the cells leave open: what could have been seen, shapes */
    bool is_measured;       /* any of it */
    double alpha;           /* of the intervals */
};

/* All tables of a group, and their number. */
size_t verdict_tables_make(struct verdict_table **tables, const struct verdicts_group *group);
void verdict_tables_clear(struct verdict_table *tables, size_t count);

/* The comparison in a cell, or NULL. */
const struct verdicts_comparison *verdict_table_cell(const struct verdict_table *table,
                                                     size_t column, const char *candidate);

/* "Against glibc: ratio, its 95 % interval, verdict"; the caller frees it. */
char *verdict_table_caption(const struct verdict_table *table);
