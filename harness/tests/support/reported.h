/* The showcase as a whole stored run, and its report: what every format is written from.
 *
 * Between reported_init and reported_make a test may change whatever it likes. */
#pragma once

#include "report/report.h"
#include "tests/support/records.h"

struct reported {
    struct records records;
    struct run_info info;
    size_t count; /* records that the report is of: all of them */
    struct report report;
};

void reported_init(struct reported *reported);
/* Two runs of glibc and tcmalloc of it: for a file that is read whole. */
void reported_init_small(struct reported *reported);
void reported_make(struct reported *reported);
/* What is printed of the report; the caller frees it. */
char *reported_print(const struct reported *reported,
                     void (*print)(const struct report *report, FILE *out));
void reported_clear(struct reported *reported);
